using Telegram.Bot;
using Telegram.Bot.Requests.Abstractions;
using Telegram.Bot.Types;

namespace Marketing.Bench.Processes;

/// <summary>A client whose messages arrive at once, without a request: what is left is the engine's own cost.</summary>
internal sealed class InstantBot(string token) : TelegramBotClient(new TelegramBotClientOptions(token))
{
    private int lastId;

    public override Task<TResponse> SendRequest<TResponse>(IRequest<TResponse> request, CancellationToken cancellationToken = default) =>
        Task.FromResult((TResponse)Answer(typeof(TResponse), request.MethodName));

    private object Answer(Type response, string method)
    {
        if (response == typeof(Message))
            return new Message { Id = Interlocked.Increment(ref lastId) };
        // A timer of the host asks for it each minute.
        return response == typeof(WebhookInfo) ? new WebhookInfo { Url = "" } : throw new NotSupportedException($"{method} has no instant answer.");
    }
}

using Telegram.Bot;
using Telegram.Bot.Requests.Abstractions;
using Telegram.Bot.Types;

namespace Marketing.Bench.Processes;

/// <summary>A client whose messages arrive at once, without a request: what is left is the engine's own cost.</summary>
internal sealed class InstantBot(string token) : TelegramBotClient(new TelegramBotClientOptions(token))
{
    private int lastId;

    public override Task<TResponse> SendRequest<TResponse>(IRequest<TResponse> request, CancellationToken cancellationToken = default) =>
        typeof(TResponse) == typeof(Message)
            ? Task.FromResult((TResponse)(object)new Message { Id = Interlocked.Increment(ref lastId) })
            : throw new NotSupportedException($"{request.MethodName} has no instant answer.");
}

using System.Collections.Concurrent;
using System.Globalization;

namespace Marketing.Local.Telegram;

/// <summary>What the person sees after pressing a button.</summary>
public sealed record CallbackAnswer(string? Text, bool ShowAlert, string? Url);

/// <summary>Pressed buttons that a bot can still answer.</summary>
internal sealed class CallbackQueries(TelegramSimulatorOptions options)
{
    private readonly ConcurrentDictionary<string, Open> open = [];
    private readonly ConcurrentQueue<(string Id, DateTimeOffset Expires)> expiries = [];
    private long lastId = options.TimeProvider.GetUtcNow().ToUnixTimeMilliseconds() << 16;

    private sealed record Open(DateTimeOffset Expires, TaskCompletionSource<CallbackAnswer> Answer);

    public (string Id, Task<CallbackAnswer> Answer) Press()
    {
        var now = options.TimeProvider.GetUtcNow();
        while (expiries.TryPeek(out var oldest) && oldest.Expires < now && expiries.TryDequeue(out oldest))
            open.TryRemove(oldest.Id, out _);

        var id = Interlocked.Increment(ref lastId).ToString(CultureInfo.InvariantCulture);
        var query = new Open(now + options.CallbackLifetime, new(TaskCreationOptions.RunContinuationsAsynchronously));
        open[id] = query;
        expiries.Enqueue((id, query.Expires));
        return (id, query.Answer.Task);
    }

    /// <exception cref="BotApiException">400 when the query is unknown or too old.</exception>
    public void Answer(string? id, CallbackAnswer answer)
    {
        if (id is null || !open.TryGetValue(id, out var query) || query.Expires < options.TimeProvider.GetUtcNow())
            throw BotApiException.BadRequest("query is too old and response timeout expired or query ID is invalid");
        query.Answer.TrySetResult(answer);
    }
}

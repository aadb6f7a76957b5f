using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Marketing.Local.Telegram;

/// <summary>
/// Server-sent events that say which chats to read again, never what is in them. A stream holds one position and no buffer: what
/// came in between is looked up in the logs, each chat once, at most four times a second. So a broadcast of thousands of messages
/// a second costs a reader four small events, and a page that was away for a day the same.
/// </summary>
internal sealed class EventStream(SimulatorState state, CancellationToken stopping)
{
    // More chats than a page shows at once: it then reads what it shows, whatever that is.
    private const int MostChats = 100;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);
    private readonly long epoch = state.Time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>How far a reader has come, as the id of an event. The epoch tells a restarted simulator from this one.</summary>
    private readonly record struct Position(long Epoch, int Message, long Change)
    {
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Epoch}.{Message}.{Change}");

        public static Position Parse(string? id) =>
            id?.Split('.') is [var epoch, var message, var change]
            && long.TryParse(epoch, NumberStyles.None, CultureInfo.InvariantCulture, out var e)
            && int.TryParse(message, NumberStyles.None, CultureInfo.InvariantCulture, out var m)
            && long.TryParse(change, NumberStyles.None, CultureInfo.InvariantCulture, out var c) ? new(e, m, c) : default;
    }

    /// <param name="Chats">Those that changed; null for "read everything again".</param>
    private sealed record Event(IReadOnlyCollection<long>? Chats, Totals Totals);

    public async Task ServeAsync(HttpContext http)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, stopping);
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-store";
        try
        {
            await http.Response.WriteAsync("retry: 1000\n\n", end.Token);
            await FollowAsync(http.Response, Position.Parse(http.Request.Headers["Last-Event-ID"]), end.Token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The reader left, or the simulator stops.
        }
    }

    private async Task FollowAsync(HttpResponse response, Position position, CancellationToken ct)
    {
        Totals? told = null;
        var wroteAt = state.Time.GetTimestamp();
        while (true)
        {
            var totals = Totals.Of(state);
            var (now, chats) = Since(position);
            var isNews = now != position || totals != told;
            if (isNews)
                await response.WriteAsync($"id: {now}\ndata: {JsonSerializer.Serialize(new Event(chats, totals), ControlApi.Json)}\n\n", ct);
            else if (state.Time.GetElapsedTime(wroteAt) > Silence)
                await response.WriteAsync(":\n\n", ct); // finds out that a reader is gone
            else
            {
                await Task.Delay(Look, state.Time, ct);
                continue;
            }

            await response.Body.FlushAsync(ct);
            (position, told, wroteAt) = (now, totals, state.Time.GetTimestamp());
            await Task.Delay(Gap, state.Time, ct);
        }
    }

    private (Position Now, IReadOnlyCollection<long>? Chats) Since(Position before)
    {
        var log = state.Log;
        var change = state.Changes.Count;
        var chats = new HashSet<long>();
        var isKnown = before.Epoch == epoch & state.Changes.Read(before.Change, change, chats);
        var (last, all) = log.ReadChats(isKnown ? before.Message : -1, chats, MostChats);
        return (new(epoch, last, change), all ? chats : null);
    }
}

/// <summary>What the simulator has counted since its start or since the log was emptied; refusals since the start.</summary>
internal sealed record Totals(int Total, int Refused, int Chats, int Duplicates)
{
    public static Totals Of(SimulatorState state) =>
        new(state.Log.Received, state.Traffic.Refused, state.Log.ReachedChats, state.Log.DuplicateChats);
}

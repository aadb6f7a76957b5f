using Dapper;
using Npgsql;

namespace Marketing.Core.Delivery;

/// <summary>
/// The bot's rate, shared by all workers of all machines: GCRA with no burst, in one row. A reservation costs one UPDATE
/// whatever its size. The database's clock is the only one used, and clock_timestamp() rather than now(), because a
/// statement may have waited for the row.
/// </summary>
public sealed class SendLane(NpgsqlDataSource source, MarketingOptions options, TimeProvider clock)
{
    private readonly TimeSpan interval = TimeSpan.FromSeconds(1 / options.SendRate);
    private readonly Lock gate = new();
    private DateTimeOffset limitedUntil;
    private DateTimeOffset heldUntil;

    // The part of the set rate that is granted: a tenth of it comes back each minute after a 429's wait.
    private const string Share = """
        least(1, COALESCE(lane.limited_share + greatest(0, extract(epoch FROM clock_timestamp() - lane.limited_at)) / 600, 1))
        """;

    // Not waited for on disk, which would hold the row for 3 ms: after a crash of the database the slots it forgot are past.
    private const string ReserveSql = $"""
        INSERT INTO send_lanes AS lane (bot_id, next_slot)
        SELECT @botId, clock_timestamp() + @count * @interval FROM set_config('synchronous_commit', 'off', true)
        ON CONFLICT (bot_id) DO UPDATE SET next_slot = greatest(lane.next_slot, clock_timestamp()) + @count * @interval / {Share}
        RETURNING next_slot - clock_timestamp() AS end, {Share} AS share
        """;

    /// <summary>
    /// Reserves the next <paramref name="count"/> slots, waits for the first and returns the time from each to the next.
    /// </summary>
    public async Task<TimeSpan> ReserveAsync(int count, CancellationToken ct)
    {
        while (HeldFor is { } hold)
            await Task.Delay(hold, clock, ct);
        TimeSpan end;
        double share;
        await using (var db = await source.OpenConnectionAsync(ct))
        {
            (end, share) = await db.QuerySingleAsync<(TimeSpan, double)>(new CommandDefinition(
                ReserveSql, new { options.BotId, count, interval }, cancellationToken: ct));
        }

        var wait = end - count * interval / share;
        if (wait > TimeSpan.Zero)
            await Task.Delay(wait, clock, ct);
        return interval / share;
    }

    private const string TakeSql = $"""
        INSERT INTO send_lanes AS lane (bot_id, next_slot)
        SELECT @botId, clock_timestamp() + @interval FROM set_config('synchronous_commit', 'off', true)
        ON CONFLICT (bot_id) DO UPDATE SET next_slot = greatest(lane.next_slot, clock_timestamp()) + @interval / {Share}
        """;

    /// <summary>
    /// Takes a slot for a reply of the bot, which goes at once: broadcasts give way. What replies together exceed the lane by
    /// for a moment is what the set rate leaves of Telegram's 30 messages/s.
    /// </summary>
    public async Task TakeAsync(CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        await db.ExecuteAsync(new CommandDefinition(TakeSql, new { options.BotId, interval }, cancellationToken: ct));
    }

    // Answers to a burst that is under way when the first 429 comes are one step back, not one each.
    private const string BackOffSql = $"""
        UPDATE send_lanes AS lane SET
            next_slot = greatest(next_slot, clock_timestamp() + @wait),
            paused_until = greatest(paused_until, clock_timestamp() + @wait),
            limited_at = CASE WHEN paused_until > clock_timestamp() THEN limited_at ELSE clock_timestamp() + @wait END,
            limited_share = CASE WHEN paused_until > clock_timestamp() THEN limited_share ELSE greatest(0.1, 0.8 * {Share}) END
        WHERE bot_id = @botId
        """;

    // A retry_after of 0 must not make a tight loop.
    private static readonly TimeSpan LeastWait = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Telegram said to wait: nobody sends for this long, 1 s at least, here from this moment on and elsewhere from the next
    /// claim; after that the rate is a fifth lower, and recovers by a tenth of the set rate a minute.
    /// </summary>
    public async Task BackOffAsync(TimeSpan retryAfter, CancellationToken ct)
    {
        var wait = retryAfter > LeastWait ? retryAfter : LeastWait;
        lock (gate)
            limitedUntil = Later(limitedUntil, clock.GetUtcNow() + wait);
        await using var db = await source.OpenConnectionAsync(ct);
        await db.ExecuteAsync(new CommandDefinition(BackOffSql, new { options.BotId, wait }, cancellationToken: ct));
    }

    /// <summary>This process sends nothing for this long, or until it is released; a 429's wait is no matter of this.</summary>
    public void Hold(TimeSpan wait)
    {
        lock (gate)
            heldUntil = Later(heldUntil, clock.GetUtcNow() + wait);
    }

    /// <summary>Ends a hold before its time.</summary>
    public void Release()
    {
        lock (gate)
            heldUntil = default;
    }

    /// <summary>How long this process must not send yet; null when it may.</summary>
    public TimeSpan? HeldFor
    {
        get
        {
            lock (gate)
                return Later(limitedUntil, heldUntil) - clock.GetUtcNow() is var wait && wait > TimeSpan.Zero ? wait : null;
        }
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}

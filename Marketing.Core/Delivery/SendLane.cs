using Dapper;
using Npgsql;

namespace Marketing.Core.Delivery;

/// <summary>
/// The bot's rate, shared by all workers of all machines: GCRA with no burst, its one number in one row. A reservation
/// costs one UPDATE whatever its size.
/// </summary>
public sealed class SendLane(NpgsqlDataSource source, MarketingOptions options, TimeProvider clock)
{
    private readonly long botId = long.Parse(
        options.TelegramBotToken.AsSpan(0, options.TelegramBotToken.IndexOf(':')), provider: null);

    /// <summary>The time between two messages.</summary>
    public TimeSpan Interval { get; } = TimeSpan.FromSeconds(1 / options.SendRate);

    /// <summary>How many messages a window of claims holds: what the rate allows in WindowSpan, at most half of MaxInFlight.</summary>
    public int Window { get; } = (int)Math.Clamp(
        options.SendRate * DeliveryOptions.WindowSpan.TotalSeconds, 1, Math.Max(1, options.MaxInFlight / 2));

    // clock_timestamp(), not now(): the statement may have waited for the row. The database's clock is the only one used.
    private const string ReserveSql = """
        INSERT INTO send_lanes AS lane (bot_id, next_slot) VALUES (@botId, clock_timestamp() + @count * @interval)
        ON CONFLICT (bot_id) DO UPDATE SET next_slot = greatest(lane.next_slot, clock_timestamp()) + @count * @interval
        RETURNING next_slot - @count * @interval - clock_timestamp()
        """;

    /// <summary>Reserves the next <paramref name="count"/> slots and waits for the first; the others follow at Interval.</summary>
    public async Task ReserveAsync(int count, CancellationToken ct)
    {
        TimeSpan wait;
        await using (var db = await source.OpenConnectionAsync(ct))
        {
            wait = await db.QuerySingleAsync<TimeSpan>(new CommandDefinition(
                ReserveSql, new { botId, count, interval = Interval }, cancellationToken: ct));
        }

        if (wait > TimeSpan.Zero)
            await Task.Delay(wait, clock, ct);
    }

    private const string PushSql = """
        UPDATE send_lanes SET next_slot = greatest(next_slot, clock_timestamp() + @delay) WHERE bot_id = @botId
        """;

    /// <summary>Telegram said to wait: no slot is granted to anybody for this long.</summary>
    public async Task PushAsync(TimeSpan delay, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        await db.ExecuteAsync(new CommandDefinition(PushSql, new { botId, delay }, cancellationToken: ct));
    }
}

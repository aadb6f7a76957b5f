using Dapper;
using Npgsql;

namespace Marketing.Core.Delivery;

/// <summary>Looks at deliveries from outside, for alerts and probes.</summary>
public sealed class DeliveryWatch(NpgsqlDataSource source, MarketingOptions options, TimeProvider clock)
{
    /// <summary>A broadcast at work records every few seconds, also at a low rate, and a dead worker's claims are given up after 3 minutes.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    // updated_at is when it began to send, was planned or was resumed. Reads the batches of what is sending: 2,000 rows for a
    // million recipients. A 429's wait ended long enough ago for something to have been recorded since.
    private const string StuckSql = """
        SELECT count(*)::integer FROM broadcasts b
        WHERE b.status = 4 AND b.updated_at < @since
            AND NOT EXISTS (SELECT 1 FROM delivery_batches d WHERE d.broadcast_id = b.id AND d.recorded_at >= @since)
            AND NOT EXISTS (SELECT 1 FROM send_lanes l WHERE l.bot_id = @botId AND l.paused_until >= @since)
        """;

    /// <summary>How many broadcasts are sending and recorded nothing for 5 minutes, though no 429 holds them up.</summary>
    public async Task<int> StuckAsync(CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        return await db.ExecuteScalarAsync<int>(new CommandDefinition(
            StuckSql, new { options.BotId, since = clock.GetUtcNow() - Patience }, cancellationToken: ct));
    }

    private const string PausedSql = "SELECT paused_until FROM send_lanes WHERE bot_id = @botId AND paused_until > clock_timestamp()";

    /// <summary>Until when a 429 holds up sending; null when it does not.</summary>
    public async Task<DateTimeOffset?> LanePausedUntilAsync(CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        return await db.ExecuteScalarAsync<DateTimeOffset?>(new CommandDefinition(PausedSql, new { options.BotId }, cancellationToken: ct));
    }
}

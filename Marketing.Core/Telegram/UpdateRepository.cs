using Dapper;
using Npgsql;

namespace Marketing.Core.Telegram;

/// <summary>Which updates were taken, so that one that Telegram sends twice is handled once.</summary>
public sealed class UpdateRepository(NpgsqlDataSource source, TimeProvider clock)
{
    /// <summary>An update taken this long ago and still not finished was lost with its worker, and may be taken again.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    private const string TakeSql = """
        INSERT INTO telegram_updates AS u (update_id, received_at) VALUES (@updateId, @now)
        ON CONFLICT (update_id) DO UPDATE SET received_at = @now WHERE u.handled_at IS NULL AND u.received_at < @expiry
        RETURNING true
        """;

    private const string StateSql = "SELECT handled_at IS NOT NULL FROM telegram_updates WHERE update_id = @updateId";

    /// <summary>Takes the update for handling.</summary>
    public async Task<UpdateTake> TakeAsync(long updateId, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var db = await source.OpenConnectionAsync(ct);
        if (await db.QuerySingleOrDefaultAsync<bool>(new CommandDefinition(
            TakeSql, new { updateId, now, expiry = now - Lease }, cancellationToken: ct)))
            return UpdateTake.Taken;
        return await db.QuerySingleAsync<bool>(new CommandDefinition(StateSql, new { updateId }, cancellationToken: ct))
            ? UpdateTake.HandledBefore : UpdateTake.UnderWay;
    }

    private const string FinishSql = "UPDATE telegram_updates SET handled_at = @now, error = @error WHERE update_id = @updateId";

    /// <param name="error">What went wrong in its handler; null when all went well.</param>
    public async Task FinishAsync(long updateId, string? error, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        await db.ExecuteAsync(new CommandDefinition(FinishSql, new { updateId, error, now = clock.GetUtcNow() }, cancellationToken: ct));
    }

    // Ids grow with time, so the oldest are found first by the key; the time has no index that every update would pay for.
    private const string PurgeSql = """
        DELETE FROM telegram_updates WHERE update_id IN (
            SELECT update_id FROM telegram_updates WHERE received_at < @before ORDER BY update_id LIMIT @atMost)
        """;

    /// <summary>Deletes what came before then, 10,000 rows a statement so that none holds its locks for long; returns how many.</summary>
    public async Task<int> PurgeAsync(DateTimeOffset before, CancellationToken ct)
    {
        const int AtMost = 10_000;
        await using var db = await source.OpenConnectionAsync(ct);
        var purged = 0;
        int deleted;
        do
        {
            deleted = await db.ExecuteAsync(new CommandDefinition(PurgeSql, new { before, atMost = AtMost }, cancellationToken: ct));
            purged += deleted;
        }
        while (deleted == AtMost);
        return purged;
    }
}

public enum UpdateTake { Taken, HandledBefore, UnderWay }

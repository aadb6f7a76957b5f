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
}

public enum UpdateTake { Taken, HandledBefore, UnderWay }

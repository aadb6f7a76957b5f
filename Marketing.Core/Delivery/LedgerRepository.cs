using System.Runtime.CompilerServices;
using Dapper;
using Npgsql;

namespace Marketing.Core.Delivery;

/// <summary>The ledger as operators read it.</summary>
public sealed class LedgerRepository(NpgsqlDataSource source)
{
    private const string RowsSql = """
        SELECT d.seq, d.user_id, u.telegram_user_id, u.first_name, d.state, d.attempts, d.message_id, d.reason, d.finished_at
        FROM deliveries d LEFT JOIN users u ON u.id = d.user_id
        WHERE d.broadcast_id = @broadcastId AND d.seq > @after AND (@state::smallint IS NULL OR d.state = @state)
        ORDER BY d.seq LIMIT @limit
        """;

    /// <param name="after">The last seq already seen; -1 for the beginning.</param>
    public async Task<IReadOnlyList<DeliveryRow>> PageAsync(Guid broadcastId, DeliveryState? state, int after, int limit, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        return (await db.QueryAsync<DeliveryRow>(new CommandDefinition(
            RowsSql, new { broadcastId, state = (short?)state, after, limit }, cancellationToken: ct))).AsList();
    }

    /// <summary>All rows, read as they are consumed, so that memory stays flat whatever the audience.</summary>
    public async IAsyncEnumerable<DeliveryRow> StreamAsync(
        Guid broadcastId, DeliveryState? state, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        var rows = db.QueryUnbufferedAsync<DeliveryRow>(
            RowsSql, new { broadcastId, state = (short?)state, after = -1, limit = int.MaxValue }, commandTimeout: 0);
        await foreach (var row in rows.WithCancellation(ct))
            yield return row;
    }
}

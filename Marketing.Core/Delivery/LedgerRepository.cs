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

    private const int PageSize = 5_000;

    /// <summary>All rows, a page at a time, so that memory stays flat and no connection waits for a slow reader.</summary>
    public async IAsyncEnumerable<DeliveryRow> StreamAsync(
        Guid broadcastId, DeliveryState? state, [EnumeratorCancellation] CancellationToken ct)
    {
        var page = await PageAsync(broadcastId, state, after: -1, PageSize, ct);
        while (page.Count > 0)
        {
            foreach (var row in page)
                yield return row;
            page = page.Count < PageSize ? [] : await PageAsync(broadcastId, state, page[^1].Seq, PageSize, ct);
        }
    }
}

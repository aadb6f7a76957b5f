using Dapper;
using Marketing.Core.Broadcasts;
using Npgsql;

namespace Marketing.Core.Delivery;

public sealed class SettleRepository(NpgsqlDataSource source, TimeProvider clock)
{
    // The batch of a row is the last one that begins at or before it.
    private const string ExpireSql = """
        WITH expired AS (
            UPDATE deliveries SET state = 6, finished_at = @now, reason = 'The worker that was sending it stopped; it may have arrived.'
            WHERE broadcast_id = @broadcastId AND state = 1 AND claimed_at < @expiry
            RETURNING seq),
        per_batch AS (
            SELECT (SELECT max(first_seq) FROM delivery_batches b WHERE b.broadcast_id = @broadcastId AND b.first_seq <= seq) AS first_seq,
                count(*) AS uncertain
            FROM expired GROUP BY 1)
        UPDATE delivery_batches b SET uncertain = b.uncertain + p.uncertain
        FROM per_batch p WHERE b.broadcast_id = @broadcastId AND b.first_seq = p.first_seq
        """;

    // A scan of the whole ledger, once a pass.
    private const string LeftSql = """
        SELECT b.status, n.pending, n.claimed, n.expired
        FROM broadcasts b
        CROSS JOIN (SELECT count(*) FILTER (WHERE state = 0)::integer AS pending, count(*) FILTER (WHERE state = 1)::integer AS claimed,
                        count(*) FILTER (WHERE state = 1 AND claimed_at < @expiry)::integer AS expired
                    FROM deliveries WHERE broadcast_id = @broadcastId) n
        WHERE b.id = @broadcastId
        """;

    // Failed when nothing could be sent; an uncertain message may have arrived, so it counts for sent.
    private const string FinishSql = """
        UPDATE broadcasts b SET status = CASE WHEN n.reached > 0 THEN 2 ELSE 3 END, sent_at = @now, updated_at = @now,
            failure_reason = CASE WHEN n.reached > 0 THEN NULL ELSE 'No message could be sent; the deliveries say why.' END
        FROM (SELECT sum(sent + uncertain) AS reached FROM delivery_batches WHERE broadcast_id = @broadcastId) n
        WHERE b.id = @broadcastId AND b.status = 4
        """;

    /// <summary>Gives up expired claims as uncertain, counts what is left, and finishes the broadcast when nothing is.</summary>
    public async Task<SettleResult> SettleAsync(Guid broadcastId, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var db = await source.OpenConnectionAsync(ct);
        await using var transaction = await db.BeginTransactionAsync(ct);
        CommandDefinition Command(string sql, object parameters) => new(sql, parameters, transaction, commandTimeout: 0, cancellationToken: ct);

        var expiry = now - DeliveryOptions.Lease;
        var left = await db.QuerySingleAsync<Left>(Command(LeftSql, new { broadcastId, expiry }));
        if (left.Expired > 0)
            await db.ExecuteAsync(Command(ExpireSql, new { broadcastId, now, expiry }));
        var claimed = left.Claimed - left.Expired;
        // What a dead worker held is waited for even when the broadcast was paused or cancelled.
        var isSending = left.Status == BroadcastStatus.Sending;
        var finished = claimed == 0 && (!isSending || left.Pending == 0);
        if (finished && isSending)
            await db.ExecuteAsync(Command(FinishSql, new { broadcastId, now }));
        await transaction.CommitAsync(ct);
        return new SettleResult(finished, isSending ? left.Pending : 0, claimed);
    }

    private sealed record Left(BroadcastStatus Status, int Pending, int Claimed, int Expired);
}

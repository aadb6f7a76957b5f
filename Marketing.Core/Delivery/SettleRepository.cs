using Dapper;
using Marketing.Core.Broadcasts;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Marketing.Core.Delivery;

public sealed class SettleRepository(NpgsqlDataSource source, MarketingTelemetry telemetry, TimeProvider clock, ILogger<SettleRepository> logger)
{
    /// <summary>Batches of one generation of the orchestration; their numbers in its history are 2 KB.</summary>
    public const int BatchesAtMost = 200;

    // The first unfinished batches by their counters, and of these what the rows say: 100,000 rows at most, whatever the
    // audience, each batch by its own range of the key.
    private const string LeftSql = """
        SELECT b.first_seq, b.size, n.pending, n.claimed, n.expired
        FROM (SELECT first_seq, size FROM delivery_batches
              WHERE broadcast_id = @broadcastId AND size > sent + failed + blocked + skipped + uncertain
              ORDER BY first_seq LIMIT @batches) b
        CROSS JOIN LATERAL (
            SELECT count(*) FILTER (WHERE state = 0)::integer AS pending, count(*) FILTER (WHERE state = 1)::integer AS claimed,
                count(*) FILTER (WHERE state = 1 AND claimed_at < @expiry)::integer AS expired
            FROM deliveries WHERE broadcast_id = @broadcastId AND seq >= b.first_seq AND seq < b.first_seq + b.size) n
        ORDER BY b.first_seq
        """;

    private const string ExpireSql = """
        WITH expired AS (
            UPDATE deliveries d SET
                state = CASE WHEN @resend AND d.attempts < @attempts THEN 0 ELSE 6 END,
                finished_at = CASE WHEN @resend AND d.attempts < @attempts THEN NULL ELSE greatest(@now::timestamptz, d.clicked_at) END,
                reason = 'The worker that was sending it stopped; it may have arrived.'
            FROM unnest(@firstSeqs, @sizes) AS batch (first_seq, size)
            WHERE d.broadcast_id = @broadcastId AND d.seq >= batch.first_seq AND d.seq < batch.first_seq + batch.size
                AND d.state = 1 AND d.claimed_at < @expiry
            RETURNING batch.first_seq, d.state, d.segment_id, d.finished_at),
        in_batches AS (
            UPDATE delivery_batches b SET uncertain = b.uncertain + n.uncertain
            FROM (SELECT first_seq, count(*) FILTER (WHERE state = 6) AS uncertain FROM expired GROUP BY first_seq) n
            WHERE b.broadcast_id = @broadcastId AND b.first_seq = n.first_seq),
        counted AS (
            INSERT INTO counter_deltas (broadcast_id, minute, segment_id, uncertain)
            SELECT @broadcastId, date_trunc('minute', finished_at), COALESCE(segment_id, 0), count(*) FROM expired WHERE state = 6 GROUP BY 2, 3)
        SELECT count(*)::integer, count(*) FILTER (WHERE state = 6)::integer FROM expired
        """;

    // Failed when nothing could be sent; an uncertain message may have arrived, so it counts for sent.
    private const string FinishSql = """
        UPDATE broadcasts b SET status = CASE WHEN n.reached > 0 THEN 2 ELSE 3 END, sent_at = @now, settled_at = @now, updated_at = @now,
            failure_reason = CASE WHEN n.reached > 0 THEN NULL ELSE 'No message could be sent; the deliveries say why.' END
        FROM (SELECT sum(sent + uncertain) AS reached FROM delivery_batches WHERE broadcast_id = @broadcastId) n
        WHERE b.id = @broadcastId AND b.status = 4
        """;

    private const string CloseSql = "UPDATE broadcasts SET settled_at = @now WHERE id = @broadcastId AND status = @status";

    private const string GetSql = """
        SELECT status, on_uncertain, (SELECT max(size) FROM delivery_batches WHERE broadcast_id = b.id) AS batch_size
        FROM broadcasts b WHERE id = @broadcastId
        """;

    /// <summary>Gives up expired claims, finishes the broadcast when nothing is left, and otherwise says what is.</summary>
    public async Task<Settlement> SettleAsync(Guid broadcastId, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var expiry = now - DeliveryOptions.Lease;
        await using var db = await source.OpenConnectionAsync(ct);
        CommandDefinition Command(string sql, object parameters) => new(sql, parameters, commandTimeout: 0, cancellationToken: ct);

        if (await db.QuerySingleOrDefaultAsync<Standing>(Command(GetSql, new { broadcastId })) is not { BatchSize: { } batchSize } standing)
            return new Settlement(true, 0, []);
        var resends = standing is { OnUncertain: OnUncertain.Resend, Status: BroadcastStatus.Sending or BroadcastStatus.Paused };
        var left = await LeftAsync();
        if (left.Where(b => b.Expired > 0).ToList() is { Count: > 0 } expired)
        {
            var (claims, uncertain) = await db.QuerySingleAsync<(int, int)>(Command(ExpireSql, new
            {
                broadcastId, now, expiry, resend = resends, attempts = DeliveryOptions.SendAttempts,
                firstSeqs = expired.Select(b => b.FirstSeq).ToArray(), sizes = expired.Select(b => b.Size).ToArray(),
            }));
            Log.ClaimsExpired(logger, broadcastId, claims);
            telemetry.GaveUp(uncertain);
            left = await LeftAsync();
        }

        // What a dead worker held is waited for even when the broadcast was paused or cancelled.
        var isSending = standing.Status == BroadcastStatus.Sending;
        if (left.Any(b => b.Claimed > 0 || (isSending && b.Pending > 0)))
            return new Settlement(false, batchSize, [.. left.Where(b => isSending && b.Pending > 0).Select(b => b.FirstSeq)]);
        // A pause or resume since the status was read is not overwritten: then there is another look at it.
        var isClosed = await db.ExecuteAsync(Command(isSending ? FinishSql : CloseSql, new { broadcastId, now, status = (short)standing.Status })) == 1;
        return new Settlement(isClosed, batchSize, []);

        async Task<List<Left>> LeftAsync() =>
            (await db.QueryAsync<Left>(Command(LeftSql, new { broadcastId, expiry, batches = BatchesAtMost }))).AsList();
    }

    private sealed record Standing(BroadcastStatus Status, OnUncertain OnUncertain, int? BatchSize);

    private sealed record Left(int FirstSeq, int Size, int Pending, int Claimed, int Expired);
}

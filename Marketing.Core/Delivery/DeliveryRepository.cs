using System.Text.Json;
using Dapper;
using Marketing.Core.Data;
using Marketing.Core.Templates;
using Npgsql;

namespace Marketing.Core.Delivery;

public sealed class DeliveryRepository(NpgsqlDataSource source, TimeProvider clock)
{
    private const string MessageSql = """
        SELECT content, cta_buttons FROM broadcasts b
        WHERE id = @broadcastId AND status = 4 AND planned_at IS NOT NULL
            AND EXISTS (SELECT 1 FROM deliveries d WHERE d.broadcast_id = b.id AND d.seq >= @firstSeq AND d.seq < @end AND d.state = 0)
        """;

    /// <summary>The message that the plan froze; null when the batch has nobody left to send to, or the broadcast stopped.</summary>
    public async Task<FrozenMessage?> MessageAsync(BatchRange batch, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        var (content, buttons) = await db.QuerySingleOrDefaultAsync<(string?, string?)>(new CommandDefinition(
            MessageSql, new { batch.BroadcastId, batch.FirstSeq, end = batch.FirstSeq + batch.Count }, cancellationToken: ct));
        return content is null
            ? null : new FrozenMessage(batch.BroadcastId, content, JsonSerializer.Deserialize<List<CtaButton>>(buttons!, Json.Options)!);
    }

    // Claims the next rows, oldest first, only while the broadcast is still sending: a pause or cancel takes effect at the
    // next claim. Touches one contiguous key range, so it costs the same at 10k and at 1M recipients. Those who cannot be
    // reached any more since the plan are skipped, and counted, in the same statement.
    private const string ClaimSql = """
        WITH next AS (
            SELECT d.seq, d.user_id FROM deliveries d
            WHERE d.broadcast_id = @broadcastId AND d.seq >= @from AND d.seq < @end AND d.state = 0
                AND (SELECT status FROM broadcasts WHERE id = @broadcastId) = 4
            ORDER BY d.seq LIMIT @count FOR UPDATE SKIP LOCKED),
        claimed AS (
            UPDATE deliveries d SET
                state = CASE WHEN u.opted_out_at IS NULL AND u.suppressed_at IS NULL AND u.id IS NOT NULL THEN 1 ELSE 5 END,
                claim_id = @claimId, claimed_at = @now, attempts = attempts + 1
            FROM next LEFT JOIN users u ON u.id = next.user_id
            WHERE d.broadcast_id = @broadcastId AND d.seq = next.seq
            RETURNING d.seq, d.state, d.user_id, COALESCE(u.chat_id, 0) AS chat_id, u.first_name, u.last_name, u.username, u.language,
                u.user_tier, u.region, u.last_trade_at, u.created_at, u.attributes),
        skipped AS (
            UPDATE delivery_batches SET skipped = skipped + (SELECT count(*) FROM claimed WHERE state = 5)
            WHERE broadcast_id = @broadcastId AND first_seq = @firstSeq AND EXISTS (SELECT 1 FROM claimed WHERE state = 5))
        SELECT seq, state, user_id, chat_id, first_name, last_name, username, language, user_tier, region, last_trade_at, created_at,
            COALESCE(attributes, '{}') AS attributes
        FROM claimed ORDER BY seq
        """;

    /// <summary>
    /// Takes up to <paramref name="count"/> rows at or after <paramref name="from"/>, those just skipped among them; none when
    /// all are taken or the broadcast stopped.
    /// </summary>
    public async Task<IReadOnlyList<ClaimedDelivery>> ClaimAsync(BatchRange batch, int from, Guid claimId, int count, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        return (await db.QueryAsync<ClaimedDelivery>(new CommandDefinition(ClaimSql, new
        {
            batch.BroadcastId, batch.FirstSeq, from, end = batch.FirstSeq + batch.Count, count, claimId, now = clock.GetUtcNow(),
        }, cancellationToken: ct))).AsList();
    }

    // Only rows that this claim still holds: one whose lease ran out is uncertain already and stays so. People are locked in
    // the order in which an import locks them, so that the two cannot wait for each other. Rows are looked up by arrays: a
    // fresh ledger has no statistics yet, and for a join alone the planner would read all rows of the broadcast each time.
    private const string RecordSql = """
        WITH outcome AS (
            SELECT * FROM unnest(@seqs, @states, @messageIds, @reasons) AS o (seq, state, message_id, reason)),
        recorded AS (
            UPDATE deliveries d SET state = o.state, message_id = o.message_id, reason = o.reason,
                finished_at = CASE WHEN o.state = 0 THEN NULL ELSE @now::timestamptz END
            FROM outcome o
            WHERE d.broadcast_id = @broadcastId AND d.seq = ANY (@seqs) AND d.seq = o.seq AND d.claim_id = @claimId AND d.state = 1
            RETURNING d.state, d.user_id, d.reason),
        blocked AS (
            SELECT id FROM users
            WHERE id = ANY (ARRAY(SELECT user_id FROM recorded WHERE state = 4)) AND suppressed_at IS NULL
            ORDER BY telegram_user_id FOR UPDATE),
        suppressed AS (
            UPDATE users u SET suppressed_at = @now, updated_at = @now,
                suppression_reason = (SELECT r.reason FROM recorded r WHERE r.user_id = u.id)
            WHERE u.id = ANY (ARRAY(SELECT id FROM blocked)))
        UPDATE delivery_batches b SET sent = b.sent + n.sent, failed = b.failed + n.failed, blocked = b.blocked + n.blocked,
            uncertain = b.uncertain + n.uncertain
        FROM (SELECT count(*) FILTER (WHERE state = 2) AS sent, count(*) FILTER (WHERE state = 3) AS failed,
                     count(*) FILTER (WHERE state = 4) AS blocked, count(*) FILTER (WHERE state = 6) AS uncertain FROM recorded) n
        WHERE b.broadcast_id = @broadcastId AND b.first_seq = @firstSeq
        """;

    /// <summary>Records the outcomes of one claim and adds them to the batch's counters, in one statement.</summary>
    public async Task RecordAsync(BatchRange batch, Guid claimId, IReadOnlyList<DeliveryOutcome> outcomes, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        await db.ExecuteAsync(new CommandDefinition(RecordSql, new
        {
            batch.BroadcastId, batch.FirstSeq, claimId, now = clock.GetUtcNow(),
            seqs = outcomes.Select(o => o.Seq).ToArray(),
            states = outcomes.Select(o => (short)o.State).ToArray(),
            messageIds = outcomes.Select(o => o.MessageId).ToArray(),
            reasons = outcomes.Select(o => o.Reason).ToArray(),
        }, cancellationToken: ct));
    }

    private const string MoveChatSql = "UPDATE users SET chat_id = @chatId, updated_at = @now WHERE id = @userId";

    /// <summary>A group became a supergroup: its chat has a new id from now on.</summary>
    public async Task MoveChatAsync(Guid userId, long chatId, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        await db.ExecuteAsync(new CommandDefinition(MoveChatSql, new { userId, chatId, now = clock.GetUtcNow() }, cancellationToken: ct));
    }
}

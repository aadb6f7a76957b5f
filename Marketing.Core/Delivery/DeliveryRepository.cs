using Dapper;
using Marketing.Core.Cohorts;
using Marketing.Core.Templates;
using Npgsql;

namespace Marketing.Core.Delivery;

public sealed class DeliveryRepository(NpgsqlDataSource source, MarketingOptions options, TimeProvider clock)
{
    // Each sixteenth row, then those after them: of neighbours, which share a page, one window takes few. A page then has room for
    // the new versions of these, and the old ones are gone before the next window's: twice as many updates touch no index.
    private const string OpenSql = """
        SELECT content, cta_buttons, on_uncertain, ARRAY(
            SELECT seq FROM deliveries WHERE broadcast_id = @broadcastId AND seq >= @firstSeq AND seq < @end AND state = 0 ORDER BY seq % 16, seq) AS pending, translations
        FROM broadcasts WHERE id = @broadcastId AND status = 4 AND planned_at IS NOT NULL
        """;

    /// <summary>The message that the plan froze and the rows of the batch that wait to be sent; no message when the broadcast is not sending.</summary>
    public async Task<(FrozenMessage? Message, IReadOnlyList<int> Pending)> OpenAsync(BatchRange batch, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        var (content, buttons, onUncertain, pending, translations) = await db.QuerySingleOrDefaultAsync<(string?, string?, OnUncertain, int[]?, string?)>(
            new CommandDefinition(OpenSql, new { batch.BroadcastId, batch.FirstSeq, end = batch.FirstSeq + batch.Count }, cancellationToken: ct));
        return content is null ? (null, []) : (new FrozenMessage(
            batch.BroadcastId, content, MessageJson.Buttons(buttons!), MessageJson.Translations(translations), onUncertain), pending!);
    }

    // Claims rows only while the broadcast is still sending and no 429 holds the lane: a pause, a cancel and a 429 take effect
    // at the next claim of every worker. Rows are found by an array of keys and then by their ctid: a fresh ledger has no
    // statistics yet, and for anything less the planner reads all rows of the broadcast each time. Of two claims of one row the
    // second waits, and finds it neither pending nor at that ctid any more. Those who cannot be reached any more since the plan
    // are skipped, and counted, in the same statement. The broadcast is share-locked,
    // so that a pause or cancel waits for the claims that are being made: a settlement after it would not see their rows, and
    // would close the broadcast over them. Nothing ends before it was clicked, so that the time to the click is the same whenever
    // it is looked at.
    private const string ClaimSql = $$"""
        WITH next AS (
            SELECT d.ctid AS row, u.id IS NOT NULL AND {{CohortCompiler.Reachable}} AS reachable,
                u.chat_id, u.first_name, u.last_name, u.username, u.language, u.user_tier, u.region, u.last_trade_at, u.created_at, u.attributes
            FROM deliveries d LEFT JOIN users u ON u.id = d.user_id
            WHERE d.broadcast_id = @broadcastId AND d.seq = ANY (@seqs) AND d.state = 0
                AND (SELECT status FROM broadcasts WHERE id = @broadcastId FOR SHARE) = 4
                AND NOT EXISTS (SELECT 1 FROM send_lanes WHERE bot_id = @botId AND paused_until > clock_timestamp())),
        claimed AS (
            UPDATE deliveries d SET
                state = CASE WHEN next.reachable THEN 1 ELSE 5 END, claim_id = @claimId, claimed_at = @now,
                attempts = d.attempts + CASE WHEN next.reachable THEN 1 ELSE 0 END,
                finished_at = CASE WHEN next.reachable THEN NULL ELSE greatest(@now::timestamptz, d.clicked_at) END
            FROM next
            WHERE d.ctid = next.row AND d.state = 0
            RETURNING d.seq, d.state, d.attempts, d.user_id, d.segment_id, d.finished_at, COALESCE(next.chat_id, 0) AS chat_id, next.first_name, next.last_name,
                next.username, next.language, next.user_tier, next.region, next.last_trade_at, next.created_at, next.attributes),
        skipped AS (
            UPDATE delivery_batches SET skipped = skipped + (SELECT count(*) FROM claimed WHERE state = 5), recorded_at = @now
            WHERE broadcast_id = @broadcastId AND first_seq = @firstSeq AND EXISTS (SELECT 1 FROM claimed WHERE state = 5)),
        counted AS (
            INSERT INTO counter_deltas (broadcast_id, minute, segment_id, skipped)
            SELECT @broadcastId, date_trunc('minute', finished_at), COALESCE(segment_id, 0), count(*) FROM claimed WHERE state = 5 GROUP BY 2, 3)
        SELECT seq, state, attempts, user_id, chat_id, first_name, last_name, username, language, user_tier, region, last_trade_at,
            created_at, COALESCE(attributes, '{}') AS attributes
        FROM claimed ORDER BY seq
        """;

    /// <summary>Takes those of the rows that still wait, those just skipped among them; <see cref="StandingAsync"/> says why there may be none.</summary>
    public async Task<IReadOnlyList<ClaimedDelivery>> ClaimAsync(BatchRange batch, Guid claimId, IReadOnlyList<int> seqs, CancellationToken ct)
    {
        using var activity = MarketingTelemetry.Activities.StartActivity("claim deliveries");
        await using var db = await source.OpenConnectionAsync(ct);
        return (await db.QueryAsync<ClaimedDelivery>(new CommandDefinition(ClaimSql, new
        {
            batch.BroadcastId, batch.FirstSeq, options.BotId, seqs, claimId, now = clock.GetUtcNow(),
        }, cancellationToken: ct))).AsList();
    }

    private const string PendingSql =
        "SELECT seq FROM deliveries WHERE broadcast_id = @broadcastId AND seq >= @firstSeq AND seq < @end AND state = 0";

    /// <summary>The rows of the batch that wait to be sent now.</summary>
    public async Task<IReadOnlyCollection<int>> PendingAsync(BatchRange batch, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        return (await db.QueryAsync<int>(new CommandDefinition(
            PendingSql, new { batch.BroadcastId, batch.FirstSeq, end = batch.FirstSeq + batch.Count }, cancellationToken: ct))).AsList();
    }

    private const string StandingSql = """
        SELECT EXISTS (SELECT 1 FROM broadcasts WHERE id = @broadcastId AND status = 4),
            EXISTS (SELECT 1 FROM send_lanes WHERE bot_id = @botId AND paused_until > clock_timestamp())
        """;

    public async Task<(bool IsSending, bool LaneIsPaused)> StandingAsync(Guid broadcastId, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        return await db.QuerySingleAsync<(bool, bool)>(new CommandDefinition(
            StandingSql, new { broadcastId, options.BotId }, cancellationToken: ct));
    }

    // Only rows that this claim still holds: one whose lease ran out is uncertain already and stays so. The outcome arrays hold
    // a place for every seq from @low on, so that a row finds its own by its number: a join of 64 rows with 64 outcomes costs
    // 8 times as much, because the planner expects few and compares each with each. Only arrays without nulls are indexed at
    // no cost, so a missing message id is 0, and the reasons are no array when there are none.
    private const string RecordSql = """
        WITH recorded AS (
            UPDATE deliveries d SET state = (@states)[d.seq - @low], message_id = NULLIF((@messageIds)[d.seq - @low], 0), reason = (@reasons::text[])[d.seq - @low],
                finished_at = CASE WHEN (@states)[d.seq - @low] = 0 THEN NULL ELSE greatest(@now::timestamptz, d.clicked_at) END,
                attempts = d.attempts - (@uncounted)[d.seq - @low]
            WHERE d.broadcast_id = @broadcastId AND d.seq = ANY (@seqs) AND d.claim_id = @claimId AND d.state = 1
            RETURNING d.state, d.segment_id, d.finished_at),
        counted AS (
            INSERT INTO counter_deltas (broadcast_id, minute, segment_id, sent, failed, blocked, uncertain)
            SELECT @broadcastId, date_trunc('minute', finished_at), COALESCE(segment_id, 0), count(*) FILTER (WHERE state = 2),
                count(*) FILTER (WHERE state = 3), count(*) FILTER (WHERE state = 4), count(*) FILTER (WHERE state = 6)
            FROM recorded WHERE state > 1 GROUP BY 2, 3)
        UPDATE delivery_batches b SET sent = b.sent + n.sent, failed = b.failed + n.failed, blocked = b.blocked + n.blocked,
            uncertain = b.uncertain + n.uncertain, recorded_at = @now
        FROM (SELECT count(*) FILTER (WHERE state = 2) AS sent, count(*) FILTER (WHERE state = 3) AS failed,
                     count(*) FILTER (WHERE state = 4) AS blocked, count(*) FILTER (WHERE state = 6) AS uncertain FROM recorded) n
        WHERE b.broadcast_id = @broadcastId AND b.first_seq = @firstSeq AND n.sent + n.failed + n.blocked + n.uncertain > 0
        """;

    /// <summary>Records the outcomes of one claim and counts them, in one statement.</summary>
    public async Task RecordAsync(BatchRange batch, Guid claimId, IReadOnlyList<DeliveryOutcome> outcomes, CancellationToken ct)
    {
        using var activity = MarketingTelemetry.Activities.StartActivity("record outcomes");
        var low = outcomes.Min(o => o.Seq);
        var places = outcomes.Max(o => o.Seq) - low + 1;
        var (states, messageIds, reasons, uncounted) = (new short[places], new long[places], new string?[places], new int[places]);
        foreach (var outcome in outcomes)
        {
            var place = outcome.Seq - low;
            (states[place], messageIds[place], reasons[place]) = ((short)outcome.State, outcome.MessageId ?? 0, outcome.Reason);
            uncounted[place] = outcome.Counts ? 0 : 1;
        }

        await using var db = await source.OpenConnectionAsync(ct);
        await db.ExecuteAsync(new CommandDefinition(RecordSql, new
        {
            batch.BroadcastId, batch.FirstSeq, claimId, now = clock.GetUtcNow(), seqs = outcomes.Select(o => o.Seq).ToArray(),
            low = low - 1, states, messageIds, reasons = reasons.Any(r => r is not null) ? reasons : null, uncounted, // arrays begin at 1
        }, cancellationToken: ct));
    }

    // A statement of its own: an import holds its people until it is done, and the outcomes of a window must not wait for that.
    // Whoever has come back since the claim (Telegram's dates are in whole seconds) is not suppressed by the answer to a message that
    // went before. People are locked in the order in which an import locks them, and no stronger than a click lets them be.
    private const string SuppressSql = """
        WITH blocked AS (
            SELECT id FROM users
            WHERE id = ANY (@userIds) AND suppressed_at IS NULL AND COALESCE(membership_at < date_trunc('second', @since), true)
            ORDER BY telegram_user_id FOR NO KEY UPDATE)
        UPDATE users u SET suppressed_at = @now, suppression_reason = given.reason, updated_at = @now
        FROM blocked JOIN unnest(@userIds, @reasons) AS given (id, reason) USING (id)
        WHERE u.id = blocked.id
        """;

    /// <summary>Suppresses those who blocked the bot. Should a crash prevent it, the next message to them is answered 403 again.</summary>
    /// <param name="since">When their rows were claimed.</param>
    public async Task SuppressAsync(IReadOnlyList<(Guid UserId, string Reason)> blocked, DateTimeOffset since, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        await db.ExecuteAsync(new CommandDefinition(SuppressSql, new
        {
            userIds = blocked.Select(b => b.UserId).ToArray(), reasons = blocked.Select(b => b.Reason).ToArray(), since, now = clock.GetUtcNow(),
        }, commandTimeout: 0, cancellationToken: ct));
    }

    // A claim whose connection broke may still be at work, or commit later than this is asked: its locks are waited for.
    private const string WaitSql = """
        SELECT count(*) FROM (
            SELECT FROM deliveries WHERE broadcast_id = @broadcastId AND seq = ANY (@seqs) ORDER BY seq FOR NO KEY UPDATE) AS free
        """;

    /// <summary>Waits until no statement is changing these rows.</summary>
    public async Task WaitAsync(Guid broadcastId, IReadOnlyList<int> seqs, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        await db.ExecuteAsync(new CommandDefinition(WaitSql, new { broadcastId, seqs }, cancellationToken: ct));
    }

    private const string MoveChatSql = "UPDATE users SET chat_id = @chatId, updated_at = @now WHERE id = @userId";

    /// <summary>A group became a supergroup: its chat has a new id from now on.</summary>
    public async Task MoveChatAsync(Guid userId, long chatId, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        await db.ExecuteAsync(new CommandDefinition(MoveChatSql, new { userId, chatId, now = clock.GetUtcNow() }, cancellationToken: ct));
    }
}

using Dapper;
using Marketing.Core.Cohorts;
using Marketing.Core.Templates;
using Npgsql;

namespace Marketing.Core.Delivery;

public sealed class PlanRepository(NpgsqlDataSource source, MarketingOptions options, TimeProvider clock)
{
    // One planner at a time. An advisory lock and not the broadcast's row, so that a pause or cancel need not wait for the plan.
    private const string LockSql = "SELECT pg_advisory_xact_lock(hashtextextended('plan ' || @broadcastId::text, 0))";

    private const string GetSql = "SELECT cohort_query, status = 4 AS sending, planned_at IS NOT NULL AS planned FROM broadcasts WHERE id = @broadcastId";

    // {0} is the cohort's predicate over users u, all its values parameters. A SELECT by itself can be shared among cores.
    private const string SegmentsSql = "SELECT DISTINCT u.user_tier, u.region, u.language FROM users u WHERE {0}";

    // In order, so that two plans with new segments cannot wait for each other.
    private const string AddSegmentsSql = """
        INSERT INTO segments (user_tier, region, language)
        SELECT COALESCE(tier, ''), COALESCE(region, ''), COALESCE(language, '') FROM unnest(@tiers, @regions, @languages) AS found (tier, region, language)
        ORDER BY 1, 2, 3
        ON CONFLICT DO NOTHING
        """;

    // Whoever became the first of a segment since the statement before is in the ledger all the same, with none.
    private const string LedgerSql = """
        INSERT INTO deliveries (broadcast_id, seq, user_id, segment_id)
        SELECT @broadcastId, row_number() OVER () - 1, u.id, s.id FROM users u
        LEFT JOIN segments s ON s.user_tier = COALESCE(u.user_tier, '') AND s.region = COALESCE(u.region, '') AND s.language = COALESCE(u.language, '')
        WHERE {0}
        """;

    // Read from the ledger: what an INSERT returns would be kept somewhere first, which takes longer.
    private const string CountSql = """
        INSERT INTO counter_deltas (broadcast_id, minute, segment_id, recipients)
        SELECT @broadcastId, date_trunc('minute', @now), COALESCE(segment_id, 0), count(*) FROM deliveries WHERE broadcast_id = @broadcastId GROUP BY 3
        """;

    private const string BatchesSql = """
        INSERT INTO delivery_batches (broadcast_id, first_seq, size)
        SELECT @broadcastId, first_seq, least(@batchSize, @recipients - first_seq)
        FROM generate_series(0, @recipients - 1, @batchSize) AS first_seq
        """;

    // Four eyes (Broadcasts/FourEyes.cs): the cohort may have grown, or the template changed, since it was asked for at the send.
    private const string IsApproved = "(b.approved_by IS NOT NULL AND (t.version = b.seen_template_version) IS TRUE)";

    // A message of the broadcast's own is in one language, and takes the place of all the template's.
    private const string FreezeSql = $$"""
        UPDATE broadcasts b SET planned_at = @now, total_recipients = @recipients, content = COALESCE(b.message_template, t.content),
            cta_buttons = t.cta_buttons, translations = CASE WHEN b.message_template IS NULL THEN t.translations ELSE '{}' END,
            template_version = t.version, updated_at = @now
        FROM broadcast_templates t
        WHERE b.id = @broadcastId AND b.status = 4 AND t.id = b.template_id AND (NOT @needsApproval OR {{IsApproved}})
        """;

    private const string FailUnapprovedSql = $"""
        UPDATE broadcasts b SET status = 3, updated_at = @now,
            failure_reason = 'It had ' || @recipients || ' recipients when the sending began, and no approval of a second person for what it was then.'
        FROM broadcast_templates t
        WHERE b.id = @broadcastId AND b.status = 4 AND t.id = b.template_id AND NOT {IsApproved}
        """;

    private const string MessageSql = """
        SELECT COALESCE(b.content, b.message_template, t.content) AS content, COALESCE(b.cta_buttons, t.cta_buttons) AS cta_buttons,
            CASE WHEN b.planned_at IS NOT NULL THEN b.translations WHEN b.message_template IS NULL THEN t.translations END AS translations,
            b.on_uncertain
        FROM broadcasts b JOIN broadcast_templates t ON t.id = b.template_id WHERE b.id = @broadcastId
        """;

    /// <summary>The message that the plan froze, or would freeze now; null when there is no such broadcast.</summary>
    public async Task<FrozenMessage?> MessageAsync(Guid broadcastId, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        var row = await db.QuerySingleOrDefaultAsync<MessageRow>(new CommandDefinition(MessageSql, new { broadcastId }, cancellationToken: ct));
        return row is null ? null : new FrozenMessage(
            broadcastId, row.Content, MessageJson.Buttons(row.CtaButtons), MessageJson.Translations(row.Translations), row.OnUncertain);
    }

    private sealed record MessageRow(string Content, string CtaButtons, string? Translations, OnUncertain OnUncertain);

    private const string FailSql = """
        UPDATE broadcasts SET status = 3, failure_reason = 'The cohort was empty when the sending began.', updated_at = @now
        WHERE id = @broadcastId AND status = 4
        """;

    /// <summary>
    /// Turns the cohort into the ledger, numbered 0..n-1, and freezes the message, all in one transaction; done again it
    /// leaves the plan that stands. False when there is none: the broadcast is not sending (any more), or failed, having
    /// nobody to send to or no second person's approval.
    /// </summary>
    public async Task<bool> PlanAsync(Guid broadcastId, int batchSize, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        await using var transaction = await db.BeginTransactionAsync(ct);
        CommandDefinition Command(string sql, object parameters) =>
            new(sql, parameters, transaction, commandTimeout: 0, cancellationToken: ct);

        await db.ExecuteAsync(Command(LockSql, new { broadcastId }));
        var broadcast = await db.QuerySingleOrDefaultAsync<Unplanned>(Command(GetSql, new { broadcastId }));
        if (broadcast is not { Sending: true, Planned: false })
            return broadcast is { Planned: true };

        var now = clock.GetUtcNow();
        var cohort = CohortCompiler.Compile(CohortParser.Parse(broadcast.CohortQuery, "/cohort_query"), now);
        cohort.Parameters.AddDynamicParams(new { broadcastId, now });
        var segments = (await db.QueryAsync<(string? Tier, string? Region, string? Language)>(
            Command(SegmentsSql.Replace("{0}", cohort.Where, StringComparison.Ordinal), cohort.Parameters))).AsList();
        await db.ExecuteAsync(Command(AddSegmentsSql, new
        {
            tiers = segments.Select(s => s.Tier).ToArray(), regions = segments.Select(s => s.Region).ToArray(),
            languages = segments.Select(s => s.Language).ToArray(),
        }));
        var recipients = await db.ExecuteAsync(Command(LedgerSql.Replace("{0}", cohort.Where, StringComparison.Ordinal), cohort.Parameters));
        var isFrozen = false;
        if (recipients == 0)
        {
            await db.ExecuteAsync(Command(FailSql, new { broadcastId, now }));
        }
        else
        {
            await db.ExecuteAsync(Command(CountSql, new { broadcastId, now }));
            await db.ExecuteAsync(Command(BatchesSql, new { broadcastId, recipients, batchSize }));
            var needsApproval = recipients > options.FourEyesOver;
            isFrozen = await db.ExecuteAsync(Command(FreezeSql, new { broadcastId, recipients, now, needsApproval })) == 1;
            if (!isFrozen)
            {
                // Paused or cancelled while the plan was made: it is undone, and a resumed broadcast plans again.
                await transaction.RollbackAsync(ct);
                if (needsApproval)
                    await db.ExecuteAsync(new CommandDefinition(FailUnapprovedSql, new { broadcastId, recipients, now }, cancellationToken: ct));
                return false;
            }
        }

        await transaction.CommitAsync(ct);
        return isFrozen;
    }

    private sealed record Unplanned(System.Text.Json.JsonElement CohortQuery, bool Sending, bool Planned);
}

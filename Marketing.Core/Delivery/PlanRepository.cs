using Dapper;
using Marketing.Core.Cohorts;
using Npgsql;

namespace Marketing.Core.Delivery;

public sealed class PlanRepository(NpgsqlDataSource source, TimeProvider clock)
{
    // The row lock lets one of two planners through; the other then finds planned_at set.
    private const string LockSql = """
        SELECT cohort_query, planned_at IS NOT NULL AS planned FROM broadcasts WHERE id = @broadcastId AND status = 4 FOR UPDATE
        """;

    private const string ExistingSql = """
        SELECT b.total_recipients AS recipients, d.size AS batch_size
        FROM broadcasts b JOIN delivery_batches d ON d.broadcast_id = b.id AND d.first_seq = 0
        WHERE b.id = @broadcastId
        """;

    // {0} is the cohort's predicate over users u, all its values parameters.
    private const string LedgerSql = """
        INSERT INTO deliveries (broadcast_id, seq, user_id)
        SELECT @broadcastId, row_number() OVER () - 1, u.id FROM users u WHERE {0}
        """;

    private const string BatchesSql = """
        INSERT INTO delivery_batches (broadcast_id, first_seq, size)
        SELECT @broadcastId, first_seq, least(@batchSize, @recipients - first_seq)
        FROM generate_series(0, @recipients - 1, @batchSize) AS first_seq
        """;

    private const string FreezeSql = """
        UPDATE broadcasts b SET planned_at = @now, total_recipients = @recipients, content = COALESCE(b.message_template, t.content),
            cta_buttons = t.cta_buttons, template_version = t.version, updated_at = @now
        FROM broadcast_templates t
        WHERE b.id = @broadcastId AND t.id = b.template_id
        """;

    private const string FailSql = """
        UPDATE broadcasts SET status = 3, failure_reason = 'The cohort was empty when the sending began.', updated_at = @now
        WHERE id = @broadcastId
        """;

    /// <summary>
    /// Turns the cohort into the ledger, numbered 0..n-1, and freezes the message, all in one transaction. Done again it
    /// returns the plan that stands. Null when the broadcast is not sending, or has nobody to send to and so failed.
    /// </summary>
    public async Task<BroadcastPlan?> PlanAsync(Guid broadcastId, int batchSize, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        await using var transaction = await db.BeginTransactionAsync(ct);
        CommandDefinition Command(string sql, object parameters) =>
            new(sql, parameters, transaction, commandTimeout: 0, cancellationToken: ct);

        var broadcast = await db.QuerySingleOrDefaultAsync<Unplanned>(Command(LockSql, new { broadcastId }));
        if (broadcast is null)
            return null;
        if (broadcast.Planned)
            return await db.QuerySingleAsync<BroadcastPlan>(Command(ExistingSql, new { broadcastId }));

        var now = clock.GetUtcNow();
        var cohort = CohortCompiler.Compile(CohortParser.Parse(broadcast.CohortQuery, "/cohort_query"), now);
        cohort.Parameters.Add("broadcastId", broadcastId);
        var recipients = await db.ExecuteAsync(Command(LedgerSql.Replace("{0}", cohort.Where, StringComparison.Ordinal), cohort.Parameters));
        if (recipients == 0)
        {
            await db.ExecuteAsync(Command(FailSql, new { broadcastId, now }));
        }
        else
        {
            await db.ExecuteAsync(Command(BatchesSql, new { broadcastId, recipients, batchSize }));
            await db.ExecuteAsync(Command(FreezeSql, new { broadcastId, recipients, now }));
        }

        await transaction.CommitAsync(ct);
        return recipients == 0 ? null : new BroadcastPlan(recipients, Math.Min(batchSize, recipients));
    }

    private sealed record Unplanned(System.Text.Json.JsonElement CohortQuery, bool Planned);
}

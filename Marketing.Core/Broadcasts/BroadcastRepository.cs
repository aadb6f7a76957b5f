using Dapper;
using Npgsql;

namespace Marketing.Core.Broadcasts;

public sealed class BroadcastRepository(NpgsqlDataSource source, TimeProvider clock)
{
    private const string Columns = """
        id, title, template_id, cohort_query, message_template, on_uncertain, status, scheduled_at, sent_at, failure_reason,
        created_by, created_at, updated_at
        """;

    private const string InsertSql = $"""
        INSERT INTO broadcasts (id, title, template_id, cohort_query, message_template, on_uncertain, status, scheduled_at,
            created_by, created_at, updated_at)
        VALUES (@Id, @Title, @TemplateId, @CohortQuery, @MessageTemplate, @OnUncertain, @Status, @ScheduledAt,
            @CreatedBy, @CreatedAt, @UpdatedAt)
        RETURNING {Columns}
        """;

    public async Task<Broadcast> InsertAsync(Broadcast broadcast, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        return await db.QuerySingleAsync<Broadcast>(new CommandDefinition(InsertSql, broadcast, cancellationToken: ct));
    }

    private const string GetSql = $"SELECT {Columns} FROM broadcasts WHERE id = @id";

    public async Task<Broadcast?> GetAsync(Guid id, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        return await db.QuerySingleOrDefaultAsync<Broadcast>(new CommandDefinition(GetSql, new { id }, cancellationToken: ct));
    }

    // Ids are UUIDv7, so the primary key gives newest first and is the cursor.
    private const string ListSql = $"""
        SELECT {Columns} FROM broadcasts
        WHERE (@status::smallint IS NULL OR status = @status) AND (@before::uuid IS NULL OR id < @before)
        ORDER BY id DESC LIMIT @limit
        """;

    public async Task<IReadOnlyList<Broadcast>> ListAsync(BroadcastStatus? status, Guid? before, int limit, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        return (await db.QueryAsync<Broadcast>(new CommandDefinition(
            ListSql, new { status = (short?)status, before, limit }, cancellationToken: ct))).AsList();
    }

    private const string ListBegunSql = $"""
        SELECT {Columns} FROM broadcasts WHERE planned_at >= @from AND planned_at < @to ORDER BY planned_at DESC, id DESC
        """;

    /// <summary>Those whose sending began in the period, newest first.</summary>
    public async Task<IReadOnlyList<Broadcast>> ListBegunAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        return (await db.QueryAsync<Broadcast>(new CommandDefinition(ListBegunSql, new { from, to }, cancellationToken: ct))).AsList();
    }

    private const string UpdateSql = $"""
        UPDATE broadcasts SET title = @Title, template_id = @TemplateId, cohort_query = @CohortQuery, message_template = @MessageTemplate,
            on_uncertain = @OnUncertain, status = @Status, scheduled_at = @ScheduledAt, updated_at = @UpdatedAt
        WHERE id = @Id AND status IN (0, 1)
        RETURNING {Columns}
        """;

    /// <summary>Null when it is gone or no longer a draft or scheduled.</summary>
    public async Task<Broadcast?> UpdateAsync(Broadcast broadcast, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        return await db.QuerySingleOrDefaultAsync<Broadcast>(new CommandDefinition(UpdateSql, broadcast, cancellationToken: ct));
    }

    private const string DeleteSql = "DELETE FROM broadcasts WHERE id = @id AND status IN (0, 1)";

    /// <summary>False when it is gone or no longer a draft or scheduled.</summary>
    public async Task<bool> DeleteAsync(Guid id, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        return await db.ExecuteAsync(new CommandDefinition(DeleteSql, new { id }, cancellationToken: ct)) == 1;
    }

    private const string MoveSql = """
        UPDATE broadcasts SET status = @to, settled_at = NULL, updated_at = @now
        WHERE id = @id AND status = ANY(@from)
        """;

    /// <summary>Changes the status if the table of transitions allows it from what it is now; false otherwise.</summary>
    public async Task<bool> MoveAsync(Guid id, BroadcastStatus to, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        var parameters = new { id, to, from = BroadcastTransitions.Into(to), now = clock.GetUtcNow() };
        return await db.ExecuteAsync(new CommandDefinition(MoveSql, parameters, cancellationToken: ct)) == 1;
    }

    // From draft and scheduled only: resuming a paused broadcast is not another send.
    private const string SendSql = """
        UPDATE broadcasts SET status = 4, send_key = @key, recipients = @recipients, updated_at = @now
        WHERE id = @id AND status IN (0, 1)
        """;

    /// <summary>False when another request was first.</summary>
    public async Task<bool> SendAsync(Guid id, string? key, int recipients, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        return await db.ExecuteAsync(new CommandDefinition(
            SendSql, new { id, key, recipients, now = clock.GetUtcNow() }, cancellationToken: ct)) == 1;
    }

    private const string AcceptedSql = "SELECT id, status, recipients FROM broadcasts WHERE id = @id AND send_key = @key";

    /// <summary>The send that an earlier request with this Idempotency-Key started, with the broadcast's status by now.</summary>
    public async Task<SendAccepted?> AcceptedAsync(Guid id, string key, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        return await db.QuerySingleOrDefaultAsync<SendAccepted>(new CommandDefinition(AcceptedSql, new { id, key }, cancellationToken: ct));
    }

    private const string DueSql = "SELECT id FROM broadcasts WHERE status = 1 AND scheduled_at <= @until ORDER BY scheduled_at";

    /// <summary>The scheduled broadcasts whose time comes until then, the overdue ones among them.</summary>
    public async Task<IReadOnlyList<Guid>> DueAsync(DateTimeOffset until, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        return (await db.QueryAsync<Guid>(new CommandDefinition(DueSql, new { until }, cancellationToken: ct))).AsList();
    }

    // The time once more: it may have been moved since it was read.
    private const string BeginSql = """
        UPDATE broadcasts SET status = @to, failure_reason = @reason, updated_at = @now
        WHERE id = @id AND status = 1 AND scheduled_at = @scheduledAt
        """;

    /// <summary>Moves a scheduled broadcast to sending, or to failed with a reason; false when it was changed in the meantime.</summary>
    public async Task<bool> BeginAsync(Guid id, DateTimeOffset scheduledAt, BroadcastStatus to, string? reason, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        return await db.ExecuteAsync(new CommandDefinition(
            BeginSql, new { id, scheduledAt, to, reason, now = clock.GetUtcNow() }, cancellationToken: ct)) == 1;
    }

    private const string UnsettledSql = """
        SELECT id FROM broadcasts b
        WHERE (status = 4 OR (status IN (5, 6) AND settled_at IS NULL AND planned_at IS NOT NULL))
            AND b.updated_at < @since AND NOT EXISTS (SELECT 1 FROM delivery_batches WHERE broadcast_id = b.id AND recorded_at > @since)
        """;

    // A host that cannot see another's orchestrations, as on a laptop, would otherwise join each of them, and two at work on the
    // same rows reserve slots that one of them wastes.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(10);

    /// <summary>
    /// What is sending, and what was paused or cancelled while a claim may still be open, as far as it showed no sign of life
    /// for 10 seconds.
    /// </summary>
    public async Task<IReadOnlyList<Guid>> UnsettledAsync(CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        return (await db.QueryAsync<Guid>(new CommandDefinition(
            UnsettledSql, new { since = clock.GetUtcNow() - Silence }, cancellationToken: ct))).AsList();
    }
}

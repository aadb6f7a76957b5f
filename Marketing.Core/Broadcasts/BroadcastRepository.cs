using Dapper;
using Npgsql;

namespace Marketing.Core.Broadcasts;

public sealed class BroadcastRepository(NpgsqlDataSource source, TimeProvider clock)
{
    // xmin is another after each update of the row, whichever statement made it.
    private const string Columns = """
        id, title, template_id, template_version, cohort_query, message_template, on_uncertain, status, scheduled_at, sent_at, failure_reason,
        created_by, updated_by, approved_by, created_at, updated_at, xmin::text AS revision
        """;

    // The template is locked against being deleted meanwhile (TemplateRepository.DeleteAsync).
    private const string InsertSql = $"""
        INSERT INTO broadcasts (id, title, template_id, cohort_query, message_template, on_uncertain, status, scheduled_at,
            created_by, created_at, updated_at, seen_template_version, create_key, create_sha256)
        SELECT @Id, @Title, id, @CohortQuery, @MessageTemplate, @OnUncertain, @Status, @ScheduledAt,
            @CreatedBy, @CreatedAt, @UpdatedAt, version, @key, @sha256
        FROM broadcast_templates WHERE id = @TemplateId AND deleted_at IS NULL FOR KEY SHARE
        ON CONFLICT DO NOTHING
        RETURNING {Columns}
        """;

    /// <summary>Null when its template is gone, its creator has used the key before, or its id is taken.</summary>
    /// <param name="key">The Idempotency-Key; null for none.</param>
    /// <param name="sha256">Of the request's body, with a key.</param>
    public async Task<Broadcast?> InsertAsync(Broadcast broadcast, string? key, byte[]? sha256, CancellationToken ct)
    {
        var parameters = new DynamicParameters(broadcast);
        parameters.Add("key", key);
        parameters.Add("sha256", sha256);
        await using var db = await source.OpenConnectionAsync(ct);
        return await db.QuerySingleOrDefaultAsync<Broadcast>(new CommandDefinition(InsertSql, parameters, cancellationToken: ct));
    }

    private const string CreatedSql = "SELECT id, create_sha256 FROM broadcasts WHERE created_by = @createdBy AND create_key = @key";

    /// <summary>The broadcast that an earlier request with this key made, and the SHA-256 of that request's body.</summary>
    public async Task<BroadcastOfKey?> CreatedAsync(Guid createdBy, string key, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        return await db.QuerySingleOrDefaultAsync<BroadcastOfKey>(new CommandDefinition(CreatedSql, new { createdBy, key }, cancellationToken: ct));
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
            AND (@TemplateId::uuid IS NULL OR template_id = @TemplateId)
            AND (@Search::text IS NULL OR position(lower(@Search) IN lower(title)) > 0)
            AND (@CreatedFrom::timestamptz IS NULL OR created_at >= @CreatedFrom) AND (@CreatedTo::timestamptz IS NULL OR created_at < @CreatedTo)
            AND (@ScheduledFrom::timestamptz IS NULL OR scheduled_at >= @ScheduledFrom)
            AND (@ScheduledTo::timestamptz IS NULL OR scheduled_at < @ScheduledTo)
        ORDER BY id DESC LIMIT @limit
        """;

    /// <param name="before">The last id already seen; null for the newest.</param>
    public async Task<IReadOnlyList<Broadcast>> ListAsync(BroadcastFilter filter, Guid? before, int limit, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        return (await db.QueryAsync<Broadcast>(new CommandDefinition(ListSql, new
        {
            status = (short?)filter.Status, filter.TemplateId, filter.Search, filter.CreatedFrom, filter.CreatedTo,
            filter.ScheduledFrom, filter.ScheduledTo, before, limit,
        }, cancellationToken: ct))).AsList();
    }

    // Of two updates of one revision the second waits for the first, and then finds another. The template is locked as by an
    // insert.
    private const string UpdateSql = $"""
        WITH template AS (
            SELECT version FROM broadcast_templates WHERE id = @TemplateId AND deleted_at IS NULL FOR KEY SHARE)
        UPDATE broadcasts SET title = @Title, template_id = @TemplateId, cohort_query = @CohortQuery, message_template = @MessageTemplate,
            on_uncertain = @OnUncertain, status = @Status, scheduled_at = @ScheduledAt, updated_at = @UpdatedAt,
            updated_by = @UpdatedBy, approved_by = NULL, seen_template_version = (SELECT version FROM template)
        WHERE id = @Id AND status IN (0, 1) AND EXISTS (SELECT 1 FROM template)
            AND (@ifMatch::text[] IS NULL OR xmin::text = ANY (@ifMatch))
        RETURNING {Columns}
        """;

    /// <summary>Null when it has another revision, is gone or no longer a draft or scheduled, or the template is gone.</summary>
    /// <param name="ifMatch">The revisions of which it must have one; any when null.</param>
    public async Task<Broadcast?> UpdateAsync(Broadcast broadcast, string[]? ifMatch, CancellationToken ct)
    {
        var parameters = new DynamicParameters(broadcast);
        parameters.Add("ifMatch", ifMatch);
        await using var db = await source.OpenConnectionAsync(ct);
        return await db.QuerySingleOrDefaultAsync<Broadcast>(new CommandDefinition(UpdateSql, parameters, cancellationToken: ct));
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

    // From draft and scheduled only: resuming a paused broadcast is not another send. What is sent is what was looked at and
    // counted, so not one that was changed since.
    private const string SendSql = """
        UPDATE broadcasts SET status = 4, send_key = @key, recipients = @recipients, updated_at = @now,
            approved_by = COALESCE(@approver, approved_by)
        WHERE id = @Id AND status IN (0, 1) AND xmin::text = @Revision
        """;

    /// <summary>False when another request was first, or it was changed since it was read.</summary>
    /// <param name="approver">Whose approval the send is too (FourEyes.cs); null for none.</param>
    public async Task<bool> SendAsync(Broadcast broadcast, string? key, int recipients, Guid? approver, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        return await db.ExecuteAsync(new CommandDefinition(
            SendSql, new { broadcast.Id, broadcast.Revision, key, recipients, approver, now = clock.GetUtcNow() }, cancellationToken: ct)) == 1;
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

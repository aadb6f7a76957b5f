using System.Text.Json;
using Dapper;
using Marketing.Core.Data;
using Npgsql;

namespace Marketing.Core.Access;

/// <param name="Actor">Null for somebody who is not signed in.</param>
/// <param name="Action">The object's kind and what was done, such as broadcast.send.</param>
/// <param name="Source">Where from: an address, or telegram:ID for the chat.</param>
/// <param name="Details">Written as JSON; never a token or a message's text.</param>
public sealed record AuditEntry(
    Caller? Actor, string Action, string? ObjectType, string? ObjectId, string? Source, object? Details = null);

/// <summary>An entry as it is read; the names are those of then.</summary>
public sealed record AuditRow(
    Guid Id, DateTimeOffset At, Guid? ActorId, string? ActorName, string Action, string? ObjectType, string? ObjectId, string? Source,
    JsonElement? Details);

/// <summary>What is null is not looked at.</summary>
/// <param name="From">Inclusive.</param>
/// <param name="To">Exclusive.</param>
public sealed record AuditFilter(
    Guid? Actor, string? Action, string? ObjectType, string? ObjectId, DateTimeOffset? From, DateTimeOffset? To);

/// <summary>Who did what to which object when, from where; entries are only ever added.</summary>
public sealed class AuditLog(NpgsqlDataSource source, TimeProvider clock)
{
    private const string WriteSql = """
        INSERT INTO audit_log (id, at, actor_id, actor_name, action, object_type, object_id, source, details)
        VALUES (@id, @now, @actorId, @actorName, @Action, @ObjectType, @ObjectId, @Source, @details::jsonb)
        """;

    public async Task WriteAsync(AuditEntry entry, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var db = await source.OpenConnectionAsync(ct);
        await db.ExecuteAsync(new CommandDefinition(WriteSql, new
        {
            id = Guid.CreateVersion7(now), now, actorId = entry.Actor?.Id, actorName = entry.Actor?.Name,
            entry.Action, entry.ObjectType, entry.ObjectId, entry.Source,
            details = entry.Details is null ? null : JsonSerializer.Serialize(entry.Details, Json.Options),
        }, cancellationToken: ct));
    }

    // By at: ids of one millisecond are in no order. The row of the cursor is always there, for entries stay.
    private const string ListSql = """
        SELECT id, at, actor_id, actor_name, action, object_type, object_id, source, details FROM audit_log
        WHERE (@Actor::uuid IS NULL OR actor_id = @Actor) AND (@Action::text IS NULL OR action = @Action)
            AND (@ObjectType::text IS NULL OR object_type = @ObjectType) AND (@ObjectId::text IS NULL OR object_id = @ObjectId)
            AND (@From::timestamptz IS NULL OR at >= @From) AND (@To::timestamptz IS NULL OR at < @To)
            AND (@before::uuid IS NULL OR (at, id) < (SELECT at, id FROM audit_log WHERE id = @before))
        ORDER BY at DESC, id DESC LIMIT @limit
        """;

    /// <param name="limit">1 and more.</param>
    /// <param name="cursor">A page's next_cursor, with the same filter.</param>
    public async Task<Page<AuditRow>> ListAsync(AuditFilter filter, int limit, string? cursor, CancellationToken ct)
    {
        Guid? before = cursor is null ? null : ShortId.Decode(cursor) ?? throw new InvalidException("/cursor", "is not a cursor of this list");
        await using var db = await source.OpenConnectionAsync(ct);
        var found = (await db.QueryAsync<AuditRow>(new CommandDefinition(ListSql, new
        {
            filter.Actor, filter.Action, filter.ObjectType, filter.ObjectId, filter.From, filter.To, before, limit = limit + 1,
        }, cancellationToken: ct))).AsList();
        return new Page<AuditRow>([.. found.Take(limit)], found.Count > limit ? ShortId.Encode(found[limit - 1].Id) : null);
    }
}

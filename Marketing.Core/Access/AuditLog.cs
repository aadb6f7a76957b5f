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
}

using Marketing.Core.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Marketing.Functions.Admin;

/// <summary>
/// Writes what admin requests did into the audit log. An entry is written right after its change, not in one transaction with
/// it: a worker that dies in between leaves a change without an entry. A database that is away then leaves a log line instead.
/// </summary>
public sealed class AuditTrail(AuditLog audit, ILogger<AuditTrail> logger)
{
    private static readonly object DetailsKey = new();

    /// <summary>Adds to the entry of this request. Never a secret, a message's text or anything about a person of the audience.</summary>
    public static void Note(HttpRequest request, object details) => request.HttpContext.Items[DetailsKey] = details;

    public Task DoneAsync(HttpRequest request, Caller caller, string action, IResult result) =>
        WriteAsync(request, caller, action, (result as IMadeObject)?.MadeId ?? RouteId(request), request.HttpContext.Items[DetailsKey]);

    /// <summary>It failed for a reason that is no refusal, so it may have been done.</summary>
    public Task UnsureAsync(HttpRequest request, Caller caller, string action) =>
        WriteAsync(request, caller, action, RouteId(request), new { Outcome = "unknown" });

    public Task RefusedAsync(HttpRequest request, Caller caller, Operation operation) => WriteAsync(
        request, caller, "access.refused", RouteId(request),
        new { operation.Action, operation.Permission, caller.Role, request.Method }, operation.Action);

    // The caller may hang up as soon as it is done, and the entry is written all the same.
    private async Task WriteAsync(
        HttpRequest request, Caller caller, string action, string? objectId, object? details, string? objectOf = null)
    {
        try
        {
            var objectType = (objectOf ?? action).Split('.')[0];
            var source = request.HttpContext.Connection.RemoteIpAddress?.ToString();
            await audit.WriteAsync(new AuditEntry(caller, action, objectType, objectId, source, details), CancellationToken.None);
        }
        catch (NpgsqlException e)
        {
            // What was done is done: an error for an answer would have it done twice.
            Log.AuditEntryLost(logger, caller.Id, action, objectId, e);
        }
    }

    // Only an id of ours: nothing else of a path is known to be free of personal data.
    private static string? RouteId(HttpRequest request) =>
        request.RouteValues.TryGetValue("id", out var value) && Guid.TryParseExact(value as string, "D", out var id) ? id.ToString() : null;
}

/// <summary>An answer that names the object it made.</summary>
internal interface IMadeObject
{
    string? MadeId { get; }
}

using Marketing.Core;
using Marketing.Core.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Marketing.Functions.Admin;

public sealed class AuditFunctions(AdminRequests admin, AuditLog audit)
{
    private static readonly Operation List = new(Permission.ReadAuditLog)
    {
        Query = ["actor", "action", "object_type", "object_id", "from", "to", "limit", "cursor"],
    };

    [Function(nameof(ListAuditEntries))]
    public Task<IResult> ListAuditEntries(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/admin/audit")] HttpRequest request, CancellationToken ct) =>
        admin.HandleAsync(request, List, async _ => AdminRequests.Ok(await audit.ListAsync(
            Filter(request), AdminRequests.Limit(request, 100, 1000), AdminRequests.Text(request, "cursor"), ct)), ct);

    private static AuditFilter Filter(HttpRequest request) => new(
        Actor(request), AdminRequests.Text(request, "action"), AdminRequests.Text(request, "object_type"),
        AdminRequests.Text(request, "object_id"), AdminRequests.Time(request, "from"), AdminRequests.Time(request, "to"));

    private static Guid? Actor(HttpRequest request) => AdminRequests.Text(request, "actor") switch
    {
        null => null,
        var text => Guid.TryParseExact(text, "D", out var id) ? id : throw new InvalidException("/actor", "is not a UUID"),
    };
}

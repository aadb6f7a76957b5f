using Marketing.Core.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Marketing.Functions.Admin;

public sealed class MeFunctions(AdminRequests admin)
{
    [Function(nameof(GetMe))]
    public Task<IResult> GetMe(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/admin/me")] HttpRequest request, CancellationToken ct) =>
        admin.HandleAsync(request, Permission.View, caller => Task.FromResult(AdminRequests.Ok(caller)), ct);
}

using Marketing.Core.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Marketing.Functions.Admin;

public sealed class MeFunctions(AdminRequests admin, TelegramLinks links)
{
    [Function(nameof(GetMe))]
    public Task<IResult> GetMe(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/admin/me")] HttpRequest request, CancellationToken ct) =>
        admin.HandleAsync(request, Permission.View, caller => Task.FromResult(AdminRequests.Ok(caller)), ct);

    [Function(nameof(CreateTelegramLink))]
    public Task<IResult> CreateTelegramLink(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/admin/me/telegram-link")] HttpRequest request, CancellationToken ct) =>
        admin.HandleAsync(request, Permission.View, async caller => AdminRequests.Ok(await links.CreateCodeAsync(caller, ct)), ct);
}

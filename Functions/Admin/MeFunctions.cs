using Marketing.Core.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Marketing.Functions.Admin;

public sealed class MeFunctions(AdminRequests admin, Profiles profiles, TelegramLinks links)
{
    private const string Route = "v1/admin/me";

    [Function(nameof(GetMe))]
    public Task<IResult> GetMe(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route)] HttpRequest request, CancellationToken ct) =>
        admin.HandleAsync(request, Permission.View, async caller => AdminRequests.Ok(await profiles.GetAsync(caller, ct)), ct);

    [Function(nameof(UpdateMe))]
    public Task<IResult> UpdateMe(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = Route)] HttpRequest request, CancellationToken ct) =>
        admin.HandleAsync<ProfileChanges>(request, new(Permission.View, "me.update"), async (body, caller) =>
        {
            AuditTrail.Note(request, body);
            return AdminRequests.Ok(await profiles.ChangeAsync(caller, body, ct));
        }, ct);

    [Function(nameof(CreateTelegramLink))]
    public Task<IResult> CreateTelegramLink(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Route + "/telegram-link")] HttpRequest request, CancellationToken ct) =>
        admin.HandleAsync(request, new(Permission.View, "me.telegram_code"), async caller =>
            AdminRequests.Ok(await links.CreateCodeAsync(caller, ct)), ct);

    [Function(nameof(DeleteTelegramLink))]
    public Task<IResult> DeleteTelegramLink(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = Route + "/telegram-link")] HttpRequest request, CancellationToken ct) =>
        admin.HandleAsync(request, new(Permission.View, "me.telegram_unlink"), async caller =>
        {
            await links.UnlinkAsync(caller, ct);
            return Results.NoContent();
        }, ct);
}

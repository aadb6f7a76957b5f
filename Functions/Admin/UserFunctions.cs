using System.Text.Json;
using Marketing.Core.Access;
using Marketing.Core.Audience;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Marketing.Functions.Admin;

public sealed class UserFunctions(AdminRequests admin, UserService users)
{
    private const string Route = "v1/admin/audience/users";

    [Function(nameof(ListUsers))]
    public Task<IResult> ListUsers(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route)] HttpRequest request, CancellationToken ct) =>
        admin.HandleAsync(request, new(Permission.View) { Query = ["search", "tier", "region", "language", "state", "limit", "cursor"] }, async _ =>
        {
            string? Text(string key) => AdminRequests.Text(request, key);
            var filter = new UserFilter(
                Text("search"), Text("tier"), Text("region"), Text("language"), AdminRequests.Choice<UserState>(request, "state"));
            return AdminRequests.Ok(await users.ListAsync(filter, AdminRequests.Limit(request, 50, 500), Text("cursor"), ct));
        }, ct);

    [Function(nameof(GetUser))]
    public Task<IResult> GetUser(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route + "/{id}")] HttpRequest request, string id, CancellationToken ct) =>
        admin.HandleAsync(request, Permission.View, async _ => AdminRequests.Ok(await users.GetAsync(UserKey.Parse(id), ct)), ct);

    [Function(nameof(ChangeUser))]
    public Task<IResult> ChangeUser(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = Route + "/{id}")] HttpRequest request, string id, CancellationToken ct) =>
        admin.HandleAsync<JsonElement>(request, new(Permission.ManageAudience, "user.update"), async (patch, _) =>
            AdminRequests.Ok(await users.ChangeAsync(UserKey.Parse(id), patch, ct)), ct);

    [Function(nameof(OptOutUser))]
    public Task<IResult> OptOutUser(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Route + "/{id}/opt-out")] HttpRequest request, string id, CancellationToken ct) =>
        SetOptedOutAsync(request, id, optedOut: true, ct);

    [Function(nameof(UndoOptOutUser))]
    public Task<IResult> UndoOptOutUser(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = Route + "/{id}/opt-out")] HttpRequest request, string id, CancellationToken ct) =>
        SetOptedOutAsync(request, id, optedOut: false, ct);

    [Function(nameof(ExportUser))]
    public Task<IResult> ExportUser(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route + "/{id}/export")] HttpRequest request, string id, CancellationToken ct) =>
        admin.HandleAsync(request, new(Permission.ManageAudience, "user.export"), async _ => AdminRequests.Ok(await users.ExportAsync(UserKey.Parse(id), ct)), ct);

    [Function(nameof(EraseUser))]
    public Task<IResult> EraseUser(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = Route + "/{id}")] HttpRequest request, string id, CancellationToken ct) =>
        admin.HandleAsync(request, new(Permission.ManageAudience, "user.erase"), async _ =>
        {
            await users.EraseAsync(UserKey.Parse(id), ct);
            return Results.NoContent();
        }, ct);

    private Task<IResult> SetOptedOutAsync(HttpRequest request, string id, bool optedOut, CancellationToken ct) =>
        admin.HandleAsync(request, new(Permission.ManageAudience, optedOut ? "user.opt_out" : "user.opt_in"), async _ =>
            AdminRequests.Ok(await users.SetOptedOutAsync(UserKey.Parse(id), optedOut, ct)), ct);
}

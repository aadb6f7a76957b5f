using Marketing.Core.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Marketing.Functions.Admin;

public sealed class TokenFunctions(AdminRequests admin, TokenService tokens)
{
    private const string Route = "v1/admin/tokens";

    [Function(nameof(ListTokens))]
    public Task<IResult> ListTokens(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route)] HttpRequest request, CancellationToken ct) =>
        admin.HandleAsync(request, new(Permission.ManageTokens) { Query = ["limit", "cursor"] }, async _ => AdminRequests.Ok(
            await tokens.ListAsync(AdminRequests.Limit(request, 50, 100), AdminRequests.Text(request, "cursor"), ct)), ct);

    /// <summary>The only answer that holds the token.</summary>
    [Function(nameof(CreateToken))]
    public Task<IResult> CreateToken(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Route)] HttpRequest request, CancellationToken ct) =>
        admin.HandleAsync<AdminTokenInput>(request, new(Permission.ManageTokens, "token.create"), async (body, caller) =>
        {
            var token = await tokens.CreateAsync(body, caller, ct);
            Note(request, token);
            request.HttpContext.Response.Headers.CacheControl = "no-store";
            return AdminRequests.Created($"/api/{Route}/{token.Id}", token);
        }, ct);

    [Function(nameof(GetToken))]
    public Task<IResult> GetToken(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route + "/{id}")] HttpRequest request, string id, CancellationToken ct) =>
        admin.HandleAsync(request, Permission.ManageTokens, async _ =>
            AdminRequests.Ok(await tokens.GetAsync(AdminRequests.Id(id), ct)), ct);

    [Function(nameof(UpdateToken))]
    public Task<IResult> UpdateToken(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = Route + "/{id}")] HttpRequest request, string id, CancellationToken ct) =>
        admin.HandleAsync<AdminTokenChanges>(request, new(Permission.ManageTokens, "token.update"), async (body, _) =>
        {
            var token = await tokens.ChangeAsync(AdminRequests.Id(id), body, ct);
            Note(request, token);
            return AdminRequests.Ok(token);
        }, ct);

    [Function(nameof(RevokeToken))]
    public Task<IResult> RevokeToken(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = Route + "/{id}")] HttpRequest request, string id, CancellationToken ct) =>
        admin.HandleAsync(request, new(Permission.ManageTokens, "token.revoke"), async _ =>
        {
            await tokens.RevokeAsync(AdminRequests.Id(id), ct);
            return Results.NoContent();
        }, ct);

    private static void Note(HttpRequest request, AdminToken token) =>
        AuditTrail.Note(request, new { token.Name, token.Role, token.ExpiresAt });
}

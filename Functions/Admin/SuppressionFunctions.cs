using Marketing.Core;
using Marketing.Core.Access;
using Marketing.Core.Audience;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Marketing.Functions.Admin;

public sealed class SuppressionFunctions(AdminRequests admin, SuppressionList suppressions)
{
    private const string Route = "v1/admin/audience/suppressions";

    [Function(nameof(ListSuppressions))]
    public Task<IResult> ListSuppressions(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route)] HttpRequest request, CancellationToken ct) =>
        admin.HandleAsync(request, new(Permission.View) { Query = ["kind", "limit", "cursor"] }, async _ =>
        {
            var limit = AdminRequests.Limit(request, 100, 1000);
            var found = await suppressions.PageAsync(
                AdminRequests.Choice<SuppressionKind>(request, "kind"), AdminRequests.Text(request, "cursor"), limit + 1, ct);
            return AdminRequests.Ok(new Page<SuppressedPerson>(
                [.. found.Take(limit)], found.Count > limit ? SuppressionList.Cursor(found[limit - 1]) : null));
        }, ct);

    [Function(nameof(AddSuppression))]
    public Task<IResult> AddSuppression(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Route)] HttpRequest request, CancellationToken ct) =>
        admin.HandleAsync<SuppressionInput>(request, new(Permission.ManageAudience, "suppression.add"), async (body, caller) =>
            AdminRequests.Ok(await suppressions.AddAsync(body, caller, ct)), ct);

    [Function(nameof(RemoveSuppression))]
    public Task<IResult> RemoveSuppression(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = Route + "/{telegramUserId}")] HttpRequest request, string telegramUserId, CancellationToken ct) =>
        admin.HandleAsync(request, new(Permission.ManageAudience, "suppression.remove"), async _ =>
        {
            await suppressions.RemoveAsync(UserKey.TelegramId("/telegram_user_id", telegramUserId), ct);
            return Results.NoContent();
        }, ct);
}

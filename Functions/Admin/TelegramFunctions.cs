using Marketing.Core.Access;
using Marketing.Core.Telegram;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Marketing.Functions.Admin;

public sealed class TelegramFunctions(AdminRequests admin, WebhookRegistration webhook)
{
    private const string Route = "v1/admin/telegram/webhook";

    [Function(nameof(RegisterWebhook))]
    public Task<IResult> RegisterWebhook(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Route)] HttpRequest request, CancellationToken ct) =>
        admin.HandleAsync(request, new(Permission.ManageBot, "webhook.register"), async _ => AdminRequests.Ok(await webhook.RegisterAsync(
            await JsonBody.ReadOptionalAsync<WebhookInput>(request, ct) ?? new WebhookInput(null, null, null), ct)), ct);

    [Function(nameof(GetWebhook))]
    public Task<IResult> GetWebhook(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route)] HttpRequest request, CancellationToken ct) =>
        admin.HandleAsync(request, Permission.View, async _ => AdminRequests.Ok(await webhook.GetAsync(ct)), ct);
}

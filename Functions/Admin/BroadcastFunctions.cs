using Marketing.Core.Access;
using Marketing.Core.Broadcasts;
using Marketing.Functions.Delivery;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Marketing.Functions.Admin;

public sealed class BroadcastFunctions(
    AdminRequests admin, BroadcastService broadcasts, BroadcastSchedule schedule, FourEyes fourEyes, TestSender tests, DeliveryStarter delivery)
{
    private const string Route = "v1/admin/broadcasts";

    [Function(nameof(CreateBroadcast))]
    public Task<IResult> CreateBroadcast(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Route)] HttpRequest request,
        [DurableClient] DurableTaskClient durable, CancellationToken ct) =>
        admin.HandleAsync<BroadcastInput>(request, new(Permission.Edit, "broadcast.create"), async (body, caller) =>
        {
            var (broadcast, isNew) = await broadcasts.CreateAsync(body, caller, IdempotencyKey(request), ct);
            await StartIfDueSoonAsync(durable, broadcast, ct);
            return isNew ? Created(broadcast) : Ok(broadcast);
        }, ct);

    private static string? IdempotencyKey(HttpRequest request) =>
        request.Headers.TryGetValue("Idempotency-Key", out var values) ? values.ToString() : null;

    private static IResult Created(Broadcast broadcast) =>
        AdminRequests.Created($"/api/{Route}/{broadcast.Id}", broadcast).Tagged(broadcast.Revision);

    private static IResult Ok(Broadcast broadcast) => AdminRequests.Ok(broadcast).Tagged(broadcast.Revision);

    [Function(nameof(ListBroadcasts))]
    public Task<IResult> ListBroadcasts(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route)] HttpRequest request, CancellationToken ct) =>
        admin.HandleAsync(request, new(Permission.View)
        {
            Query = ["status", "template_id", "search", "created_from", "created_to", "scheduled_from", "scheduled_to", "limit", "cursor"],
        }, async _ => AdminRequests.Ok(await broadcasts.ListAsync(
            Filter(request), AdminRequests.Limit(request, 50, 100), AdminRequests.Text(request, "cursor"), ct)), ct);

    private static BroadcastFilter Filter(HttpRequest request) => new(
        AdminRequests.Choice<BroadcastStatus>(request, "status"),
        AdminRequests.Text(request, "template_id") is { } id ? AdminRequests.Id(id, "/template_id") : null,
        AdminRequests.Text(request, "search"),
        AdminRequests.Time(request, "created_from"), AdminRequests.Time(request, "created_to"),
        AdminRequests.Time(request, "scheduled_from"), AdminRequests.Time(request, "scheduled_to"));

    [Function(nameof(GetBroadcast))]
    public Task<IResult> GetBroadcast(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route + "/{id}")] HttpRequest request, string id, CancellationToken ct) =>
        admin.HandleAsync(request, Permission.View, async _ => Ok(await broadcasts.GetAsync(AdminRequests.Id(id), ct)), ct);

    [Function(nameof(UpdateBroadcast))]
    public Task<IResult> UpdateBroadcast(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = Route + "/{id}")] HttpRequest request, string id,
        [DurableClient] DurableTaskClient durable, CancellationToken ct) =>
        admin.HandleAsync<BroadcastInput>(request, new(Permission.Edit, "broadcast.update"), async (body, caller) =>
        {
            var broadcast = await broadcasts.UpdateAsync(AdminRequests.Id(id), body, caller, EntityTags.IfMatch(request), ct);
            await StartIfDueSoonAsync(durable, broadcast, ct);
            return Ok(broadcast);
        }, ct);

    private Task StartIfDueSoonAsync(DurableTaskClient durable, Broadcast broadcast, CancellationToken ct) =>
        schedule.IsDueSoon(broadcast) ? delivery.TryStartAsync(durable, broadcast.Id, ct) : Task.CompletedTask;

    [Function(nameof(DeleteBroadcast))]
    public Task<IResult> DeleteBroadcast(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = Route + "/{id}")] HttpRequest request, string id, CancellationToken ct) =>
        admin.HandleAsync(request, new(Permission.Edit, "broadcast.delete"), async _ =>
        {
            await broadcasts.DeleteAsync(AdminRequests.Id(id), ct);
            return Results.NoContent();
        }, ct);

    [Function(nameof(SendBroadcast))]
    public Task<IResult> SendBroadcast(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Route + "/{id}/send")] HttpRequest request, string id,
        [DurableClient] DurableTaskClient durable, CancellationToken ct) =>
        admin.HandleAsync(request, new(Permission.Send, "broadcast.send"), async caller =>
        {
            var accepted = await broadcasts.SendAsync(AdminRequests.Id(id), IdempotencyKey(request), EntityTags.IfMatch(request), caller, ct);
            AuditTrail.Note(request, new { accepted.Recipients });
            await delivery.TryStartAsync(durable, accepted.Id, ct);
            return AdminRequests.Accepted(accepted);
        }, ct);

    [Function(nameof(PauseBroadcast))]
    public Task<IResult> PauseBroadcast(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Route + "/{id}/pause")] HttpRequest request, string id, CancellationToken ct) =>
        MoveAsync(request, id, "broadcast.pause", BroadcastStatus.Paused, ct);

    [Function(nameof(CancelBroadcast))]
    public Task<IResult> CancelBroadcast(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Route + "/{id}/cancel")] HttpRequest request, string id, CancellationToken ct) =>
        MoveAsync(request, id, "broadcast.cancel", BroadcastStatus.Cancelled, ct);

    [Function(nameof(ApproveBroadcast))]
    public Task<IResult> ApproveBroadcast(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Route + "/{id}/approve")] HttpRequest request, string id, CancellationToken ct) =>
        admin.HandleAsync<ApprovalInput>(request, new(Permission.Send, "broadcast.approve"), async (body, caller) =>
            AdminRequests.Ok(await fourEyes.ApproveAsync(AdminRequests.Id(id), body, caller, ct)), ct);

    private Task<IResult> MoveAsync(HttpRequest request, string id, string action, BroadcastStatus to, CancellationToken ct) =>
        admin.HandleAsync(request, new(Permission.Send, action), async _ =>
            AdminRequests.Ok(await broadcasts.MoveAsync(AdminRequests.Id(id), to, ct)), ct);

    [Function(nameof(ResumeBroadcast))]
    public Task<IResult> ResumeBroadcast(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Route + "/{id}/resume")] HttpRequest request, string id,
        [DurableClient] DurableTaskClient durable, CancellationToken ct) =>
        admin.HandleAsync(request, new(Permission.Send, "broadcast.resume"), async _ =>
        {
            var resumed = await broadcasts.MoveAsync(AdminRequests.Id(id), BroadcastStatus.Sending, ct);
            await delivery.TryStartAsync(durable, resumed.Id, ct);
            return AdminRequests.Accepted(resumed);
        }, ct);

    [Function(nameof(DuplicateBroadcast))]
    public Task<IResult> DuplicateBroadcast(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Route + "/{id}/duplicate")] HttpRequest request, string id, CancellationToken ct) =>
        admin.HandleAsync(request, new(Permission.Edit, "broadcast.duplicate"), async caller =>
            Created(await broadcasts.DuplicateAsync(AdminRequests.Id(id), caller, ct)), ct);

    [Function(nameof(TestBroadcast))]
    public Task<IResult> TestBroadcast(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Route + "/{id}/test")] HttpRequest request, string id, CancellationToken ct) =>
        admin.HandleAsync<TestSendInput>(request, new(Permission.Send, "broadcast.test"), async (body, _) =>
        {
            var results = await tests.SendAsync(AdminRequests.Id(id), body, ct);
            AuditTrail.Note(request, new { Chats = results.Count });
            return AdminRequests.Ok(new { Results = results });
        }, ct);
}

using Marketing.Core.Access;
using Marketing.Core.Broadcasts;
using Marketing.Functions.Delivery;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Marketing.Functions.Admin;

public sealed class BroadcastFunctions(
    AdminRequests admin, BroadcastService broadcasts, BroadcastSchedule schedule, TestSender tests, DeliveryStarter delivery)
{
    private const string Route = "v1/admin/broadcasts";

    [Function(nameof(CreateBroadcast))]
    public Task<IResult> CreateBroadcast(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Route)] HttpRequest request,
        [DurableClient] DurableTaskClient durable, CancellationToken ct) =>
        admin.HandleAsync<BroadcastInput>(request, Permission.Edit, async (body, caller) =>
        {
            var broadcast = await broadcasts.CreateAsync(body, caller, ct);
            await StartIfDueSoonAsync(durable, broadcast, ct);
            return AdminRequests.Created($"/api/{Route}/{broadcast.Id}", broadcast);
        }, ct);

    [Function(nameof(ListBroadcasts))]
    public Task<IResult> ListBroadcasts(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route)] HttpRequest request, CancellationToken ct) =>
        admin.HandleAsync(request, Permission.View, async _ => AdminRequests.Ok(await broadcasts.ListAsync(
            AdminRequests.Choice<BroadcastStatus>(request, "status"), AdminRequests.Limit(request, 50, 100),
            request.Query["cursor"].ToString() is { Length: > 0 } cursor ? cursor : null, ct)), ct);

    [Function(nameof(GetBroadcast))]
    public Task<IResult> GetBroadcast(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route + "/{id}")] HttpRequest request, string id, CancellationToken ct) =>
        admin.HandleAsync(request, Permission.View, async _ =>
            AdminRequests.Ok(await broadcasts.GetAsync(AdminRequests.Id(id), ct)), ct);

    [Function(nameof(UpdateBroadcast))]
    public Task<IResult> UpdateBroadcast(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = Route + "/{id}")] HttpRequest request, string id,
        [DurableClient] DurableTaskClient durable, CancellationToken ct) =>
        admin.HandleAsync<BroadcastInput>(request, Permission.Edit, async (body, caller) =>
        {
            var broadcast = await broadcasts.UpdateAsync(AdminRequests.Id(id), body, caller, ct);
            await StartIfDueSoonAsync(durable, broadcast, ct);
            return AdminRequests.Ok(broadcast);
        }, ct);

    private Task StartIfDueSoonAsync(DurableTaskClient durable, Broadcast broadcast, CancellationToken ct) =>
        schedule.IsDueSoon(broadcast) ? delivery.TryStartAsync(durable, broadcast.Id, ct) : Task.CompletedTask;

    [Function(nameof(DeleteBroadcast))]
    public Task<IResult> DeleteBroadcast(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = Route + "/{id}")] HttpRequest request, string id, CancellationToken ct) =>
        admin.HandleAsync(request, Permission.Edit, async _ =>
        {
            await broadcasts.DeleteAsync(AdminRequests.Id(id), ct);
            return Results.NoContent();
        }, ct);

    [Function(nameof(SendBroadcast))]
    public Task<IResult> SendBroadcast(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Route + "/{id}/send")] HttpRequest request, string id,
        [DurableClient] DurableTaskClient durable, CancellationToken ct) =>
        admin.HandleAsync(request, Permission.Send, async _ =>
        {
            var key = request.Headers.TryGetValue("Idempotency-Key", out var values) ? values.ToString() : null;
            var accepted = await broadcasts.SendAsync(AdminRequests.Id(id), key, ct);
            await delivery.TryStartAsync(durable, accepted.Id, ct);
            return AdminRequests.Accepted(accepted);
        }, ct);

    [Function(nameof(PauseBroadcast))]
    public Task<IResult> PauseBroadcast(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Route + "/{id}/pause")] HttpRequest request, string id, CancellationToken ct) =>
        MoveAsync(request, id, BroadcastStatus.Paused, ct);

    [Function(nameof(CancelBroadcast))]
    public Task<IResult> CancelBroadcast(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Route + "/{id}/cancel")] HttpRequest request, string id, CancellationToken ct) =>
        MoveAsync(request, id, BroadcastStatus.Cancelled, ct);

    private Task<IResult> MoveAsync(HttpRequest request, string id, BroadcastStatus to, CancellationToken ct) =>
        admin.HandleAsync(request, Permission.Send, async _ =>
            AdminRequests.Ok(await broadcasts.MoveAsync(AdminRequests.Id(id), to, ct)), ct);

    [Function(nameof(ResumeBroadcast))]
    public Task<IResult> ResumeBroadcast(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Route + "/{id}/resume")] HttpRequest request, string id,
        [DurableClient] DurableTaskClient durable, CancellationToken ct) =>
        admin.HandleAsync(request, Permission.Send, async _ =>
        {
            var resumed = await broadcasts.MoveAsync(AdminRequests.Id(id), BroadcastStatus.Sending, ct);
            await delivery.TryStartAsync(durable, resumed.Id, ct);
            return AdminRequests.Accepted(resumed);
        }, ct);

    [Function(nameof(TestBroadcast))]
    public Task<IResult> TestBroadcast(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Route + "/{id}/test")] HttpRequest request, string id, CancellationToken ct) =>
        admin.HandleAsync<TestSendInput>(request, Permission.Send, async (body, _) =>
            AdminRequests.Ok(new { Results = await tests.SendAsync(AdminRequests.Id(id), body, ct) }), ct);
}

using Marketing.Core;
using Marketing.Core.Broadcasts;
using Marketing.Core.Delivery;
using Microsoft.Azure.Functions.Worker;

namespace Marketing.Functions.Delivery;

/// <summary>An activity's input; a bare id would reach it in more than one form.</summary>
public sealed record BroadcastRef(Guid Id);

public sealed class DeliveryActivities(
    BroadcastSchedule schedule, PlanRepository plans, BatchSender batches, SettleRepository settlement, MarketingOptions options)
{
    [Function(nameof(StartBroadcast))]
    public Task<BroadcastStart> StartBroadcast([ActivityTrigger] BroadcastRef broadcast, CancellationToken ct) =>
        schedule.BeginAsync(broadcast.Id, ct);

    [Function(nameof(PlanBroadcast))]
    public Task<bool> PlanBroadcast([ActivityTrigger] BroadcastRef broadcast, CancellationToken ct) =>
        plans.PlanAsync(broadcast.Id, DeliveryOptions.BatchSize(options), ct);

    [Function(nameof(SendBatch))]
    public Task<int> SendBatch([ActivityTrigger] BatchRange batch, CancellationToken ct) => batches.SendAsync(batch, ct);

    [Function(nameof(SettleBroadcast))]
    public Task<Settlement> SettleBroadcast([ActivityTrigger] BroadcastRef broadcast, CancellationToken ct) =>
        settlement.SettleAsync(broadcast.Id, ct);
}

using Marketing.Core;
using Marketing.Core.Broadcasts;
using Marketing.Core.Delivery;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Marketing.Functions.Delivery;

public sealed class DeliveryTimers(
    BroadcastSchedule schedule, BroadcastRepository broadcasts, DeliveryStarter delivery, DeliveryWatch watch, MarketingTelemetry telemetry)
{
    /// <summary>Starts the orchestrations of what is due within a minute; each waits for its second.</summary>
    [Function(nameof(StartScheduledBroadcasts))]
    public async Task StartScheduledBroadcasts(
        [TimerTrigger("*/30 * * * * *")] TimerInfo timer, [DurableClient] DurableTaskClient durable, CancellationToken ct)
    {
        foreach (var id in await schedule.DueSoonAsync(ct))
            await delivery.TryStartAsync(durable, id, ct);
    }

    /// <summary>Starts again what is sending or settling with no live orchestration: its start was lost, or it failed.</summary>
    [Function(nameof(WatchBroadcasts))]
    public async Task WatchBroadcasts(
        [TimerTrigger("*/15 * * * * *")] TimerInfo timer, [DurableClient] DurableTaskClient durable, CancellationToken ct)
    {
        foreach (var id in await broadcasts.UnsettledAsync(ct))
            await delivery.TryStartAsync(durable, id, ct);
        telemetry.BroadcastsStuck(await watch.StuckAsync(ct));
    }
}

using Marketing.Core.Broadcasts;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Marketing.Functions.Delivery;

public sealed class DeliveryTimers(BroadcastService broadcasts, BroadcastRepository repository, DeliveryStarter delivery)
{
    /// <summary>Sends what is due, every 5 seconds.</summary>
    [Function(nameof(SendScheduledBroadcasts))]
    public async Task SendScheduledBroadcasts(
        [TimerTrigger("*/5 * * * * *")] TimerInfo timer, [DurableClient] DurableTaskClient durable, CancellationToken ct)
    {
        foreach (var id in await broadcasts.SendDueAsync(ct))
            await delivery.TryStartAsync(durable, id, ct);
    }

    /// <summary>Starts again what is sending with no live orchestration: its start was lost, or it failed.</summary>
    [Function(nameof(WatchBroadcasts))]
    public async Task WatchBroadcasts(
        [TimerTrigger("*/15 * * * * *")] TimerInfo timer, [DurableClient] DurableTaskClient durable, CancellationToken ct)
    {
        foreach (var id in await repository.SendingAsync(ct))
            await delivery.TryStartAsync(durable, id, ct);
    }
}

using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Marketing.Functions.Delivery;

/// <summary>Starts the orchestration of a broadcast that is sending, unless one is at work on it.</summary>
public sealed class DeliveryStarter(ILogger<DeliveryStarter> logger)
{
    /// <summary>
    /// False when it could not be started now. The broadcast is sending all the same, and the watchdog tries again, so
    /// that is no failure of the request that wanted it sent.
    /// </summary>
    public async Task<bool> TryStartAsync(DurableTaskClient durable, Guid broadcastId, CancellationToken ct)
    {
        var instanceId = $"broadcast-{broadcastId}";
        try
        {
            var existing = await durable.GetInstanceAsync(instanceId, ct);
            if (existing is not null && !HasEnded(existing.RuntimeStatus))
                return true;
            await durable.ScheduleNewOrchestrationInstanceAsync(
                nameof(DeliverBroadcastOrchestration.DeliverBroadcast), new DeliveryProgress(broadcastId, IsPlanned: false),
                new StartOrchestrationOptions(instanceId), ct);
            Log.DeliveryStarted(logger, broadcastId);
            return true;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Whatever the backend's client throws when it is away, or when another caller was first with this instance id.
            Log.StartFailed(logger, broadcastId, e);
            return false;
        }
    }

    private static bool HasEnded(OrchestrationRuntimeStatus status) => status
        is OrchestrationRuntimeStatus.Completed or OrchestrationRuntimeStatus.Failed or OrchestrationRuntimeStatus.Terminated;
}

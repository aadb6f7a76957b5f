using Marketing.Core.Delivery;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Marketing.Functions.Delivery;

/// <summary>All that the orchestration carries: numbers, never recipients. Zero recipients: not planned yet.</summary>
public sealed record DeliveryProgress(Guid BroadcastId, int Recipients, int BatchSize, int NextSeq);

public static class DeliverBroadcastOrchestration
{
    private const int BatchesPerGeneration = 200;

    // Claims of a worker that died run out after the lease; until then there is nothing to do.
    private static readonly TimeSpan ClaimedPoll = TimeSpan.FromSeconds(15);

    // Two minutes of a database or a network away, then a look by the watchdog.
    private static readonly TaskOptions Retried = TaskOptions.FromRetryPolicy(new RetryPolicy(
        maxNumberOfAttempts: 8, firstRetryInterval: TimeSpan.FromSeconds(1), backoffCoefficient: 2, maxRetryInterval: TimeSpan.FromSeconds(60)));

    /// <summary>Plan, send the batches over a sliding window, settle; again for what is left.</summary>
    // History: four events per batch (scheduled, completed, and the start and end of the orchestrator's turn that took it)
    // and a new generation every 200 batches: 807 events and 41 KB at most, at any audience. A million recipients in batches
    // of 500 are 10 generations.
    [Function(nameof(DeliverBroadcast))]
    public static async Task DeliverBroadcast([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var progress = context.GetInput<DeliveryProgress>()!;
        if (progress.Recipients == 0)
        {
            var plan = await context.CallActivityAsync<BroadcastPlan?>(
                nameof(DeliveryActivities.PlanBroadcast), new BroadcastRef(progress.BroadcastId), Retried);
            if (plan is null)
                return;
            progress = progress with { Recipients = plan.Recipients, BatchSize = plan.BatchSize };
        }

        var next = await SendGenerationAsync(context, progress);
        if (next < progress.Recipients)
        {
            context.ContinueAsNew(progress with { NextSeq = next });
            return;
        }

        var settled = await context.CallActivityAsync<SettleResult>(
            nameof(DeliveryActivities.SettleBroadcast), new BroadcastRef(progress.BroadcastId), Retried);
        if (settled.Finished)
            return;
        if (settled.Pending == 0)
            await context.CreateTimer(ClaimedPoll, CancellationToken.None);
        // From the first batch again: one that has nothing left costs one activity and one look.
        context.ContinueAsNew(progress with { NextSeq = settled.Pending == 0 ? progress.Recipients : 0 });
    }

    /// <summary>Sends up to a generation's batches, a few at a time, and returns the seq after the last of them.</summary>
    private static async Task<int> SendGenerationAsync(TaskOrchestrationContext context, DeliveryProgress progress)
    {
        var running = new List<Task>(DeliveryOptions.BatchesAtOnce);
        var next = progress.NextSeq;
        for (var batch = 0; batch < BatchesPerGeneration && next < progress.Recipients; batch++)
        {
            if (running.Count == DeliveryOptions.BatchesAtOnce)
            {
                var done = await Task.WhenAny(running);
                running.Remove(done);
                await done;
            }

            var count = Math.Min(progress.BatchSize, progress.Recipients - next);
            running.Add(context.CallActivityAsync<int>(
                nameof(DeliveryActivities.SendBatch), new BatchRange(progress.BroadcastId, next, count), Retried));
            next += count;
        }

        await Task.WhenAll(running);
        return next;
    }
}

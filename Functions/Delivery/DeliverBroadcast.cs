using Marketing.Core.Broadcasts;
using Marketing.Core.Delivery;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Marketing.Functions.Delivery;

/// <summary>All that one generation of the orchestration hands to the next: never recipients. What is left to do is in the ledger.</summary>
public sealed record DeliveryProgress(Guid BroadcastId, bool IsPlanned);

public static class DeliverBroadcastOrchestration
{
    // A scheduled broadcast that is moved to an earlier time while its orchestration waits is at most this late.
    private static readonly TimeSpan SchedulePoll = TimeSpan.FromSeconds(5);

    // Claims of a worker that died run out after the lease; until then there is nothing to do.
    private static readonly TimeSpan ClaimedPoll = TimeSpan.FromSeconds(15);

    // Two minutes of a database or a network away, then a look by the watchdog.
    private static readonly TaskOptions Retried = TaskOptions.FromRetryPolicy(new RetryPolicy(
        maxNumberOfAttempts: 8, firstRetryInterval: TimeSpan.FromSeconds(1), backoffCoefficient: 2, maxRetryInterval: TimeSpan.FromSeconds(60)));

    /// <summary>
    /// Waits for its time and plans; then, a generation at a time, asks the ledger what is left and sends that, until nothing
    /// is. The first pass, leftovers, a resume and a restart after a crash are therefore one path.
    /// </summary>
    // History: four events per batch (scheduled, completed, and the start and end of the orchestrator's turn that took it) and a
    // new generation after 200 batches: 815 events and 64 KB at most, at any audience. A million recipients in batches of
    // 500 are 10 generations; sub-orchestrations would add their own histories and save nothing.
    [Function(nameof(DeliverBroadcast))]
    public static async Task DeliverBroadcast([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var progress = context.GetInput<DeliveryProgress>()!;
        var broadcast = new BroadcastRef(progress.BroadcastId);
        if (!progress.IsPlanned)
        {
            var start = await context.CallActivityAsync<BroadcastStart>(nameof(DeliveryActivities.StartBroadcast), broadcast, Retried);
            if (start.WaitUntil is { } at)
            {
                var look = context.CurrentUtcDateTime + SchedulePoll;
                await context.CreateTimer(at.UtcDateTime < look ? at.UtcDateTime : look, CancellationToken.None);
                context.ContinueAsNew(progress);
                return;
            }

            if (!start.Deliver || !await context.CallActivityAsync<bool>(nameof(DeliveryActivities.PlanBroadcast), broadcast, Retried))
                return;
        }

        var left = await context.CallActivityAsync<Settlement>(nameof(DeliveryActivities.SettleBroadcast), broadcast, Retried);
        if (left.Finished)
            return;
        if (left.FirstSeqs.Count > 0)
            await SendAsync(context, progress.BroadcastId, left);
        else
            await context.CreateTimer(ClaimedPoll, CancellationToken.None);
        context.ContinueAsNew(progress with { IsPlanned = true });
    }

    /// <summary>Sends a generation's batches, a few at a time.</summary>
    private static async Task SendAsync(TaskOrchestrationContext context, Guid broadcastId, Settlement left)
    {
        var running = new List<Task>(DeliveryOptions.BatchesAtOnce);
        foreach (var firstSeq in left.FirstSeqs)
        {
            if (running.Count == DeliveryOptions.BatchesAtOnce)
            {
                var done = await Task.WhenAny(running);
                running.Remove(done);
                await done;
            }

            running.Add(context.CallActivityAsync<int>(
                nameof(DeliveryActivities.SendBatch), new BatchRange(broadcastId, firstSeq, left.BatchSize), Retried));
        }

        await Task.WhenAll(running);
    }
}

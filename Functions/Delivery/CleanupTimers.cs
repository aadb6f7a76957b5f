using Marketing.Core.Cta;
using Marketing.Core.Telegram;
using Marketing.Core.Telegram.Conversations;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Marketing.Functions.Delivery;

/// <summary>Removes once a day what nobody will ask for any more.</summary>
public sealed class CleanupTimers(
    UpdateRepository updates, ConversationRepository conversations, ClickRetention clicks, TimeProvider clock, ILogger<CleanupTimers> logger)
{
    /// <summary>Long enough to look into last week's failure. Telegram repeats an update for 24 hours at most.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromDays(7);

    /// <summary>Histories of orchestrations that ended; the broadcasts and their ledgers stay.</summary>
    [Function(nameof(PurgeHistories))]
    public async Task PurgeHistories(
        [TimerTrigger("0 17 3 * * *")] TimerInfo timer, [DurableClient] DurableTaskClient durable, CancellationToken ct)
    {
        var filter = new PurgeInstancesFilter(
            CreatedTo: clock.GetUtcNow() - Kept,
            Statuses: [OrchestrationRuntimeStatus.Completed, OrchestrationRuntimeStatus.Failed, OrchestrationRuntimeStatus.Terminated]);
        var purged = await durable.PurgeAllInstancesAsync(filter, ct);
        Log.HistoriesPurged(logger, purged.PurgedInstanceCount);
    }

    [Function(nameof(PurgeUpdates))]
    public async Task PurgeUpdates([TimerTrigger("0 47 3 * * *")] TimerInfo timer, CancellationToken ct) =>
        Log.UpdatesPurged(logger, await updates.PurgeAsync(clock.GetUtcNow() - Kept, ct));

    [Function(nameof(PurgeConversations))]
    public async Task PurgeConversations([TimerTrigger("0 52 3 * * *")] TimerInfo timer, CancellationToken ct) =>
        Log.ConversationsPurged(logger, await conversations.PurgeAsync(clock.GetUtcNow() - Kept, ct));

    /// <summary>The user agents and addresses of clicks older than Marketing__ClickRetentionDays; the clicks stay.</summary>
    [Function(nameof(ForgetClicks))]
    public async Task ForgetClicks([TimerTrigger("0 57 3 * * *")] TimerInfo timer, CancellationToken ct) =>
        Log.ClicksForgotten(logger, await clicks.ForgetAsync(ct));
}

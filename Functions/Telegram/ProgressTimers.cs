using Marketing.Core.Telegram;
using Microsoft.Azure.Functions.Worker;

namespace Marketing.Functions.Telegram;

public sealed class ProgressTimers(ProgressMessages progress)
{
    /// <summary>One message may be edited about 20 times a minute before Telegram answers 429 (core.telegram.org/bots/faq).</summary>
    [Function(nameof(UpdateProgress))]
    public Task UpdateProgress([TimerTrigger("*/3 * * * * *")] TimerInfo timer, CancellationToken ct) => progress.UpdateAsync(ct);
}

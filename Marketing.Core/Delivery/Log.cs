using Microsoft.Extensions.Logging;

namespace Marketing.Core.Delivery;

internal static partial class Log
{
    [LoggerMessage(201, LogLevel.Debug, "Batch {FirstSeq} of broadcast {BroadcastId}: {Sent} sent")]
    public static partial void BatchSent(ILogger logger, Guid broadcastId, int firstSeq, int sent);

    [LoggerMessage(202, LogLevel.Warning, "Telegram answered 429 to {Messages} messages; no slot is granted for {Wait}")]
    public static partial void RateLimited(ILogger logger, int messages, TimeSpan wait);

    [LoggerMessage(203, LogLevel.Warning, "Outcomes of broadcast {BroadcastId} could not be recorded yet; trying again")]
    public static partial void RecordRetried(ILogger logger, Guid broadcastId, Exception exception);
}

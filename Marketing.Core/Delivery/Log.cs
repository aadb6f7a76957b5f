using Microsoft.Extensions.Logging;

namespace Marketing.Core.Delivery;

internal static partial class Log
{
    [LoggerMessage(201, LogLevel.Debug, "Batch {FirstSeq} of broadcast {BroadcastId}: {Sent} sent")]
    public static partial void BatchSent(ILogger logger, Guid broadcastId, int firstSeq, int sent);

    [LoggerMessage(202, LogLevel.Warning, "Telegram answered 429; no slot is granted for {Wait}")]
    public static partial void RateLimited(ILogger logger, TimeSpan wait);

    [LoggerMessage(203, LogLevel.Warning, "Outcomes of broadcast {BroadcastId} could not be recorded yet; trying again")]
    public static partial void RecordRetried(ILogger logger, Guid broadcastId, Exception exception);

    [LoggerMessage(204, LogLevel.Error, "Delivery {Seq} of broadcast {BroadcastId} ended in an unexpected way and is uncertain")]
    public static partial void SendFailed(ILogger logger, Guid broadcastId, int seq, Exception exception);

    [LoggerMessage(205, LogLevel.Warning, "A 429 could not be told to the other workers: the database is away")]
    public static partial void BackOffFailed(ILogger logger, Exception exception);

    [LoggerMessage(206, LogLevel.Warning, "{Claims} claims of broadcast {BroadcastId} ran out: the worker that held them is gone")]
    public static partial void ClaimsExpired(ILogger logger, Guid broadcastId, int claims);

    [LoggerMessage(207, LogLevel.Warning, "The answer to a claim of broadcast {BroadcastId} was lost with the database; its rows wait again")]
    public static partial void ClaimLost(ILogger logger, Guid broadcastId, Exception exception);
}

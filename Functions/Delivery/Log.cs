using Microsoft.Extensions.Logging;

namespace Marketing.Functions.Delivery;

internal static partial class Log
{
    [LoggerMessage(501, LogLevel.Information, "Orchestration of broadcast {BroadcastId} started")]
    public static partial void DeliveryStarted(ILogger logger, Guid broadcastId);

    [LoggerMessage(502, LogLevel.Warning, "Orchestration of broadcast {BroadcastId} could not be started; the watchdog will try again")]
    public static partial void StartFailed(ILogger logger, Guid broadcastId, Exception exception);

    [LoggerMessage(503, LogLevel.Information, "{Histories} histories of ended orchestrations purged")]
    public static partial void HistoriesPurged(ILogger logger, int histories);

    [LoggerMessage(504, LogLevel.Information, "{Updates} old updates purged")]
    public static partial void UpdatesPurged(ILogger logger, int updates);

    [LoggerMessage(505, LogLevel.Information, "{Conversations} old conversations purged")]
    public static partial void ConversationsPurged(ILogger logger, int conversations);

    [LoggerMessage(506, LogLevel.Information, "{Clicks} old clicks rid of user agent and address")]
    public static partial void ClicksForgotten(ILogger logger, int clicks);
}

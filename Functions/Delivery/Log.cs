using Microsoft.Extensions.Logging;

namespace Marketing.Functions.Delivery;

internal static partial class Log
{
    [LoggerMessage(501, LogLevel.Information, "Orchestration of broadcast {BroadcastId} started")]
    public static partial void DeliveryStarted(ILogger logger, Guid broadcastId);

    [LoggerMessage(502, LogLevel.Warning, "Orchestration of broadcast {BroadcastId} could not be started; the watchdog will try again")]
    public static partial void StartFailed(ILogger logger, Guid broadcastId, Exception exception);
}

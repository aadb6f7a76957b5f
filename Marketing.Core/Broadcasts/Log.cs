using Microsoft.Extensions.Logging;

namespace Marketing.Core.Broadcasts;

internal static partial class Log
{
    [LoggerMessage(101, LogLevel.Information, "Broadcast {BroadcastId} accepted for {Recipients} recipients")]
    public static partial void SendAccepted(ILogger logger, Guid broadcastId, int recipients);

    [LoggerMessage(102, LogLevel.Information, "Broadcast {BroadcastId} is now {Status}")]
    public static partial void Moved(ILogger logger, Guid broadcastId, BroadcastStatus status);

    [LoggerMessage(103, LogLevel.Warning, "Broadcast {BroadcastId} was overdue and is marked failed")]
    public static partial void Overdue(ILogger logger, Guid broadcastId);
}

using Microsoft.Extensions.Logging;

namespace Marketing.Core.Telegram;

internal static partial class Log
{
    [LoggerMessage(301, LogLevel.Error, "Update {UpdateId} failed in its handler and is kept with its error")]
    public static partial void UpdateFailed(ILogger logger, int updateId, Exception exception);

    [LoggerMessage(302, LogLevel.Warning, "Progress message of conversation {ConversationId} could not be edited; tried again in 3 s")]
    public static partial void ProgressLate(ILogger logger, Guid conversationId, Exception exception);

    [LoggerMessage(303, LogLevel.Warning, "Progress message of conversation {ConversationId} was refused and is not kept up to date any more")]
    public static partial void ProgressEnded(ILogger logger, Guid conversationId, Exception exception);
}

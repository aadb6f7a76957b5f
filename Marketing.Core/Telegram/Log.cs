using Microsoft.Extensions.Logging;

namespace Marketing.Core.Telegram;

internal static partial class Log
{
    [LoggerMessage(301, LogLevel.Error, "Update {UpdateId} failed in its handler and is kept with its error")]
    public static partial void UpdateFailed(ILogger logger, int updateId, Exception exception);
}

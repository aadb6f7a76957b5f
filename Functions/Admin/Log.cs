using Microsoft.Extensions.Logging;

namespace Marketing.Functions.Admin;

internal static partial class Log
{
    [LoggerMessage(401, LogLevel.Error, "{Path}: unexpected error")]
    public static partial void Unexpected(ILogger logger, string path, Exception exception);

    [LoggerMessage(403, LogLevel.Warning, "{Path}: the database took too long")]
    public static partial void DatabaseSlow(ILogger logger, string path, Exception exception);

    [LoggerMessage(402, LogLevel.Warning, "{Path}: the database cannot be reached")]
    public static partial void DatabaseAway(ILogger logger, string path, Exception exception);
}

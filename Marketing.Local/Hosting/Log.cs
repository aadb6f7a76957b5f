using Microsoft.Extensions.Logging;

namespace Marketing.Local.Hosting;

internal static partial class Log
{
    [LoggerMessage(9001, LogLevel.Error, "Function {Function} failed")]
    public static partial void FunctionFailed(this ILogger log, Exception exception, string function);
}

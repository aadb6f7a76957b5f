using Microsoft.Extensions.Logging;

namespace Marketing.Functions.Admin;

internal static partial class Log
{
    /// <summary>
    /// Every line that is logged until it is disposed carries the request's id, whoever logs it. RequestId would be ASP.NET Core's
    /// own, which nobody outside knows.
    /// </summary>
    public static readonly Func<ILogger, string, IDisposable?> Request = LoggerMessage.DefineScope<string>("Request {XRequestId}");

    [LoggerMessage(401, LogLevel.Error, "{Path}: unexpected error")]
    public static partial void Unexpected(ILogger logger, string path, Exception exception);

    [LoggerMessage(403, LogLevel.Warning, "{Path}: the database took too long")]
    public static partial void DatabaseSlow(ILogger logger, string path, Exception exception);

    [LoggerMessage(402, LogLevel.Warning, "{Path}: the database cannot be reached")]
    public static partial void DatabaseAway(ILogger logger, string path, Exception exception);

    // All of the entry but its details, so that the log still tells what the table does not.
    [LoggerMessage(404, LogLevel.Error, "Not in the audit log: {Actor} did {Action} to {ObjectId}")]
    public static partial void AuditEntryLost(ILogger logger, Guid? actor, string action, string? objectId, Exception exception);

    [LoggerMessage(405, LogLevel.Warning, "A failed sign-in: {Reason}")]
    public static partial void SignInFailed(ILogger logger, string reason);
}

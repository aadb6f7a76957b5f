using Microsoft.Extensions.Logging;

namespace Marketing.Local.Durable;

internal static partial class Log
{
    [LoggerMessage(9101, LogLevel.Warning, "Orchestration {InstanceId}: {Task} failed at attempt {Attempt}")]
    public static partial void TaskFailed(this ILogger log, Exception exception, string instanceId, string task, int attempt);

    [LoggerMessage(9102, LogLevel.Error, "Orchestration {Name} {InstanceId} failed")]
    public static partial void OrchestrationFailed(this ILogger log, Exception exception, string name, string instanceId);
}

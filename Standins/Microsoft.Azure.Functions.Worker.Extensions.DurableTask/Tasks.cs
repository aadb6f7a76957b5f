namespace Microsoft.DurableTask
{
    /// <summary>Compared without regard to case.</summary>
    public readonly struct TaskName(string name) : IEquatable<TaskName>
    {
        public string Name { get; } = name;

        public static implicit operator string(TaskName value) => value.Name;
        public static implicit operator TaskName(string value) => string.IsNullOrEmpty(value) ? default : new(value);
        public static bool operator ==(TaskName a, TaskName b) => a.Equals(b);
        public static bool operator !=(TaskName a, TaskName b) => !a.Equals(b);

        public bool Equals(TaskName other) => string.Equals(Name, other.Name, StringComparison.OrdinalIgnoreCase);
        public override bool Equals(object? obj) => obj is TaskName other && Equals(other);
        public override int GetHashCode() => StringComparer.OrdinalIgnoreCase.GetHashCode(Name);
        public override string ToString() => Name;
    }

    public class RetryPolicy
    {
        public RetryPolicy(
            int maxNumberOfAttempts, TimeSpan firstRetryInterval, double backoffCoefficient = 1.0,
            TimeSpan? maxRetryInterval = null, TimeSpan? retryTimeout = null)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxNumberOfAttempts);
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(firstRetryInterval, TimeSpan.Zero);
            ArgumentOutOfRangeException.ThrowIfLessThan(backoffCoefficient, 1.0);
            (MaxNumberOfAttempts, FirstRetryInterval) = (maxNumberOfAttempts, firstRetryInterval);
            BackoffCoefficient = backoffCoefficient;
            MaxRetryInterval = AtLeastFirst(maxRetryInterval, nameof(maxRetryInterval)) ?? TimeSpan.FromHours(1);
            RetryTimeout = AtLeastFirst(retryTimeout, nameof(retryTimeout)) ?? Timeout.InfiniteTimeSpan;
        }

        public int MaxNumberOfAttempts { get; }
        public TimeSpan FirstRetryInterval { get; }
        public double BackoffCoefficient { get; }
        public TimeSpan MaxRetryInterval { get; }
        public TimeSpan RetryTimeout { get; }

        private TimeSpan? AtLeastFirst(TimeSpan? value, string name) =>
            value < FirstRetryInterval && value != Timeout.InfiniteTimeSpan
                ? throw new ArgumentOutOfRangeException(name, value, $"Must be at least the first retry interval, {FirstRetryInterval}.")
                : value;
    }

    public sealed class TaskRetryOptions(RetryPolicy policy)
    {
        public RetryPolicy? Policy { get; } = policy ?? throw new ArgumentNullException(nameof(policy));
    }

    public record TaskOptions
    {
        public TaskOptions(TaskRetryOptions? retry = null) => Retry = retry;

        public TaskRetryOptions? Retry { get; init; }

        public static TaskOptions FromRetryPolicy(RetryPolicy policy) => new(new TaskRetryOptions(policy));
    }

    public record SubOrchestrationOptions : TaskOptions
    {
        public SubOrchestrationOptions(TaskRetryOptions? retry = null, string? instanceId = null) : base(retry) => InstanceId = instanceId;

        public string? InstanceId { get; init; }
    }

    public record StartOrchestrationOptions(string? InstanceId = null, DateTimeOffset? StartAt = null);

    public record TaskFailureDetails(
        string ErrorType, string ErrorMessage, string? StackTrace, TaskFailureDetails? InnerFailure, IDictionary<string, object?>? Properties)
    {
        public override string ToString() => $"{ErrorType}: {ErrorMessage}";

        public static TaskFailureDetails FromException(Exception exception) => new(
            exception.GetType().ToString(), exception.Message, exception.StackTrace,
            exception.InnerException is { } inner ? FromException(inner) : null, null);
    }

    public sealed class TaskFailedException(string taskName, int taskId, TaskFailureDetails failureDetails)
        : Exception($"Task '{taskName}' (#{taskId}) failed with an unhandled exception: {failureDetails.ErrorMessage}")
    {
        public string TaskName { get; } = taskName;
        public int TaskId { get; } = taskId;
        public TaskFailureDetails FailureDetails { get; } = failureDetails;
    }
}

namespace DurableTask.Core.Exceptions
{
    // Here for its name only: a using of this namespace beside Microsoft.DurableTask makes TaskFailedException ambiguous.
    public class TaskFailedException : Exception;

    public class OrchestrationAlreadyExistsException(string message) : Exception(message);
}

using Microsoft.DurableTask;

namespace Marketing.Local.Durable;

internal static class Retries
{
    /// <summary>How long to wait after the given number of failures, or null to give up: the Durable Task Framework's formula.</summary>
    public static TimeSpan? NextDelay(RetryPolicy? policy, int failures, TimeSpan elapsed)
    {
        if (policy is null || failures >= policy.MaxNumberOfAttempts)
            return null;
        if (policy.RetryTimeout > TimeSpan.Zero && elapsed >= policy.RetryTimeout)
            return null;
        var milliseconds = policy.FirstRetryInterval.TotalMilliseconds * Math.Pow(policy.BackoffCoefficient, failures - 1);
        var longest = policy.MaxRetryInterval > TimeSpan.Zero ? policy.MaxRetryInterval : TimeSpan.MaxValue;
        return milliseconds < longest.TotalMilliseconds ? TimeSpan.FromMilliseconds(milliseconds) : longest;
    }
}

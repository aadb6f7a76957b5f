namespace Marketing.Local.Hosting;

internal static class Clock
{
    // Task.Delay takes at most 49 days, and a laptop may sleep: the clock is looked at again at least this often.
    private static readonly TimeSpan LongestSleep = TimeSpan.FromHours(1);

    /// <summary>Completes at <paramref name="due"/>, never before it.</summary>
    public static async Task DelayUntilAsync(this TimeProvider clock, DateTimeOffset due, CancellationToken ct)
    {
        while (due - clock.GetUtcNow() is { Ticks: > 0 } wait)
            await Task.Delay(wait < LongestSleep ? wait : LongestSleep, clock, ct).ConfigureAwait(false);
    }

    /// <summary>Waits for tasks that may fail, for at most <paramref name="timeout"/>; how they end does not matter.</summary>
    public static Task SettleAsync(this Task tasks, TimeSpan timeout) =>
        Task.WhenAny(tasks, Task.Delay(timeout));
}

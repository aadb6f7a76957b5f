using System.Diagnostics;

namespace Marketing.Bench;

/// <param name="Seconds">From the first request to the last answer.</param>
/// <param name="Milliseconds">Each request's time, sorted.</param>
internal sealed record Load(double Seconds, double[] Milliseconds)
{
    public int Count => Milliseconds.Length;

    public double PerSecond => Count / Seconds;

    public string Percentiles => FormattableString.Invariant($"p50 {Percentile(0.5):0} ms, p99 {Percentile(0.99):0} ms");

    private double Percentile(double share) => Milliseconds[(int)(share * (Count - 1))];

    /// <summary>Does something <paramref name="count"/> times, so often at once.</summary>
    /// <param name="request">The lane, from 0 to <paramref name="atOnce"/> - 1, and the request's number from 0 on. A lane has one at a time.</param>
    public static async Task<Load> RunAsync(int count, int atOnce, Func<int, int, Task> request)
    {
        var times = new double[count];
        var next = -1;
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, atOnce).Select(lane => Task.Run(async () =>
        {
            for (var i = Interlocked.Increment(ref next); i < count; i = Interlocked.Increment(ref next))
            {
                var begun = Stopwatch.GetTimestamp();
                await request(lane, i);
                times[i] = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
            }
        })));
        var seconds = watch.Elapsed.TotalSeconds;
        Array.Sort(times);
        return new Load(seconds, times);
    }
}

using System.Diagnostics;

namespace Marketing.Bench;

/// <summary>When chats got their first message, by looking at the simulator's count every 10 ms.</summary>
internal sealed class Arrivals(SimulatorLog log)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(10);

    private int total;
    private long first;
    private long last;

    /// <summary>From the first chat's to the last one's: what comes a second time reaches nobody.</summary>
    public double PerSecond => total < 2 ? 0 : (total - 1) / Stopwatch.GetElapsedTime(first, last).TotalSeconds;

    /// <summary>Looks until so many have come, or until it is cancelled.</summary>
    public async Task WatchAsync(int until, CancellationToken ct)
    {
        while (total < until)
        {
            if ((await log.TallyAsync(ct)).Chats is var now && now > total)
            {
                (total, last) = (now, Stopwatch.GetTimestamp());
                first = first == 0 ? last : first;
            }

            await Task.Delay(Look, ct);
        }
    }
}

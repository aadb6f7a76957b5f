namespace Marketing.Bench.Chaos;

internal static class RateCheck
{
    private const int Window = 1_000; // ms

    // A message leaves at its own slot of the lane, and a machine that stands still for a moment makes those of that moment late: as many
    // as the hosts have in flight may then arrive with the next ones. Two hosts with a lane of their own each would be at twice the rate.
    private const double Allowed = ChaosWorld.SendRate + (2 * ChaosWorld.MaxInFlight);

    // Over longer times that hardly counts.
    private const int LongWindow = 10_000;
    private const double AllowedLong = (ChaosWorld.SendRate * LongWindow / 1_000) + (2 * ChaosWorld.MaxInFlight);

    public static Verdict Run(Arrivals arrived)
    {
        var times = arrived.All.Select(m => m.Date.ToUnixTimeMilliseconds()).Order().ToList();
        var (most, mostLong) = (Most(times, Window), Most(times, LongWindow));
        return Verdict.Of("The rate is kept, by both hosts together", $"{most} in the busiest second of {ChaosWorld.SendRate}, {mostLong} in the busiest ten",
            new[]
            {
                most > Allowed ? $"{most} messages within a second; {Allowed} with what was in flight" : null,
                mostLong > AllowedLong ? $"{mostLong} messages within ten seconds; {AllowedLong} with what was in flight" : null,
            }.OfType<string>());
    }

    /// <summary>The most messages of any window, wherever it begins.</summary>
    private static int Most(List<long> times, int window)
    {
        var (first, most) = (0, 0);
        for (var last = 0; last < times.Count; last++)
        {
            while (times[last] - times[first] >= window)
                first++;
            most = Math.Max(most, last - first + 1);
        }

        return most;
    }
}

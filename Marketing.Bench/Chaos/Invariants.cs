using System.Globalization;

namespace Marketing.Bench.Chaos;

/// <summary>A promise, and whether it was kept.</summary>
/// <param name="Numbers">What was compared.</param>
/// <param name="Offenders">What breaks it; none, when it was kept.</param>
internal sealed record Verdict(string Promise, string Numbers, IReadOnlyList<string> Offenders)
{
    public bool IsKept => Offenders.Count == 0;

    public static Verdict Of(string promise, FormattableString numbers, IEnumerable<string> offenders) =>
        new(promise, numbers.ToString(CultureInfo.InvariantCulture), [.. offenders]);
}

/// <summary>DESIGN's section 8, promise by promise, when nothing is under way any more.</summary>
internal static class Invariants
{
    /// <param name="left">What the drain could not finish.</param>
    public static async Task<IReadOnlyList<Verdict>> CheckAsync(ChaosWorld world, ChaosApi api, IReadOnlyList<string> left, CancellationToken ct)
    {
        var arrived = Arrivals.Read(world);
        return
        [
            Verdict.Of("Everything that was begun is finished", $"{left.Count} unfinished after the drain", left),
            .. await LedgerChecks.RunAsync(world, arrived),
            RateCheck.Run(arrived),
            .. await TrackingChecks.RunAsync(world),
            .. await ChatChecks.RunAsync(world),
            .. await StatsChecks.RunAsync(world, api, ct),
            Hosts(world),
            Enough(world),
        ];
    }

    private static Verdict Enough(ChaosWorld world)
    {
        var (clicks, conversions) = (world.Log.Clicks.Count, world.Log.Conversions.Count);
        var none = new[] { ("messages", world.Telegram.MessageCount), ("ends of hosts", world.Log.Kills.Count), ("clicks", clicks), ("conversions", conversions) }
            .Where(n => n.Item2 == 0).Select(n => $"there were no {n.Item1}");
        return Verdict.Of("Enough was done to tell", $"{world.Telegram.MessageCount} messages, {world.Log.Kills.Count} ends of hosts, {clicks} clicks, {conversions} conversions", none);
    }

    private static Verdict Hosts(ChaosWorld world)
    {
        var crashed = world.Log.Counts.GetValueOrDefault(Disasters.CrashesOfItsOwn) + world.Hosts.Count(h => h.HasCrashed);
        return Verdict.Of("No host ended that nobody killed", $"{crashed} did", Enumerable.Repeat("a host ended by itself", crashed));
    }
}

using System.Globalization;
using System.Net;

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
            Verdict.Of("Nobody was refused what is promised", $"{world.Log.Broken.Count} were", world.Log.Broken),
            .. await TryAsync("the ledger", () => LedgerChecks.RunAsync(world, arrived)),
            .. await TryAsync("pauses and cancels", () => HaltChecks.RunAsync(world)),
            RateCheck.Run(arrived),
            .. await TryAsync("presses and conversions", () => TrackingChecks.RunAsync(world)),
            .. await TryAsync("the chats", () => ChatChecks.RunAsync(world)),
            .. await TryAsync("/stats", () => StatsChecks.RunAsync(world, api, ct)),
            Hosts(world),
            .. await TryAsync("what was done", async () => [await EnoughAsync(world, arrived)]),
        ];
    }

    // One that cannot be done is broken itself, and the others are worth reading.
    private static async Task<IReadOnlyList<Verdict>> TryAsync(string what, Func<Task<IReadOnlyList<Verdict>>> check)
    {
        try
        {
            return await check();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Whatever it was: it is told with the others.
            return [new Verdict($"Of {what} all could be checked", "it could not", [e.ToString()])];
        }
    }

    // What the checks compare; of nothing everything is true.
    private const string DoneSql = $"""
        SELECT (SELECT count(*) FROM deliveries) AS planned, (SELECT count(*) FROM conversions WHERE broadcast_id IS NOT NULL) AS credited,
            (SELECT count(*) FROM conversations c WHERE {ChatChecks.Confirmed}) AS confirmed, (SELECT count(*) FROM deliveries WHERE state = 4) AS blocked,
            (SELECT count(*) FROM deliveries WHERE state = 3 AND reason ILIKE '%chat not found%') AS failed
        """;

    private sealed record Done(long Planned, long Credited, long Confirmed, long Blocked, long Failed);

    private static async Task<Verdict> EnoughAsync(ChaosWorld world, Arrivals arrived)
    {
        var done = (await world.RowsAsync<Done>(DoneSql))[0];
        (string What, long Count)[] counts =
        [
            ("messages of broadcasts that arrived", arrived.All.Count()), ("planned rows", done.Planned), ("ends of hosts", world.Log.Kills.Count),
            ("answered presses", world.Log.Clicks.Values.Sum(p => p.Answered)), ("confirmed conversations", done.Confirmed),
            ("credited conversions", done.Credited), ("rows that a 403 blocked", done.Blocked), ("rows without a chat", done.Failed),
            ("accepted pauses and cancels", world.Log.Halts.Count(h => h.Action != "resume")), ("posts answered 401", world.Log.Intrusions.Count(i => i.Status == HttpStatusCode.Unauthorized)),
        ];
        return new("Enough was done to tell", string.Join(", ", counts.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Count} {c.What}"))),
            [.. counts.Where(c => c.Count == 0).Select(c => $"there were no {c.What}")]);
    }

    private static Verdict Hosts(ChaosWorld world)
    {
        var crashed = world.Log.Counts.GetValueOrDefault(Disasters.CrashesOfItsOwn) + world.Hosts.Count(h => h.HasCrashed);
        return Verdict.Of("No host ended that nobody killed", $"{crashed} did", Enumerable.Repeat("a host ended by itself", crashed));
    }
}

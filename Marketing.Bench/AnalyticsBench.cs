using System.Diagnostics;
using System.Text.Json;
using Marketing.Bench.Processes;
using Npgsql;

namespace Marketing.Bench;

/// <summary>The stats of a large broadcast over those of a small one, and the overview of many broadcasts over that of few, over HTTP.</summary>
internal static class AnalyticsBench
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private sealed record Question(string Path, Action<JsonElement> Check);

    public static async Task RunAsync(BenchPostgres postgres, BenchArguments arguments, Report report, CancellationToken ct)
    {
        // The small broadcast's clicks are a two-thousandth.
        var people = Math.Max(2_000, arguments.Recipients ?? (arguments.Quick ? 20_000 : 1_000_000));
        var rounds = arguments.Rounds ?? (arguments.Quick ? 3 : 9);
        var requests = arguments.Quick ? 10 : 50;
        SentBroadcasts large = new(1, people, people / 20, Start, Ledger: true), small = large with { Recipients = people / 100, Clicks = people / 2_000 };
        SentBroadcasts many = new(1_000, people / 50, people / 200, Start.AddDays(60), Ledger: false);
        // A page of the overview's list has 50 as well.
        var few = many with { Count = 50, From = Start.AddDays(120) };

        report.Title("analytics", $"{people:N0} people, {rounds} rounds of {requests} requests each");
        var connectionString = await postgres.CreateDatabaseAsync("analytics", ct);
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var sender = await ChildProcess.StartAsync(
            Child.Sender, new("start", MarketingApi.Settings(connectionString, null, 1_000_000, null)), ct);
        using var api = new MarketingApi(sender, source);
        report.Note($"making broadcasts of {large.Recipients:N0} and {small.Recipients:N0} recipients, and {many.Count:N0} and {few.Count:N0} with {many.Clicks:N0} clicks each ...");
        var watch = Stopwatch.StartNew();
        await Audience.CreateAsync(source, "all", 1_000_000_001, people, ct);
        var made = await AnalyticsData.MakeAsync(source, people, [large, small, many, few], ct);
        report.Note($"made in {watch.Elapsed.TotalSeconds:0} s");
        await MustBeCountedAsync(api, [made[0][0], made[1][0]], ct);

        report.AtMost(
            $"stats of {large.Recipients:N0} recipients / of {small.Recipients:N0}",
            await CompareAsync(api, Stats(made[0][0], large), Stats(made[1][0], small), rounds, requests, report, ct), 2);
        report.AtMost(
            $"overview of {many.Count:N0} broadcasts, {(long)many.Count * many.Clicks:N0} clicks / of {few.Count:N0}",
            await CompareAsync(api, Overview(many), Overview(few), rounds, requests, report, ct), 3);
    }

    private static Question Stats(Guid broadcast, SentBroadcasts group) =>
        new($"broadcasts/{broadcast}/stats", stats => MustBe(stats, group.Recipients, group.Clicks));

    private static Question Overview(SentBroadcasts group) => new(
        $"broadcasts/analytics?from={group.From:yyyy-MM-dd}T00:00:00Z&to={group.To:yyyy-MM-dd}T00:00:00Z",
        overview => MustBe(overview.GetProperty("totals"), (long)group.Count * group.Recipients, (long)group.Count * group.Clicks));

    /// <exception cref="InvalidOperationException">The numbers are not those of what was made: then no figure counts.</exception>
    private static void MustBe(JsonElement stats, long sent, long clicks)
    {
        if ((stats.GetProperty("sent").GetInt64(), stats.GetProperty("clicks").GetInt64()) is var told && told != (sent, clicks))
            throw new InvalidOperationException($"{sent} messages and {clicks} clicks were made, and {told} are told");
    }

    // Where there is a ledger, the app's own recount has to find nothing to repair in the counters that were made here.
    private static async Task MustBeCountedAsync(MarketingApi api, Guid[] broadcasts, CancellationToken ct)
    {
        foreach (var broadcast in broadcasts)
        {
            if ((await api.PostAsync($"broadcasts/{broadcast}/recount", new { }, ct)).GetProperty("repaired").GetBoolean())
                throw new InvalidOperationException($"the counters of broadcast {broadcast} are not those that the app keeps");
        }
    }

    private static async Task<Figure> CompareAsync(
        MarketingApi api, Question one, Question other, int rounds, int requests, Report report, CancellationToken ct)
    {
        var (ones, others) = (new List<double>(), new List<double>());
        for (var round = 0; round <= rounds; round++)
        {
            var (mine, theirs) = (new List<double>(), new List<double>());
            for (var request = 0; request < requests; request++)
            {
                mine.Add(await AskAsync(one));
                theirs.Add(await AskAsync(other));
            }

            if (round == 0)
                continue; // compiled code and a warm cache
            ones.Add(mine.Median());
            others.Add(theirs.Median());
            report.Round(round, rounds, $"{ones[^1]:0.00} ms, baseline {others[^1]:0.00} ms");
        }

        return new("ms", ones, others);

        async Task<double> AskAsync(Question question)
        {
            var begun = Stopwatch.GetTimestamp();
            var answer = await api.GetAsync(question.Path, ct);
            var milliseconds = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
            question.Check(answer);
            return milliseconds;
        }
    }
}

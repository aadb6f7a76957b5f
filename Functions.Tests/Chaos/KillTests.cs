using System.Globalization;
using Xunit.Abstractions;

namespace Marketing.Functions.Tests.Chaos;

/// <summary>Hosts that die at the worst moments.</summary>
public sealed class KillTests(ITestOutputHelper output)
{
    // Another seed kills at other moments: CHAOS_SEED=7 ./dev test --filter KillTests
    internal static readonly int Seed = int.Parse(Environment.GetEnvironmentVariable("CHAOS_SEED") ?? "1", CultureInfo.InvariantCulture);

    [Fact]
    public async Task Kill_TwentyTimesWithinABroadcast_NobodyGetsItTwiceAndEverybodyIsAccountedFor()
    {
        const int Recipients = 5_000;
        const int Kills = 20;
        await using var world = await World.StartAsync(sendRate: 300);
        await world.AddAudienceAsync(Recipients);
        var host = await world.StartHostAsync();
        var id = await World.SendAsync(host);

        var left = new List<int>();
        foreach (var moment in Moments(Kills, TimeSpan.FromSeconds(13))) // at 300/s 3,900 messages, and a window each
        {
            // Every fourth one hits the start of the work, the others the sending.
            if (left.Count % 4 > 0)
                await world.MessagesAsync(world.Telegram.MessageCount + 1);
            await Task.Delay(moment);
            left.Add(await world.KillAsync(host));
            Assert.True(await world.StatusAsync(id) == World.Sending, $"seed {Seed}: sent before kill {left.Count}");
            host = await world.StartHostAsync();
            await host.WatchAsync();
        }

        await world.EndAsync(id);
        var story = $"seed {Seed}, claims left by the kills {string.Join(' ', left)}";
        var account = await Account.CheckAsync(world, host, id, Recipients, story);
        output.WriteLine($"{story}: {account}");
        Assert.True(left.TrueForAll(claims => claims <= World.MaxInFlight), story);
        Assert.True(account.Uncertain == left.Sum() && account.Sent == Recipients - account.Uncertain, $"{story}: {account}");
    }

    [Fact]
    public async Task Kill_WhilePlanning_LeavesNothingAndThePlanIsMadeOnce()
    {
        const int Recipients = 200_000;
        await using var world = await World.StartAsync(sendRate: 1);
        await world.AddAudienceAsync(Recipients);
        var host = await world.StartHostAsync();
        var id = await World.SendAsync(host);

        foreach (var moment in Moments(kills: 2, TimeSpan.FromSeconds(0.6)))
        {
            await world.UntilAsync(() => world.ScalarAsync<bool>(WritesLedgerSql, new { host.Name }), isPlanning => isPlanning, "the plan is being made", pollMs: 5);
            await Task.Delay(moment);
            await world.KillAsync(host);
            var planned = await PlanAsync(world, id);
            output.WriteLine($"seed {Seed}: {planned} after {moment}");
            Assert.True(planned.Rows is 0 or Recipients && planned.IsPlanned == planned.Rows > 0, $"seed {Seed}: killed while planning: {planned}");
            host = await world.StartHostAsync();
            if (planned.IsPlanned)
                break;
            await host.WatchAsync();
        }

        var plan = await world.UntilAsync(() => PlanAsync(world, id), p => p.IsPlanned, "the plan is made");
        Assert.Equal(new Plan(true, Recipients, Recipients, 0, Recipients - 1, Recipients), plan);
        await host.PostAsync($"v1/admin/broadcasts/{id}/cancel", new { }, System.Net.HttpStatusCode.OK);
    }

    private const string WritesLedgerSql = """
        SELECT EXISTS (SELECT 1 FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
            WHERE a.application_name = @Name AND l.relation = 'deliveries'::regclass AND l.mode = 'RowExclusiveLock')
        """;

    private const string PlanSql = """
        SELECT b.planned_at IS NOT NULL AS is_planned, count(d.seq)::integer AS rows, count(DISTINCT d.user_id)::integer AS people,
            COALESCE(min(d.seq), 0) AS first, COALESCE(max(d.seq), 0) AS last,
            (SELECT COALESCE(sum(size), 0)::integer FROM delivery_batches WHERE broadcast_id = @id) AS in_batches
        FROM broadcasts b LEFT JOIN deliveries d ON d.broadcast_id = b.id WHERE b.id = @id GROUP BY b.id
        """;

    private sealed record Plan(bool IsPlanned, int Rows, int People, int First, int Last, int InBatches);

    private static async Task<Plan> PlanAsync(World world, Guid id)
    {
        await using var db = await world.Database.OpenConnectionAsync();
        return await Dapper.SqlMapper.QuerySingleAsync<Plan>(db, PlanSql, new { id });
    }

    /// <summary>Waits before the kills, at random, that add up to <paramref name="total"/>.</summary>
    private static IEnumerable<TimeSpan> Moments(int kills, TimeSpan total)
    {
        var random = new Random(Seed);
        var draws = Enumerable.Range(0, kills).Select(_ => random.NextDouble()).ToList();
        return draws.Select(d => total * (d / draws.Sum()));
    }
}

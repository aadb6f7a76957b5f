using Marketing.Functions.Tests.Fixtures;
using Marketing.Local.Telegram;
using Xunit.Abstractions;

namespace Marketing.Functions.Tests.Analytics;

/// <summary>The numbers are kept as things happen; this counts the rows instead and compares.</summary>
public sealed class RandomTrafficTests(SlowApp app, ITestOutputHelper output) : IClassFixture<SlowApp>
{
    [Fact]
    public async Task EveryNumber_AfterRandomTraffic_IsWhatTheRowsAddUpTo()
    {
        var seed = Random.Shared.Next(1, 100_000);
        output.WriteLine($"seed {seed}");
        var traffic = new Traffic(app, seed);

        await traffic.RunAsync(broadcasts: 3, actions: 400);
        app.Telegram.Settings = new SimulatorSettings();

        Assert.Empty(traffic.Repaired);
        foreach (var id in traffic.Broadcasts)
            await app.SameAsync(id, traffic.Prefetches.GetValueOrDefault(id));
        await app.FoldAsync();
        foreach (var id in traffic.Broadcasts)
            await app.SameAsync(id, traffic.Prefetches.GetValueOrDefault(id));
        await OverviewAsync(traffic);
        foreach (var id in traffic.Broadcasts)
            Assert.False(await app.RecountAsync(id));

        var random = new Random(seed);
        foreach (var damage in Counting.Damages.Except(Counting.OfDeltas)) // all of them are folded
        {
            var id = traffic.Broadcasts[random.Next(traffic.Broadcasts.Count)];
            await app.ExecuteAsync(damage, id);
            Assert.True(await app.RecountAsync(id), damage);
            await app.SameAsync(id, traffic.Prefetches.GetValueOrDefault(id));
            await OverviewAsync(traffic);
            Assert.False(await app.RecountAsync(id), damage);
        }
    }

    private async Task OverviewAsync(Traffic traffic)
    {
        var expected = new SortedDictionary<string, decimal>(StringComparer.Ordinal);
        foreach (var id in traffic.Broadcasts)
            foreach (var (name, number) in RawNumbers.OfStats(await app.GetAsync($"v1/admin/broadcasts/{id}/stats")).Where(n => !n.Key.StartsWith("button ", StringComparison.Ordinal)))
                expected[name] = expected.GetValueOrDefault(name) + number;
        foreach (var unit in new[] { "hour", "day" })
        {
            var overview = await app.GetAsync($"v1/admin/broadcasts/analytics?unit={unit}");

            Assert.Equal(traffic.Broadcasts.Count, overview.GetProperty("broadcasts").GetArrayLength());
            Assert.Equal(expected, RawNumbers.OfStats(overview.GetProperty("totals")));
            Assert.Equal(await RawNumbers.TrendOfRowsAsync(app, unit), RawNumbers.OfSeries(overview.GetProperty("trend")));
        }
    }
}

/// <summary>Sends at a rate at which something happens meanwhile.</summary>
public sealed class SlowApp : MarketingApp
{
    protected override IReadOnlyDictionary<string, string?> Settings { get; } = new Dictionary<string, string?> { ["Marketing__SendRate"] = "60" };
}

using System.Net;
using Marketing.Functions.Tests.Fixtures;

namespace Marketing.Functions.Tests.Delivery;

public sealed class SharedLaneApp : MarketingApp
{
    protected override IReadOnlyDictionary<string, string?> Settings { get; } = new Dictionary<string, string?>
    {
        ["Marketing__SendRate"] = "60",
        ["Marketing__BatchSize"] = "50",
    };
}

public sealed class FairnessTests(SharedLaneApp app) : IClassFixture<SharedLaneApp>
{
    [Fact]
    public async Task Send_WhileABigOneRuns_GetsHalfOfTheLane()
    {
        var (bigRegion, _) = await app.AudienceAsync(900);
        var (smallRegion, _) = await app.AudienceAsync(60);
        var big = await app.BroadcastAsync(new { region = bigRegion });
        var small = await app.BroadcastAsync(new { region = smallRegion });
        await app.PostAsync($"v1/admin/broadcasts/{big}/send", new { }, HttpStatusCode.Accepted);
        await MarketingApp.UntilAsync(() => StatsAsync(big), s => s.Number("sent") >= 60);

        await app.PostAsync($"v1/admin/broadcasts/{small}/send", new { }, HttpStatusCode.Accepted);
        await MarketingApp.UntilAsync(() => StatsAsync(small), s => s.Number("sent") >= 1);
        var before = (await StatsAsync(big)).Number("sent");
        await app.EndAsync(small);
        var meanwhile = (await StatsAsync(big)).Number("sent") - before;
        await app.PostAsync($"v1/admin/broadcasts/{big}/cancel", new { });

        // By its 8 batches against 2 the big one would have sent 4 times as many; what is in flight comes on top.
        Assert.InRange(meanwhile, 20, 60 + 48);
    }

    [Fact]
    public async Task Stats_WhileSending_SayTheRateAndTheTimeLeft()
    {
        var (region, _) = await app.AudienceAsync(300);
        var id = await app.BroadcastAsync(new { region });
        await app.PostAsync($"v1/admin/broadcasts/{id}/send", new { }, HttpStatusCode.Accepted);

        var sending = await MarketingApp.UntilAsync(() => StatsAsync(id), s => s.Number("sent") >= 100);
        var ended = (await app.EndAsync(id)).GetProperty("stats");

        var rate = sending.GetProperty("rate").GetDouble();
        Assert.InRange(rate, 1, 70);
        Assert.Equal(Math.Ceiling(sending.Number("pending") / rate), sending.Number("seconds_left"));
        Assert.Equal(System.Text.Json.JsonValueKind.Null, ended.GetProperty("rate").ValueKind);
        Assert.Equal(System.Text.Json.JsonValueKind.Null, ended.GetProperty("seconds_left").ValueKind);
    }

    private Task<System.Text.Json.JsonElement> StatsAsync(string id) => app.GetAsync($"v1/admin/broadcasts/{id}/stats");
}

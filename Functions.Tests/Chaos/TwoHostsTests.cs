using Xunit.Abstractions;

namespace Marketing.Functions.Tests.Chaos;

/// <summary>Two hosts on one database. Neither knows of the other's orchestrations.</summary>
[Collection(nameof(Alone))]
public sealed class TwoHostsTests(ITestOutputHelper output)
{
    [Fact]
    public async Task TwoHosts_OneLaneAt200_KeepItTogether()
    {
        const int Audience = 5_000;
        const int Seconds = 15;
        await using var world = await World.StartAsync(sendRate: 200, weather: new() { RateLimit = 200 });
        await world.AddAudienceAsync(Audience);
        var (one, two) = (await world.StartHostAsync(), await world.StartHostAsync());
        await World.SendAsync(one);
        await World.SendAsync(two);

        var perSecond = await PaceTests.RateAsync(world, TimeSpan.FromSeconds(Seconds));

        var (byOne, byTwo) = (world.SentBy(one, Audience), world.SentBy(two, Audience));
        output.WriteLine($"{perSecond:0.0}/s: {byOne} and {byTwo}");
        Assert.Equal(0, world.Telegram.RefusedCount);
        // Half a window may fall on either side of the time's ends; the bench holds it to 198 to 200.
        Assert.InRange(perSecond, 150, 200 + (World.MaxInFlight / (double)Seconds));
        Assert.True(byOne > 0 && byTwo > 0, $"{byOne} and {byTwo}");
    }

    [Fact]
    public async Task TwoHosts_TwoOrchestrationsOfOneBroadcast_NobodyGetsItTwice()
    {
        const int Recipients = 5_000;
        await using var world = await World.StartAsync(sendRate: 1_000);
        await world.AddAudienceAsync(Recipients);
        var (one, two) = (await world.StartHostAsync(), await world.StartHostAsync());

        var id = await World.SendAsync(one);
        await world.MessagesAsync(500);
        await World.JoinAsync(one, two, id);
        await world.EndAsync(id);

        var account = await Account.CheckAsync(world, two, id, Recipients, "two orchestrations at once");
        var (byOne, byTwo) = (world.SentBy(one, Recipients), world.SentBy(two, Recipients));
        output.WriteLine($"{byOne} and {byTwo}: {account}");
        Assert.Equal((Recipients, Recipients), (account.Sent, byOne + byTwo));
        Assert.True(byOne > 0 && byTwo > 0, $"{byOne} and {byTwo}");
    }
}

using System.Diagnostics;
using System.Net;
using Xunit.Abstractions;

namespace Marketing.Functions.Tests.Chaos;

/// <summary>When hosts send, and when they stop.</summary>
[Collection("Chaos with living hosts")]
public sealed class PaceTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Lane30_AgainstATelegramThatEnforces30_MeetsNo429()
    {
        const int Seconds = 20;
        await using var world = await World.StartAsync(sendRate: 30, weather: new() { RateLimit = 30 });
        await world.AddAudienceAsync(30 * (Seconds + 20));
        await World.SendAsync(await world.StartHostAsync());

        var perSecond = await RateAsync(world, TimeSpan.FromSeconds(Seconds));

        output.WriteLine($"{perSecond:0.0}/s");
        Assert.Equal(0, world.Telegram.RefusedCount);
        Assert.True(perSecond >= 20, $"{perSecond:0.0}/s"); // the bench says how near to 30 it comes
    }

    [Fact]
    public async Task TooManyRequests_RetryAfter5_NobodySendsForThatLongAndNothingIsLost()
    {
        const int Recipients = 1_000;
        await using var world = await World.StartAsync(sendRate: 100);
        await world.AddAudienceAsync(Recipients);
        var (one, two) = (await world.StartHostAsync(), await world.StartHostAsync());
        var id = await World.SendAsync(one);
        await World.JoinAsync(one, two, id);
        await world.MessagesAsync(300);

        world.Telegram.Close(TimeSpan.FromSeconds(5));
        await world.UntilAsync(() => Task.FromResult(world.Telegram.RefusedCount), refused => refused > 0, "a message is refused", pollMs: 2);
        var since = Stopwatch.GetTimestamp();
        await Task.Delay(1000); // what was in flight
        var requests = Requests(world);
        var refused = world.Telegram.RefusedCount;
        output.WriteLine($"{refused} refused");
        // The first refusal was up to half a second before it was seen, on a busy machine.
        while (Stopwatch.GetElapsedTime(since) < TimeSpan.FromSeconds(4.5))
        {
            Assert.True(Requests(world) == requests, $"{Requests(world) - requests} requests {Stopwatch.GetElapsedTime(since)} after a 429 with retry_after 5");
            await Task.Delay(20);
        }

        await world.EndAsync(id);
        var account = await Account.CheckAsync(world, one, id, Recipients, $"closed for 5 s, {refused} refused");
        Assert.Equal((Recipients, 0), (account.Sent, account.Uncertain));
        Assert.InRange(refused, 1, 2 * World.MaxInFlight);
    }

    [Fact]
    public async Task Cancel_MidSend_SendsAtMostWhatIsInFlight()
    {
        const int Recipients = 3_000;
        await using var world = await World.StartAsync(sendRate: 300);
        await world.AddAudienceAsync(Recipients);
        var host = await world.StartHostAsync();
        var id = await World.SendAsync(host);
        await world.MessagesAsync(500);

        await host.PostAsync($"v1/admin/broadcasts/{id}/cancel", new { }, HttpStatusCode.OK);
        var atAnswer = world.Telegram.MessageCount;
        await Task.Delay(TimeSpan.FromSeconds(2));

        output.WriteLine($"{world.Telegram.MessageCount - atAnswer} after the answer");
        Assert.InRange(world.Telegram.MessageCount, atAnswer, atAnswer + World.MaxInFlight);
        var account = await Account.CheckAsync(world, host, id, Recipients, "cancelled", cancelled: true);
        Assert.Equal((Recipients, 0), (account.Sent + account.Pending, account.Uncertain));
    }

    private static int Requests(World world) => world.Telegram.MessageCount + world.Telegram.RefusedCount;

    /// <summary>Messages a second over a time that begins when they flow.</summary>
    internal static async Task<double> RateAsync(World world, TimeSpan time)
    {
        await world.MessagesAsync(1);
        await Task.Delay(1000);
        var (started, before) = (Stopwatch.GetTimestamp(), world.Telegram.MessageCount);
        await Task.Delay(time);
        return (world.Telegram.MessageCount - before) / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}

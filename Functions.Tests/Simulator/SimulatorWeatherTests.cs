using System.Diagnostics;
using System.Net.Http.Json;
using Microsoft.Extensions.Time.Testing;
using Telegram.Bot;
using Telegram.Bot.Exceptions;

namespace Marketing.Functions.Tests.Simulator;

public sealed class SimulatorWeatherTests
{
    [Fact]
    public async Task SendMessage_OverTheRate_Is429UntilRetryAfterIsOver()
    {
        var clock = new FakeTimeProvider();
        await using var telegram = await SimulatedTelegram.StartAsync(new() { TimeProvider = clock, Settings = new() { RateLimit = 3 } });
        for (var n = 0; n < 3; n++)
            await telegram.Bot.SendMessage(n + 1, "x");

        var refusal = await Assert.ThrowsAsync<ApiRequestException>(() => telegram.Bot.SendMessage(9, "x"));
        clock.Advance(TimeSpan.FromSeconds(0.9));
        await Assert.ThrowsAsync<ApiRequestException>(() => telegram.Bot.SendMessage(9, "x"));
        clock.Advance(TimeSpan.FromSeconds(0.2));
        await telegram.Bot.SendMessage(9, "x");

        Assert.Equal((429, "Too Many Requests: retry after 1", 1), (refusal.ErrorCode, refusal.Message, refusal.Parameters!.RetryAfter));
        Assert.Equal(4, telegram.Simulator.MessageCount);
    }

    [Fact]
    public async Task SendMessage_OverTheRateOfOneChat_LeavesOtherChatsAlone()
    {
        await using var telegram = await SimulatedTelegram.StartAsync(new() { TimeProvider = new FakeTimeProvider(), Settings = new() { ChatRateLimit = 1 } });
        await telegram.Bot.SendMessage(1, "x");

        await Assert.ThrowsAsync<ApiRequestException>(() => telegram.Bot.SendMessage(1, "x"));
        await telegram.Bot.SendMessage(2, "x");
    }

    [Fact]
    public async Task Close_RefusesEveryMessageUntilItIsOver()
    {
        var clock = new FakeTimeProvider();
        await using var telegram = await SimulatedTelegram.StartAsync(new() { TimeProvider = clock });

        await telegram.PostAsync("/sim/close", new { seconds = 5 });
        clock.Advance(TimeSpan.FromSeconds(2));
        var refusal = await Assert.ThrowsAsync<ApiRequestException>(() => telegram.Bot.SendMessage(1, "x"));
        clock.Advance(TimeSpan.FromSeconds(3));
        await telegram.Bot.SendMessage(1, "x");

        Assert.Equal((429, 3), (refusal.ErrorCode, refusal.Parameters!.RetryAfter));
        Assert.Equal((1, 1), (telegram.Simulator.MessageCount, telegram.Simulator.RefusedCount));
    }

    [Fact]
    public async Task Settings_Put_ChangesOnlyWhatIsGiven()
    {
        await using var telegram = await SimulatedTelegram.StartAsync(new() { Settings = new() { LatencyMs = 5, RateLimit = 30 } });

        using var changed = await telegram.SendAsync(HttpMethod.Put, "/sim/settings", JsonContent.Create(new { rate_limit = (double?)null, seed = 9 }));
        using var wrong = await telegram.SendAsync(HttpMethod.Put, "/sim/settings", JsonContent.Create(new { latency = 5 }));

        Assert.Equal((5, null, 9), (telegram.Simulator.Settings.LatencyMs, telegram.Simulator.Settings.RateLimit, telegram.Simulator.Settings.Seed));
        Assert.Equal(400, (int)wrong.StatusCode);
    }

    [Fact]
    public async Task Fault5xx_Always_Is502AndDeliversNothing()
    {
        await using var telegram = await SimulatedTelegram.StartAsync(new() { Settings = new() { Fault5xxPercent = 100 } });

        var failure = await Assert.ThrowsAsync<ApiRequestException>(() => telegram.Bot.SendMessage(1, "x"));

        Assert.Equal((502, 0), (failure.ErrorCode, telegram.Simulator.MessageCount));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(100, 1)]
    public async Task FaultReset_Always_BreaksTheConnectionBeforeOrAfterDelivery(double delivers, int delivered)
    {
        await using var telegram = await SimulatedTelegram.StartAsync(
            new() { Settings = new() { FaultResetPercent = 100, FaultDeliversPercent = delivers } });

        var failure = await Assert.ThrowsAsync<RequestException>(() => telegram.Bot.SendMessage(1, "x"));

        Assert.IsAssignableFrom<HttpRequestException>(failure.InnerException);
        Assert.Equal(delivered, telegram.Simulator.MessageCount);
    }

    [Fact]
    public async Task FaultHang_AfterDelivery_TimesOutAtTheClient()
    {
        await using var telegram = await SimulatedTelegram.StartAsync(
            new() { Settings = new() { FaultHangPercent = 100, FaultDeliversPercent = 100, HangMs = 60_000 } });
        telegram.Bot.Timeout = TimeSpan.FromMilliseconds(300);

        var failure = await Assert.ThrowsAsync<RequestException>(() => telegram.Bot.SendMessage(1, "x"));

        Assert.Equal("Bot API Request timed out", failure.Message);
        Assert.Equal(1, telegram.Simulator.MessageCount);
    }

    [Fact]
    public async Task Faults_SameSeed_HitTheSameRequests()
    {
        Assert.Equal(await OutcomesAsync(seed: 3), await OutcomesAsync(seed: 3));
        Assert.NotEqual(await OutcomesAsync(seed: 3), await OutcomesAsync(seed: 4));

        static async Task<string> OutcomesAsync(int seed)
        {
            await using var telegram = await SimulatedTelegram.StartAsync(new() { Settings = new() { Fault5xxPercent = 30, Seed = seed } });
            var outcomes = "";
            for (var n = 0; n < 30; n++)
                outcomes += await Record.ExceptionAsync(() => telegram.Bot.SendMessage(1, "x")) is null ? '.' : 'x';
            return outcomes;
        }
    }

    [Fact]
    public async Task Latency_IsKeptByEveryAnswer()
    {
        await using var telegram = await SimulatedTelegram.StartAsync(new() { Settings = new() { LatencyMs = 50 } });
        var started = Stopwatch.GetTimestamp();

        await telegram.Bot.GetMe();

        Assert.InRange(Stopwatch.GetElapsedTime(started).TotalMilliseconds, 49, 10_000);
    }
}

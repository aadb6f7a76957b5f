using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using Dapper;
using Marketing.Core;
using Marketing.Core.Delivery;
using Marketing.Functions.Delivery;
using Marketing.Functions.Telegram;
using Marketing.Functions.Tests.Fixtures;
using Marketing.Local.Telegram;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Telegram.Bot;

namespace Marketing.Functions.Tests;

/// <summary>Timers run only when a test runs one.</summary>
public sealed class QuietApp : MarketingApp
{
    protected override bool RunTimers => false;
}

public sealed class TelemetryTests(QuietApp app) : IClassFixture<QuietApp>
{
    private static int nextUpdateId = 700_000;

    [Fact]
    public async Task Counters_AfterABroadcast_AreItsNumbers()
    {
        using var measured = new Measurements(app.Host);
        var (region, ids) = await app.AudienceAsync(5);
        app.Telegram.SetChat(ids[0], ChatStatus.Blocked);
        app.Telegram.SetChat(ids[1], ChatStatus.NotFound);

        await app.SendAsync(await app.BroadcastAsync(new { region }));
        var message = app.TheMessage(ids[2]);
        (await app.OpenAsync(message.Buttons[0])).Dispose();
        (await app.OpenAsync(message.Buttons[0], request => request.Method = HttpMethod.Head)).Dispose();
        await app.Telegram.PressAsync(ids[2], message.Message.MessageId, message.Buttons[1].CallbackData!, default);

        Assert.Equal(3, measured.Sum("marketing.messages.sent"));
        Assert.Equal(1, measured.Sum("marketing.messages.blocked"));
        Assert.Equal(1, measured.Sum("marketing.messages.failed", FailureReason.ChatNotFound));
        Assert.Equal(1, measured.Sum("marketing.messages.failed"));
        Assert.Equal((1, 1), (measured.Sum("marketing.clicks", "link"), measured.Sum("marketing.clicks", "callback")));
        Assert.NotEmpty(measured.Of("marketing.batch.duration"));
        Assert.All(measured.Of("marketing.lane.wait"), seconds => Assert.InRange(seconds, 0, 60));
        Assert.Equal(0, measured.Sum("marketing.messages.uncertain"));
    }

    [Fact]
    public async Task Counters_TelegramLimitsTheRate_CountItsAnswersAndEachMessageOnce()
    {
        using var measured = new Measurements(app.Host);
        var (region, _) = await app.AudienceAsync(60);
        var broadcast = await app.BroadcastAsync(new { region });
        app.Telegram.Close(TimeSpan.FromSeconds(5));
        await app.SendAsync(broadcast);

        Assert.Equal(60, measured.Sum("marketing.messages.sent"));
        Assert.InRange(measured.Sum("marketing.telegram.rate_limited"), 1, 60);
    }

    [Fact]
    public async Task Uncertain_ClaimOfADeadWorker_IsCountedWhenItIsGivenUp()
    {
        using var measured = new Measurements(app.Host);
        var (region, _) = await app.AudienceAsync(3);
        var id = await app.BroadcastAsync(new { region });
        await app.SendAsync(id);
        await ExecuteAsync("""
            UPDATE deliveries SET state = 1, claimed_at = now() - interval '1 hour' WHERE broadcast_id = @id AND seq = 1;
            UPDATE delivery_batches SET sent = 2 WHERE broadcast_id = @id;
            INSERT INTO counter_deltas (broadcast_id, minute, sent) VALUES (@id, date_trunc('minute', now()), -1);
            UPDATE broadcasts SET status = 4 WHERE id = @id;
            """, id);

        await app.Host.Services.GetRequiredService<SettleRepository>().SettleAsync(Guid.Parse(id), default);

        Assert.Equal(1, measured.Sum("marketing.messages.uncertain"));
    }

    [Fact]
    public async Task Stuck_NothingRecordedForFiveMinutes_IsReportedUnlessA429HoldsItUp()
    {
        using var measured = new Measurements(app.Host);
        var watch = app.Host.Services.GetRequiredService<DeliveryWatch>();
        var (region, _) = await app.AudienceAsync(1);
        var id = await app.BroadcastAsync(new { region });
        await app.SendAsync(id);
        const string AtWork = "UPDATE broadcasts SET status = 4, updated_at = now() - interval '6 min' WHERE id = @id";
        await ExecuteAsync(AtWork, id);
        Assert.Equal(0, await watch.StuckAsync(default)); // its batch recorded something just now

        await ExecuteAsync("UPDATE delivery_batches SET recorded_at = now() - interval '6 min' WHERE broadcast_id = @id", id);
        Assert.Equal(1, await watch.StuckAsync(default));
        await ExecuteAsync("UPDATE send_lanes SET paused_until = now() - interval '1 min'", id);
        Assert.Equal(0, await watch.StuckAsync(default));
        await ExecuteAsync("UPDATE send_lanes SET paused_until = NULL; UPDATE broadcasts SET status = 2 WHERE id = @id", id);

        Assert.Null(measured.Gauge("marketing.broadcasts.stuck")); // nobody has looked yet
        await ActivatorUtilities.CreateInstance<DeliveryTimers>(app.Host.Services).WatchBroadcasts(new TimerInfo(), app.Host.Durable, default);
        Assert.Equal(0, measured.Gauge("marketing.broadcasts.stuck"));
    }

    [Fact]
    public async Task WebhookLag_UpdateWithADate_IsTheTimeSinceThen()
    {
        using var measured = new Measurements(app.Host);
        using var request = new HttpRequestMessage(HttpMethod.Post, "telegram/webhook")
        {
            Content = JsonContent.Create(new
            {
                update_id = Interlocked.Increment(ref nextUpdateId),
                message = new { message_id = 1, date = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - 20, chat = new { id = 1, type = "private" }, text = "hi" },
            }),
        };
        request.Headers.Add("X-Telegram-Bot-Api-Secret-Token", MarketingApp.WebhookSecret);

        (await app.Api.SendAsync(request)).Dispose();

        Assert.InRange(Assert.Single(measured.Of("marketing.webhook.lag")), 20, 50);
    }

    [Fact]
    public async Task WebhookPending_UpdatesThatNobodyTakes_IsTheirNumber()
    {
        using var measured = new Measurements(app.Host);
        var bot = app.Host.Services.GetRequiredService<ITelegramBotClient>();
        var url = (await bot.GetWebhookInfo()).Url;
        using var simulator = new HttpClient { BaseAddress = app.Telegram.Address };
        try
        {
            await bot.SetWebhook("http://127.0.0.1:9/nobody"); // the discard port: refused
            using var posted = await simulator.PostAsJsonAsync("sim/updates", new { poll_answer = new { poll_id = "1", option_ids = Array.Empty<int>() } });

            await ActivatorUtilities.CreateInstance<WebhookTimers>(app.Host.Services).WatchWebhook(new TimerInfo(), default);

            Assert.Equal(1, measured.Gauge("marketing.webhook.pending"));
        }
        finally
        {
            await bot.SetWebhook(url, secretToken: MarketingApp.WebhookSecret, dropPendingUpdates: true);
        }
    }

    [Fact]
    public async Task Activities_OfABroadcast_AreOneTraceFromTheRequestToTelegram()
    {
        var trace = ActivityTraceId.CreateRandom();
        var seen = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is MarketingTelemetry.Name or "System.Net.Http" or "Microsoft.AspNetCore",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                if (activity.TraceId == trace)
                    seen.Enqueue(activity);
            },
        };
        ActivitySource.AddActivityListener(listener);
        var (region, _) = await app.AudienceAsync(2);
        var id = await app.BroadcastAsync(new { region });
        using var request = new HttpRequestMessage(HttpMethod.Post, $"v1/admin/broadcasts/{id}/send") { Content = JsonContent.Create(new { }) };
        request.Headers.Add("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01");

        (await app.Api.SendAsync(request)).Dispose();
        await app.EndAsync(id);

        var window = Assert.Single(seen, a => a.OperationName == "send window");
        Assert.Equal("send batch", window.Parent!.OperationName);
        Assert.Equal(Guid.Parse(id), window.Parent.GetTagItem("marketing.broadcast.id"));
        Assert.Equal(2, seen.Count(a => a.Source.Name == "System.Net.Http" && a.ParentSpanId == window.SpanId));
        Assert.Equal(["claim deliveries", "record outcomes"], seen.Where(a => a.Source.Name == MarketingTelemetry.Name && a.ParentSpanId == window.SpanId).Select(a => a.OperationName).Order());
    }

    private async Task ExecuteAsync(string sql, string id)
    {
        await using var db = await app.Database.OpenConnectionAsync();
        await db.ExecuteAsync(sql, new { id = Guid.Parse(id) });
    }
}

using System.Net;
using Dapper;
using Marketing.Functions.Tests.Fixtures;

namespace Marketing.Functions.Tests.Delivery;

public sealed class SlowApp : MarketingApp
{
    protected override IReadOnlyDictionary<string, string?> Settings { get; } = new Dictionary<string, string?>
    {
        ["Marketing__SendRate"] = "40",
        ["Marketing__BatchSize"] = "20",
        ["Marketing__MaxInFlight"] = "32",
    };
}

public sealed class PauseTests(SlowApp app) : IClassFixture<SlowApp>
{
    [Fact]
    public async Task PauseResume_MidSend_StopsAndGoesOnToTheEnd()
    {
        var (region, ids) = await app.AudienceAsync(120);
        var id = await app.BroadcastAsync(new { region });
        await app.PostAsync($"v1/admin/broadcasts/{id}/send", new { }, HttpStatusCode.Accepted);
        await SentAsync(id, 10);

        var paused = await app.PostAsync($"v1/admin/broadcasts/{id}/pause", new { });
        await Task.Delay(1000);
        var after = app.Telegram.MessageCount;
        await Task.Delay(1000);

        Assert.Equal("paused", paused.Text("status"));
        Assert.Equal(after, app.Telegram.MessageCount);
        Assert.InRange(after, 10, 119);
        await app.PostAsync($"v1/admin/broadcasts/{id}/resume", new { }, HttpStatusCode.Accepted);
        Assert.Equal(120, (await app.EndAsync(id)).GetProperty("stats").Number("sent"));
        Assert.All(ids, telegramId => app.TheMessage(telegramId));
    }

    [Fact]
    public async Task Resume_PeopleOptedOutMeanwhile_SkipsThem()
    {
        var (region, ids) = await app.AudienceAsync(120);
        var id = await app.BroadcastAsync(new { region });
        await app.PostAsync($"v1/admin/broadcasts/{id}/send", new { }, HttpStatusCode.Accepted);
        await SentAsync(id, 5);
        await app.PostAsync($"v1/admin/broadcasts/{id}/pause", new { });
        await Task.Delay(1500); // what was under way is recorded
        int left;
        await using (var db = await app.Database.OpenConnectionAsync())
            left = await db.ExecuteAsync("""
                UPDATE users u SET opted_out_at = now() FROM deliveries d
                WHERE d.user_id = u.id AND d.broadcast_id = @id AND d.state = 0 AND d.seq % 20 < 18
                """, new { id = Guid.Parse(id) });

        await app.PostAsync($"v1/admin/broadcasts/{id}/resume", new { }, HttpStatusCode.Accepted);
        var stats = (await app.EndAsync(id)).GetProperty("stats");

        Assert.InRange(left, 1, 115);
        Assert.Equal((left, 120 - left, 0), (stats.Number("skipped"), stats.Number("sent"), stats.Number("pending")));
        Assert.Equal(120 - left, ids.Count(i => app.Telegram.Messages(i).Count == 1));
    }

    [Fact]
    public async Task Cancel_MidSend_StopsForGood()
    {
        var (region, ids) = await app.AudienceAsync(120);
        var id = await app.BroadcastAsync(new { region });
        await app.PostAsync($"v1/admin/broadcasts/{id}/send", new { }, HttpStatusCode.Accepted);
        await SentAsync(id, 10);

        var cancelled = await app.PostAsync($"v1/admin/broadcasts/{id}/cancel", new { });
        var atAnswer = ids.Count(i => app.Telegram.Messages(i).Count > 0);
        await Task.Delay(1500);

        Assert.Equal("cancelled", cancelled.Text("status"));
        Assert.InRange(ids.Count(i => app.Telegram.Messages(i).Count > 0), atAnswer, atAnswer + 32); // MaxInFlight
        await app.PostAsync($"v1/admin/broadcasts/{id}/resume", new { }, HttpStatusCode.Conflict);
        await app.PostAsync($"v1/admin/broadcasts/{id}/send", new { }, HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task Send_AtASetRate_KeepsIt()
    {
        var (region, _) = await app.AudienceAsync(81);
        app.Telegram.ClearMessages();
        var watch = System.Diagnostics.Stopwatch.StartNew();

        await app.SendAsync(await app.BroadcastAsync(new { region }));

        // 80 intervals at 40/s are 2 s; other tests of this class do not run at the same time.
        Assert.InRange(watch.Elapsed.TotalSeconds, 1.9, 20);
    }

    [Fact]
    public async Task PauseAndResume_Draft_AreRefused()
    {
        var id = await app.BroadcastAsync(new { });

        var problem = await app.PostAsync($"v1/admin/broadcasts/{id}/pause", new { }, HttpStatusCode.Conflict);
        await app.PostAsync($"v1/admin/broadcasts/{id}/resume", new { }, HttpStatusCode.Conflict);

        Assert.Equal("The broadcast is draft and cannot become paused.", problem.Text("detail"));
    }

    private Task SentAsync(string id, int least) =>
        MarketingApp.UntilAsync(() => app.GetAsync($"v1/admin/broadcasts/{id}/stats"), s => s.Number("sent") >= least);
}

using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using Marketing.Functions.Tests.Fixtures;

namespace Marketing.Functions.Tests;

/// <summary>After all the others, so that the times that it prints mean something.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;

/// <summary>The main job, end to end: from a CSV of 10,000 users to clicks counted. The times are printed, not asserted.</summary>
[Collection(nameof(Alone))]
public sealed class MainJobTests(MarketingApp app) : IClassFixture<MarketingApp>
{
    private const int Recipients = 10_000;

    [Fact]
    public async Task MainJob_FromCsvToClicks_NumbersAreRight()
    {
        var ids = MarketingApp.NewTelegramIds(Recipients);

        var imported = await TimedAsync("10,000 rows imported", () => app.PostCsvAsync(Csv(ids)));
        Assert.Equal((Recipients, 0), (imported.Number("inserted"), imported.Number("updated")));
        Assert.Equal([(5, "not a whole number"), (10_003, "last_trade_at")], imported.GetProperty("rejected").EnumerateArray()
            .Select((r, i) => ((int)r.Number("line"), i == 0 && r.Text("reason").Contains("not a whole number", StringComparison.Ordinal) ? "not a whole number" : r.Text("reason").Split(':')[0])));

        var template = await app.TemplateAsync("""Hi <b>{{ first_name }}</b>, {{ if user_tier == "premium" }}premium{{ else }}free{{ end }} in {{ region }} on {{ attributes.plan }}""");
        var broadcast = await app.BroadcastAsync(new { all = new object[] { new { region = new { @in = new[] { "EU", "US" } } }, new { not = new { user_tier = "banned" } } } }, template.Id());
        var sent = await TimedAsync("10,000 messages sent", () => app.SendAsync(broadcast));
        Assert.Equal("sent", sent.Text("status"));
        Assert.Equal(Recipients, sent.GetProperty("stats").Number("sent"));
        Assert.Equal((Recipients, 0), (app.Telegram.MessageCount, app.Telegram.DuplicateChats));

        var (message, buttons) = app.TheMessage(ids[1]);
        Assert.Equal("Hi Name1, free in US on plan-1", message.Text);
        Assert.Equal(["Open", "Join"], buttons.Select(b => b.Text));
        foreach (var id in ids[..3])
        {
            var press = await app.Telegram.PressAsync(id, app.TheMessage(id).Message.MessageId, app.TheMessage(id).Buttons[1].CallbackData!, default);
            Assert.Equal(200, press.WebhookStatus);
            Assert.Equal("You are in <3", app.Telegram.Messages(id)[1].Text);
        }

        foreach (var id in ids[3..8])
        {
            using var response = await app.OpenAsync(app.TheMessage(id).Buttons[0]);
            Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        }

        var stats = await app.GetAsync($"v1/admin/broadcasts/{broadcast}/stats");
        Assert.Equal((8, 8, 8), (stats.Number("clicks"), stats.Number("total_clicks"), stats.Number("unique_clickers")));
        Assert.Equal(0.0008, stats.GetProperty("ctr").GetDouble());
        var analytics = await app.GetAsync("v1/admin/broadcasts/analytics");
        Assert.Equal((Recipients, 8), (analytics.GetProperty("totals").Number("sent"), analytics.GetProperty("totals").Number("clicks")));
        Assert.Equal(broadcast, Assert.Single(analytics.GetProperty("broadcasts").EnumerateArray()).Id());

        var at = TimeProvider.System.GetUtcNow().AddSeconds(2);
        var later = await app.EndAsync(await app.BroadcastAsync(new Dictionary<string, object> { ["attributes.plan"] = "plan-42" }, template.Id(), at));
        Assert.Equal(("sent", 1), (later.Text("status"), later.GetProperty("stats").Number("sent")));
        Assert.InRange(later.GetProperty("sent_at").GetDateTimeOffset(), at, at.AddSeconds(30));
        Assert.Equal(2, app.Telegram.Messages(ids[42]).Count);
    }

    // Line 5 has a bad id and line 10,003 a bad time; the others are good.
    private static string Csv(long[] ids)
    {
        var csv = new StringBuilder("telegram_user_id,first_name,username,language,user_tier,region,last_trade_at,plan\n");
        for (var i = 0; i < ids.Length; i++)
        {
            if (i == 3)
                csv.Append("abc,Bad,bad,en,free,EU,,x\n");
            csv.Append(CultureInfo.InvariantCulture, $"{ids[i]},Name{i},user{i},en,{(i % 3 == 0 ? "premium" : "free")},{(i % 2 == 0 ? "EU" : "US")},2026-01-{(i % 28) + 1:00}T10:00:00Z,plan-{i}\n");
        }

        return csv.Append(CultureInfo.InvariantCulture, $"{ids[0]},Bad,bad,en,free,EU,tomorrow,x\n").ToString();
    }

    private static async Task<T> TimedAsync<T>(string what, Func<Task<T>> run)
    {
        var watch = Stopwatch.StartNew();
        var result = await run();
        Console.WriteLine($"Main job: {what} in {watch.Elapsed.TotalSeconds:0.00} s");
        return result;
    }
}

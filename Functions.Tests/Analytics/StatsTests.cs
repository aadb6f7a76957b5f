using System.Net;
using System.Text.Json;
using Dapper;
using Marketing.Functions.Tests.Fixtures;
using Marketing.Local.Telegram;
using Npgsql;

namespace Marketing.Functions.Tests.Analytics;

public sealed class StatsTests(UntimedApp app) : IClassFixture<UntimedApp>
{
    [Fact]
    public async Task Click_TwoButtonsAtTheSameMoment_IsOneClicker()
    {
        var (region, ids) = await app.AudienceAsync(30);
        var id = await app.BroadcastAsync(new { region });
        await app.SendAsync(id);

        await Task.WhenAll(ids.SelectMany(telegramId => new Func<Task>[] { () => OpenAsync(telegramId), () => JoinAsync(telegramId) }).Select(click => Task.Run(click)));

        var stats = await app.GetAsync($"v1/admin/broadcasts/{id}/stats");
        Assert.Equal((60, 60, 30), (stats.Number("clicks"), stats.Number("total_clicks"), stats.Number("unique_clickers")));
        Assert.False(await app.RecountAsync(id));
    }

    [Fact]
    public async Task Stats_FetchedByPrograms_CountNoClick()
    {
        var (region, ids) = await app.AudienceAsync(1);
        var id = await app.BroadcastAsync(new { region });
        await app.SendAsync(id);

        (await app.OpenAsync(Button(ids[0], "Open"), r => r.Method = HttpMethod.Head)).Dispose();
        (await app.OpenAsync(Button(ids[0], "Open"), r => r.Headers.Add("Sec-Purpose", "prefetch"))).Dispose();

        var stats = await app.GetAsync($"v1/admin/broadcasts/{id}/stats");
        Assert.Equal((2, 0, 0), (stats.Number("prefetches"), stats.Number("clicks"), stats.Number("total_clicks")));
        Assert.Equal([2L, 0], stats.GetProperty("buttons").EnumerateArray().Select(b => b.Number("prefetches")));
        Assert.Equal(JsonValueKind.Null, stats.GetProperty("time_to_click").GetProperty("p50").ValueKind);
        Assert.False(await app.RecountAsync(id));
        Assert.Equal(2, (await app.GetAsync($"v1/admin/broadcasts/{id}/stats")).Number("prefetches"));
    }

    [Fact]
    public async Task Stats_RevenueAndFunnel_AddUp()
    {
        var (region, ids) = await app.AudienceAsync(4);
        app.Telegram.SetChat(ids[3], ChatStatus.Blocked);
        var id = await app.BroadcastAsync(new { region });
        await app.SendAsync(id);
        await OpenAsync(ids[0]);
        await OpenAsync(ids[1]);
        await ConvertAsync(id, ids[0], 10.5m, "EUR");
        await ConvertAsync(id, ids[0], 2, "EUR");
        await ConvertAsync(id, ids[2], 7, null);
        await ConvertAsync(id, ids[2], null, null);

        var stats = await app.GetAsync($"v1/admin/broadcasts/{id}/stats");

        Assert.Equal((4, 2, 2.0), (stats.Number("conversions"), stats.Number("converters"), stats.GetProperty("conversion_rate").GetDouble()));
        Assert.Equal([("EUR", 2, 12.5m), (null, 1, 7m)], stats.GetProperty("revenue").EnumerateArray()
            .Select(r => (r.GetProperty("currency").GetString(), (int)r.Number("conversions"), r.GetProperty("value").GetDecimal())));
        Assert.Equal([("planned", 4, 1), ("sent", 3, 0.75), ("clicked", 2, 0.5), ("converted", 2, 0.5)], stats.GetProperty("funnel").EnumerateArray()
            .Select(s => (s.Text("step"), (int)s.Number("people"), s.GetProperty("share").GetDouble())));
    }

    [Fact]
    public async Task Segments_PeopleChangedSince_CountAsWhatTheyWere()
    {
        var ids = MarketingApp.NewTelegramIds(5);
        string Csv(string tier) => "telegram_user_id,first_name,region,user_tier\n"
            + string.Concat(ids.Select((id, i) => $"{id},Name,R{ids[0]},{(i < 3 ? tier : "")}\n"));
        await app.PostCsvAsync(Csv("free"));
        var id = await app.BroadcastAsync(new { region = $"R{ids[0]}" });
        await app.SendAsync(id);
        await app.PostCsvAsync(Csv("premium"));
        await OpenAsync(ids[0]);
        await JoinAsync(ids[0]);
        await OpenAsync(ids[4]);

        var segments = await app.GetAsync($"v1/admin/broadcasts/{id}/stats/segments?by=user_tier");

        Assert.Equal("user_tier", segments.Text("by"));
        Assert.Equal([("free", 3, 3, 2, 1, 0.666667, 0.333333), (null, 2, 2, 1, 1, 0.5, 0.5)], segments.GetProperty("items").EnumerateArray().Select(s => (
            s.GetProperty("value").GetString(), (int)s.Number("recipients"), (int)s.Number("sent"), (int)s.Number("clicks"),
            (int)s.Number("unique_clickers"), s.GetProperty("ctr").GetDouble(), s.GetProperty("unique_ctr").GetDouble())));
        var regions = (await app.GetAsync($"v1/admin/broadcasts/{id}/stats/segments?by=region")).GetProperty("items");
        Assert.Equal(($"R{ids[0]}", 5), (Assert.Single(regions.EnumerateArray()).Text("value"), (int)regions[0].Number("recipients")));
        Assert.Contains("language", (await app.GetAsync($"v1/admin/broadcasts/{id}/stats/segments", HttpStatusCode.BadRequest)).Error("/by"), StringComparison.Ordinal);
        await app.GetAsync($"v1/admin/broadcasts/{Guid.CreateVersion7()}/stats/segments?by=region", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Reads_LedgerAndClicksLocked_AreAnsweredAllTheSame()
    {
        var (region, ids) = await app.AudienceAsync(2);
        var id = await app.BroadcastAsync(new { region });
        await app.SendAsync(id);
        await OpenAsync(ids[0]);
        await using var db = await app.Database.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        await db.ExecuteAsync("LOCK TABLE deliveries, delivery_batches, cta_clicks, conversions, users IN ACCESS EXCLUSIVE MODE", transaction: transaction);

        foreach (var path in new[] { $"{id}/stats", $"{id}/stats/segments?by=region", $"{id}/stats/series", $"compare?a={id}&b={id}", "analytics", id, "" })
            await app.GetAsync($"v1/admin/broadcasts/{path}".TrimEnd('/')).WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Fold_KilledHalfway_LosesNothing()
    {
        var (region, ids) = await app.AudienceAsync(2);
        var id = await app.BroadcastAsync(new { region });
        await app.SendAsync(id);
        await app.FoldAsync();
        await OpenAsync(ids[0]);
        await using (var db = await app.Database.OpenConnectionAsync())
        await using (var transaction = await db.BeginTransactionAsync())
        {
            // It waits for a row that it is to add to, with what it adds deleted.
            await db.ExecuteAsync("SELECT FROM button_counters, broadcast_counters FOR UPDATE", transaction: transaction);
            await db.ExecuteAsync("SELECT FROM broadcast_counters FOR UPDATE", transaction: transaction);
            var fold = app.FoldAsync();
            const string Kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%folded AS%' AND wait_event_type = 'Lock' AND datname = current_database()";
            // Over a connection of its own: a transaction sees pg_stat_activity as it was when it first looked.
            await using var other = await app.Database.OpenConnectionAsync();
            await MarketingApp.UntilAsync(() => other.ExecuteScalarAsync<bool?>(Kill), killed => killed == true);
            await Assert.ThrowsAsync<PostgresException>(() => fold);
        }

        Assert.Equal(1, (await app.GetAsync($"v1/admin/broadcasts/{id}/stats")).Number("clicks"));
        await app.FoldAsync();
        Assert.Equal(1, (await app.GetAsync($"v1/admin/broadcasts/{id}/stats")).Number("clicks"));
        Assert.False(await app.RecountAsync(id));
    }

    private ReceivedButton Button(long telegramId, string label) => ReceivedButton.Of(app.Telegram.Messages(telegramId)[0]).Single(b => b.Text == label);

    private async Task OpenAsync(long telegramId) => (await app.OpenAsync(Button(telegramId, "Open"))).Dispose();

    private Task JoinAsync(long telegramId) => app.Telegram.PressAsync(
        telegramId, app.Telegram.Messages(telegramId)[0].MessageId, Button(telegramId, "Join").CallbackData!, default);

    private Task ConvertAsync(string broadcastId, long telegramId, decimal? value, string? currency) => app.PostAsync("v1/conversions", new
    {
        telegram_user_id = telegramId, broadcast_id = broadcastId, @event = "deposit", value, currency, idempotency_key = $"{Guid.CreateVersion7()}",
    }, HttpStatusCode.Created);
}

using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Dapper;
using Marketing.Core.Access;
using Marketing.Functions.Tests.Fixtures;

namespace Marketing.Functions.Tests.Tracking;

public sealed class ConversionTests(QuietApp app) : IClassFixture<QuietApp>
{
    private static readonly DateTimeOffset Noon = Conversions.Noon;

    [Fact]
    public async Task RecordConversion_AllFields_AnswersThemAndCountsThem()
    {
        var broadcast = await app.SentBroadcastAsync();
        await app.ClickAsync(broadcast, Noon.AddHours(-1), button: 1);
        var key = Conversions.Key();

        var row = await app.PostAsync("v1/conversions", Conversions.Of(broadcast.TelegramIds[0], key, Noon.AddSeconds(59), value: 12.34567m, currency: "EUR"), HttpStatusCode.Created);

        Assert.Equal(
            (broadcast.UserIds[0], broadcast.Id, broadcast.ButtonIds[1], "deposit", 12.3457m, "EUR", key, "2026-03-01T12:00:59Z"),
            (row.GetProperty("user_id").GetGuid(), row.GetProperty("broadcast_id").GetGuid(), row.GetProperty("cta_button_id").GetGuid(), row.Text("event"),
                row.GetProperty("value").GetDecimal(), row.Text("currency"), row.Text("idempotency_key"), row.Text("occurred_at")));
        Assert.Equal(new Delta(Noon, 1, broadcast.ButtonIds[1], "EUR", 1, 1, 12.3457m), Assert.Single(await app.DeltasAsync(broadcast)));
        await using var db = await app.Database.OpenConnectionAsync();
        Assert.Equal(Noon.AddSeconds(59), await db.QuerySingleAsync<DateTimeOffset>("SELECT converted_at FROM deliveries WHERE broadcast_id = @Id", new { broadcast.Id }));
        Assert.True(await db.QuerySingleAsync<bool>("SELECT converted FROM cta_clicks WHERE broadcast_id = @Id", new { broadcast.Id }));
    }

    [Fact]
    public async Task RecordConversion_SecondOfAPerson_IsAConversionAndNoConverter()
    {
        var broadcast = await app.SentBroadcastAsync();
        await app.ClickAsync(broadcast, Noon);
        foreach (var minute in new[] { 1, 2 })
            await app.PostAsync("v1/conversions", Conversions.Of(broadcast.TelegramIds[0], Conversions.Key(), Noon.AddMinutes(minute)), HttpStatusCode.Created);

        Assert.Equal([(1, 1), (1, 0)], (await app.DeltasAsync(broadcast)).Select(d => (d.Conversions, d.Converters)));
        var stats = await app.GetAsync($"v1/admin/broadcasts/{broadcast.Id}/stats");
        Assert.Equal(2, stats.Number("conversions"));
    }

    [Fact]
    public async Task RecordConversion_SameKeyAnotherBody_AnswersTheRowThatStands()
    {
        var broadcast = await app.SentBroadcastAsync(people: 2);
        var key = Conversions.Key();
        var first = await app.PostAsync("v1/conversions", Conversions.Of(broadcast.TelegramIds[0], key, broadcast: broadcast.Id, value: 1), HttpStatusCode.Created);

        var again = await app.PostAsync("v1/conversions", Conversions.Of(broadcast.TelegramIds[1], key, broadcast: broadcast.Id, value: 2), HttpStatusCode.OK);

        Assert.Equal(first.ToString(), again.ToString());
        Assert.Equal(1, Assert.Single(await app.DeltasAsync(broadcast)).Value);
    }

    [Theory]
    [InlineData(0, 0, true)] // at the very moment
    [InlineData(7, 0, true)] // the window's last moment
    [InlineData(7, 1, false)]
    [InlineData(0, -1, false)] // the click came after
    public async Task RecordConversion_ClickBefore_TakesItWithinTheWindow(int days, int seconds, bool isCredited)
    {
        var broadcast = await app.SentBroadcastAsync();
        await app.ClickAsync(broadcast, Noon);

        var row = await app.PostAsync("v1/conversions", Conversions.Of(broadcast.TelegramIds[0], Conversions.Key(), Noon.AddDays(days).AddSeconds(seconds)), HttpStatusCode.Created);

        Assert.Equal(
            isCredited ? (broadcast.Id, broadcast.ButtonIds[0]) : (null, (Guid?)null), (row.IdOrNull("broadcast_id"), row.IdOrNull("cta_button_id")));
        Assert.Equal(isCredited ? 1 : 0, (await app.DeltasAsync(broadcast)).Count);
    }

    [Fact]
    public async Task RecordConversion_SeveralClicks_TakesTheLastPressBeforeIt()
    {
        var broadcast = await app.SentBroadcastAsync();
        await app.ClickAsync(broadcast, first: Noon, last: Noon.AddHours(5), button: 0);
        await app.ClickAsync(broadcast, first: Noon.AddHours(1), button: 1);
        async Task<Guid?> ButtonAtAsync(double hours) => (await app.PostAsync(
            "v1/conversions", Conversions.Of(broadcast.TelegramIds[0], Conversions.Key(), Noon.AddHours(hours)), HttpStatusCode.Created)).IdOrNull("cta_button_id");

        Assert.Equal(broadcast.ButtonIds[0], await ButtonAtAsync(0.5));
        Assert.Equal(broadcast.ButtonIds[1], await ButtonAtAsync(2)); // the first press of the other button is older
        Assert.Equal(broadcast.ButtonIds[0], await ButtonAtAsync(6)); // its last one newer
    }

    [Fact]
    public async Task RecordConversion_NamedBroadcast_TakesItsClickHoweverOldOrNone()
    {
        var (named, other) = (await app.SentBroadcastAsync(), await app.SentBroadcastAsync());
        var sameUser = named with { Id = other.Id, ButtonIds = other.ButtonIds };
        await app.ClickAsync(named, Noon.AddDays(-30));
        await app.ClickAsync(sameUser, Noon.AddMinutes(-1));

        var credited = await app.PostAsync("v1/conversions", Conversions.Of(named.TelegramIds[0], Conversions.Key(), Noon, named.Id), HttpStatusCode.Created);
        var unclicked = await app.PostAsync("v1/conversions", Conversions.Of(named.TelegramIds[0], Conversions.Key(), Noon.AddDays(-31), named.Id), HttpStatusCode.Created);
        var outsider = await app.PostAsync("v1/conversions", Conversions.Of(other.TelegramIds[0], Conversions.Key(), Noon, named.Id), HttpStatusCode.Created);

        Assert.Equal((named.Id, named.ButtonIds[0]), (credited.IdOrNull("broadcast_id"), credited.IdOrNull("cta_button_id")));
        Assert.Equal((named.Id, null), (unclicked.IdOrNull("broadcast_id"), unclicked.IdOrNull("cta_button_id")));
        Assert.Equal((named.Id, null), (outsider.IdOrNull("broadcast_id"), outsider.IdOrNull("cta_button_id")));
        Assert.Equal(
            [(Noon.AddDays(-31), 1, null, 0), (Noon, 0, null, 0), (Noon, 1, named.ButtonIds[0], 1)],
            (await app.DeltasAsync(named)).Select(d => (d.Minute, d.SegmentId, d.CtaButtonId, d.Converters)));
    }

    [Fact]
    public async Task RecordConversion_WithoutValueOrTime_IsOfNowAndAddsNoRevenue()
    {
        var broadcast = await app.SentBroadcastAsync();
        var before = TimeProvider.System.GetUtcNow().AddMinutes(-1);

        var row = await app.PostAsync("v1/conversions", Conversions.Of(broadcast.TelegramIds[0], Conversions.Key(), broadcast: broadcast.Id, currency: "EUR"), HttpStatusCode.Created);

        Assert.Equal(row.Text("created_at"), row.Text("occurred_at"));
        Assert.True(row.GetProperty("occurred_at").GetDateTimeOffset() > before);
        var delta = Assert.Single(await app.DeltasAsync(broadcast));
        Assert.Equal((null, null, 1), (delta.Value, delta.Currency, delta.Conversions));
    }

    [Fact]
    public async Task RecordConversion_ClockAhead_IsTakenUpToFiveMinutes()
    {
        var (_, ids) = await app.AudienceAsync(1);
        var now = TimeProvider.System.GetUtcNow();

        await app.PostAsync("v1/conversions", Conversions.Of(ids[0], Conversions.Key(), now.AddMinutes(4)), HttpStatusCode.Created);
        var refused = await app.PostAsync("v1/conversions", Conversions.Of(ids[0], Conversions.Key(), now.AddMinutes(10)), HttpStatusCode.BadRequest);
        var nonsense = await app.PostAsync("v1/conversions", Conversions.Of(ids[0], Conversions.Key(), DateTimeOffset.MinValue), HttpStatusCode.BadRequest);

        Assert.Contains("more than 5 minutes in the future", refused.Error("/occurred_at"), StringComparison.Ordinal);
        Assert.Contains("before 1970", nonsense.Error("/occurred_at"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RecordConversion_NobodyAndNothing_SaysBoth()
    {
        var missing = Guid.CreateVersion7();
        var key = Conversions.Key();

        var refused = await app.PostAsync(
            "v1/conversions", new { user_id = missing, broadcast_id = missing, @event = "deposit", idempotency_key = key }, HttpStatusCode.BadRequest);

        Assert.Equal("nobody in the audience has this id", refused.Error("/user_id"));
        Assert.Equal($"there is no broadcast {missing} that was sent to anybody", refused.Error("/broadcast_id"));
    }

    [Fact]
    public async Task RecordConversion_OfADraft_IsRefusedUntilItWasSent()
    {
        var (region, ids) = await app.AudienceAsync(1);
        var broadcast = await app.BroadcastAsync(new { region });
        var conversion = Conversions.Of(ids[0], Conversions.Key(), broadcast: Guid.Parse(broadcast));

        var refused = await app.PostAsync("v1/conversions", conversion, HttpStatusCode.BadRequest);
        await app.SendAsync(broadcast);
        await app.PostAsync("v1/conversions", conversion, HttpStatusCode.Created);

        Assert.Contains(broadcast, refused.Error("/broadcast_id"), StringComparison.Ordinal);
        Assert.Equal(1, (await app.GetAsync($"v1/admin/broadcasts/{broadcast}/stats")).Number("converters"));
    }

    [Fact]
    public async Task ListConversions_Filters_GiveTheirPagesNewestFirst()
    {
        var broadcast = await app.SentBroadcastAsync();
        var (key, telegramId) = (Conversions.Key(), broadcast.TelegramIds[0]);
        foreach (var i in Enumerable.Range(0, 3))
            await app.PostAsync("v1/conversions", Conversions.Of(telegramId, $"{key} {i}", broadcast: broadcast.Id), HttpStatusCode.Created);
        await app.PostAsync("v1/conversions", new { telegram_user_id = telegramId, @event = key, occurred_at = Noon, idempotency_key = key }, HttpStatusCode.Created);
        async Task<JsonElement> ListAsync(string query) => await app.GetAsync($"v1/admin/conversions?{query}");
        static IEnumerable<string> Keys(JsonElement page) => page.GetProperty("items").EnumerateArray().Select(c => c.Text("idempotency_key"));

        var first = await ListAsync($"broadcast_id={broadcast.Id}&attributed=true&event=deposit&limit=2");
        var second = await ListAsync($"broadcast_id={broadcast.Id}&limit=2&cursor={first.Text("next_cursor")}");

        Assert.Equal([$"{key} 2", $"{key} 1"], Keys(first));
        Assert.Equal([$"{key} 0"], Keys(second));
        Assert.Equal(JsonValueKind.Null, second.GetProperty("next_cursor").ValueKind);
        Assert.Equal([key], Keys(await ListAsync($"attributed=false&event={key}")));
        Assert.Empty(Keys(await ListAsync($"attributed=true&event={key}")));
        Assert.Equal(key, Keys(await ListAsync("")).First());
        foreach (var (bad, pointer) in new[] { ("attributed=1", "/attributed"), ("broadcast_id=x", "/broadcast_id"), ("cursor=x", "/cursor"), ("user=x", "/user") })
            Assert.NotEmpty((await app.GetAsync($"v1/admin/conversions?{bad}", HttpStatusCode.BadRequest)).Error(pointer));
    }

    [Theory]
    [InlineData(Role.Converter, HttpStatusCode.OK)]
    [InlineData(Role.Viewer, HttpStatusCode.Forbidden)]
    [InlineData(Role.Editor, HttpStatusCode.OK)]
    public async Task RecordingOperations_Role_AreRefusedToWhoeverMayNotRecord(Role role, HttpStatusCode expected)
    {
        var (_, ids) = await app.AudienceAsync(1);
        using var client = await app.AsAsync(role);
        using var file = new StringContent($"telegram_user_id,event,idempotency_key\n{ids[0]},deposit,{Conversions.Key()}\n", null, "text/csv");

        var single = await client.PostAsJsonAsync("v1/conversions", Conversions.Of(ids[0], Conversions.Key()));
        var batch = await client.PostAsJsonAsync("v1/conversions/batch", new { conversions = new[] { Conversions.Of(ids[0], Conversions.Key()) } });
        var import = await client.PostAsync(new Uri("v1/conversions/import", UriKind.Relative), file);

        await MarketingApp.ReadAsync(single, expected == HttpStatusCode.OK ? HttpStatusCode.Created : expected);
        await MarketingApp.ReadAsync(batch, expected);
        await MarketingApp.ReadAsync(import, expected);
    }
}

using System.Net;
using Dapper;
using Marketing.Functions.Tests.Fixtures;
using Marketing.Local.Telegram;

namespace Marketing.Functions.Tests.Tracking;

public sealed class ClickTests(MarketingApp app) : IClassFixture<MarketingApp>
{
    [Fact]
    public async Task FollowLink_Get_RecordsTheClickWithAllMetadataAndRedirects()
    {
        var (id, telegramId, link, _) = await SentAsync();
        var before = TimeProvider.System.GetUtcNow();

        using var response = await app.OpenAsync(link, r => r.Headers.Add("X-Forwarded-For", "10.1.1.1, 203.0.113.9:4711"));

        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.Equal("https://example.com/prizes?a=1&b=2", response.Headers.Location!.OriginalString);
        var click = Assert.Single(await ClicksAsync(id));
        Assert.Equal((telegramId, "Open", "Mozilla/5.0 (test)", "203.0.113.9", 1, false),
            (click.TelegramUserId, click.Label, click.UserAgent, click.Ip, click.Presses, click.Converted));
        Assert.InRange(click.ClickedAt, before.AddSeconds(-5), before.AddSeconds(60));
    }

    [Theory]
    [InlineData("https://пример.рф/путь?q=ü#ä", "https://xn--e1afmkfd.xn--p1ai/%D0%BF%D1%83%D1%82%D1%8C?q=%C3%BC#%C3%A4")]
    [InlineData("http://example.com:8080", "http://example.com:8080/")]
    [InlineData("https://example.com/a%20b?x=%26&y={z}", "https://example.com/a%20b?x=%26&y=%7Bz%7D")]
    public async Task FollowLink_AddressWithOtherLetters_RedirectsInAscii(string url, string location)
    {
        var (region, ids) = await app.AudienceAsync(1);
        var template = await app.TemplateAsync(buttons: [new { label = "Open", action = "open", url }]);
        await app.SendAsync(await app.BroadcastAsync(new { region }, template.Id()));

        using var response = await app.OpenAsync(Button(ids[0], "Open"));

        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.Equal(location, response.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task FollowLink_Twice_KeepsOneClickAndCountsBothPresses()
    {
        var (id, _, link, _) = await SentAsync();

        (await app.OpenAsync(link)).Dispose();
        (await app.OpenAsync(link, r => r.Headers.UserAgent.ParseAdd("Second/1.0"))).Dispose();

        var click = Assert.Single(await ClicksAsync(id));
        Assert.Equal((2, "Mozilla/5.0 (test)"), (click.Presses, click.UserAgent)); // the first press's
        var stats = await app.GetAsync($"v1/admin/broadcasts/{id}/stats");
        Assert.Equal((1, 2, 1), (stats.Number("clicks"), stats.Number("total_clicks"), stats.Number("unique_clickers")));
    }

    [Theory]
    [InlineData("HEAD", "Mozilla/5.0", null, null)]
    [InlineData("GET", "TelegramBot (like TwitterBot)", null, null)]
    [InlineData("GET", "Mozilla/5.0", "Sec-Purpose", "prefetch;prerender")]
    [InlineData("GET", "Mozilla/5.0", "Purpose", "prefetch")]
    [InlineData("GET", "Mozilla/5.0", "X-Purpose", "preview")]
    [InlineData("GET", "Mozilla/5.0", "X-Moz", "prefetch")]
    public async Task FollowLink_NotAPerson_RedirectsWithoutAClick(string method, string userAgent, string? header, string? purpose)
    {
        var (id, _, link, _) = await SentAsync();

        using var response = await app.OpenAsync(link, r =>
        {
            r.Method = new HttpMethod(method);
            r.Headers.Remove("User-Agent");
            r.Headers.Add("User-Agent", userAgent);
            if (header is not null)
                r.Headers.Add(header, purpose);
        });

        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.Empty(await ClicksAsync(id));
    }

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData("data:text/html,x")]
    [InlineData("ftp://example.com/")]
    [InlineData("//example.com/")]
    [InlineData("/relative")]
    [InlineData("https://")]
    public async Task FollowLink_AddressThatIsNoneOfTheWeb_LeadsNowhere(string url)
    {
        var (id, _, link, _) = await SentAsync();
        await using var db = await app.Database.OpenConnectionAsync();
        Assert.Equal(1, await db.ExecuteAsync(
            "UPDATE broadcasts SET cta_buttons = jsonb_set(cta_buttons, '{0,url}', to_jsonb(@url)) WHERE id = @id", new { url, id = Guid.Parse(id) }));

        using var response = await app.OpenAsync(link);

        Assert.Equal((HttpStatusCode.NotFound, null), (response.StatusCode, response.Headers.Location));
    }

    [Fact]
    public async Task FollowLink_ForgedToken_Is404AndRecordsNothing()
    {
        var (id, _, link, _) = await SentAsync();
        var token = link.Url!.Split('/')[^1];
        var forged = (token[0] == 'A' ? 'B' : 'A') + token[1..];

        foreach (var bad in new[] { forged, token[..^1], token + "A", "x", new string('A', 5000) })
        {
            using var response = await app.Api.GetAsync(new Uri($"c/{bad}", UriKind.Relative));
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        }

        using var browser = new HttpRequestMessage(HttpMethod.Get, $"c/{forged}");
        browser.Headers.Add("Accept", "text/html,application/xhtml+xml");
        using var page = await app.Api.SendAsync(browser);
        Assert.Equal((HttpStatusCode.NotFound, "text/html"), (page.StatusCode, page.Content.Headers.ContentType!.MediaType));
        Assert.Empty(await ClicksAsync(id));
    }

    [Fact]
    public async Task PressButton_Callback_IsRecordedOnceAnsweredAndFollowedByTheAnswer()
    {
        var (id, telegramId, _, join) = await SentAsync();
        var message = app.Telegram.Messages(telegramId)[0];

        var press = await app.Telegram.PressAsync(telegramId, message.MessageId, join.CallbackData!, default);
        var again = await app.Telegram.PressAsync(telegramId, message.MessageId, join.CallbackData!, default);

        Assert.Equal((200, 200), (press.WebhookStatus, again.WebhookStatus));
        Assert.NotNull(press.Answer);
        var followUp = app.Telegram.Messages(telegramId)[1];
        Assert.Equal("You are in <3", followUp.Text);
        var click = Assert.Single(await ClicksAsync(id));
        Assert.Equal(("Join", 2), (click.Label, click.Presses));
    }

    [Fact]
    public async Task Stats_AfterClicks_AreRight()
    {
        var (region, ids) = await app.AudienceAsync(4);
        var id = await app.BroadcastAsync(new { region });
        await app.SendAsync(id);
        foreach (var telegramId in ids[..2])
            (await app.OpenAsync(Button(telegramId, "Open"))).Dispose();
        var message = app.TheMessage(ids[0]).Message;
        await app.Telegram.PressAsync(ids[0], message.MessageId, Button(ids[0], "Join").CallbackData!, default);
        await app.PostAsync("v1/conversions", new { telegram_user_id = ids[0], broadcast_id = id, @event = "deposit", value = 12.5, currency = "EUR", idempotency_key = id }, HttpStatusCode.Created);

        var stats = await app.GetAsync($"v1/admin/broadcasts/{id}/stats");

        Assert.Equal((4, 4, 0), (stats.Number("total_recipients"), stats.Number("sent"), stats.Number("pending")));
        Assert.Equal((3, 3, 2, 1), (stats.Number("clicks"), stats.Number("total_clicks"), stats.Number("unique_clickers"), stats.Number("conversions")));
        Assert.Equal(0.75, stats.GetProperty("ctr").GetDouble());
        Assert.Equal(0.5, stats.GetProperty("unique_ctr").GetDouble());
        Assert.Equal(0.333333, stats.GetProperty("conversion_rate").GetDouble());
        var buttons = stats.GetProperty("buttons");
        Assert.Equal(("Open", 2), (buttons[0].Text("label"), buttons[0].Number("clicks")));
        Assert.Equal(("Join", 1, 1), (buttons[1].Text("label"), buttons[1].Number("clicks"), buttons[1].Number("conversions")));
    }

    [Fact]
    public async Task RecordConversion_AfterAClick_MarksTheClickOnceAndForAll()
    {
        var (id, telegramId, link, _) = await SentAsync();
        (await app.OpenAsync(link)).Dispose();
        var body = new { telegram_user_id = telegramId, @event = "deposit", value = 100, currency = "EUR", idempotency_key = $"k-{telegramId}" };

        var first = await app.PostAsync("v1/conversions", body, HttpStatusCode.Created);
        var again = await app.PostAsync("v1/conversions", body, HttpStatusCode.OK);

        Assert.Equal((id, first.Id()), (first.Text("broadcast_id"), again.Id())); // attributed to the last click's broadcast
        Assert.True(Assert.Single(await ClicksAsync(id)).Converted);
        Assert.Equal(1, (await app.GetAsync($"v1/admin/broadcasts/{id}/stats")).Number("conversions"));
    }

    [Fact]
    public async Task RecordConversion_NoClick_IsKeptUnattributed()
    {
        var (_, ids) = await app.AudienceAsync(1);

        var row = await app.PostAsync("v1/conversions", new { telegram_user_id = ids[0], @event = "deposit", idempotency_key = $"u-{ids[0]}" }, HttpStatusCode.Created);

        Assert.Equal(System.Text.Json.JsonValueKind.Null, row.GetProperty("broadcast_id").ValueKind);
    }

    [Theory]
    [InlineData("""{"telegram_user_id":1,"idempotency_key":"a"}""", "/event")]
    [InlineData("""{"event":"e","idempotency_key":"a"}""", "")]
    [InlineData("""{"telegram_user_id":1,"event":"e","idempotency_key":"a"}""", "/telegram_user_id")]
    [InlineData("""{"telegram_user_id":1,"event":"e","idempotency_key":"a","value":-1}""", "/value")]
    [InlineData("""{"telegram_user_id":1,"event":"e","idempotency_key":"a","currency":"euro"}""", "/currency")]
    public async Task RecordConversion_BadInput_SaysWhere(string body, string pointer) =>
        Assert.NotEmpty((await app.PostRawAsync("v1/conversions", body, HttpStatusCode.BadRequest)).Error(pointer));

    private async Task<(string BroadcastId, long TelegramId, ReceivedButton Link, ReceivedButton Join)> SentAsync()
    {
        var (region, ids) = await app.AudienceAsync(1);
        var id = await app.BroadcastAsync(new { region });
        await app.SendAsync(id);
        return (id, ids[0], Button(ids[0], "Open"), Button(ids[0], "Join"));
    }

    private ReceivedButton Button(long telegramId, string label) => app.TheMessage(telegramId).Buttons.Single(b => b.Text == label);

    private async Task<IReadOnlyList<Click>> ClicksAsync(string broadcastId)
    {
        await using var db = await app.Database.OpenConnectionAsync();
        return (await db.QueryAsync<Click>("""
            SELECT u.telegram_user_id, b.button ->> 'label' AS label, c.user_agent, host(c.ip_address) AS ip, c.presses, c.converted, c.clicked_at
            FROM cta_clicks c JOIN users u ON u.id = c.user_id
            JOIN (SELECT id, jsonb_array_elements(cta_buttons) AS button FROM broadcasts) b
                ON b.id = c.broadcast_id AND (b.button ->> 'id')::uuid = c.cta_button_id
            WHERE c.broadcast_id = @id
            """, new { id = Guid.Parse(broadcastId) })).AsList();
    }

    private sealed record Click(long TelegramUserId, string Label, string? UserAgent, string? Ip, int Presses, bool Converted, DateTimeOffset ClickedAt);
}

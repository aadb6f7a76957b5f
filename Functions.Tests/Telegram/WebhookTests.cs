using System.Net;
using System.Net.Http.Json;
using Dapper;
using Marketing.Core.Cta;
using Marketing.Functions.Tests.Fixtures;

namespace Marketing.Functions.Tests.Telegram;

public sealed class WebhookTests(MarketingApp app) : IClassFixture<MarketingApp>
{
    private static int nextUpdateId = 900_000;

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("webhook-secret-of-the-testS")]
    public async Task TelegramWebhook_NoGoodSecret_IsRefusedAndNothingIsStored(string? secret)
    {
        var update = Interlocked.Increment(ref nextUpdateId);

        using var response = await PostAsync(Press(update, 1, "x"), secret);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Null(await StoredAsync(update));
    }

    [Fact]
    public async Task PressButton_UnknownBroadcast_IsAnsweredWithoutHarm()
    {
        var (_, ids) = await app.AudienceAsync(1);
        foreach (var data in new[] { new CallbackData(Guid.CreateVersion7(), Guid.CreateVersion7()).ToString(), "hello", "a:b", new string(':', 45), "'; DROP TABLE users; --" })
        {
            var update = Interlocked.Increment(ref nextUpdateId);

            using var response = await PostAsync(Press(update, ids[0], data), MarketingApp.WebhookSecret);

            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Null((await StoredAsync(update))!.Error);
        }

        await using var db = await app.Database.OpenConnectionAsync();
        Assert.Equal(0, await db.ExecuteScalarAsync<long>("SELECT count(*) FROM cta_clicks c JOIN users u ON u.id = c.user_id WHERE u.telegram_user_id = @id", new { id = ids[0] }));
        Assert.Empty(app.Telegram.Messages(ids[0]));
    }

    [Fact]
    public async Task PressButton_OfSomebodyElsesBroadcast_RecordsNothing()
    {
        var (region, ids) = await app.AudienceAsync(1);
        var (_, strangers) = await app.AudienceAsync(1);
        var id = await app.BroadcastAsync(new { region });
        await app.SendAsync(id);
        var data = app.TheMessage(ids[0]).Buttons.Single(b => b.CallbackData is not null).CallbackData!;

        using var response = await PostAsync(Press(Interlocked.Increment(ref nextUpdateId), strangers[0], data), MarketingApp.WebhookSecret);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(0, (await app.GetAsync($"v1/admin/broadcasts/{id}/stats")).Number("clicks"));
    }

    [Fact]
    public async Task TelegramWebhook_SameUpdateTwice_IsHandledOnce()
    {
        var (region, ids) = await app.AudienceAsync(1);
        var id = await app.BroadcastAsync(new { region });
        await app.SendAsync(id);
        var data = app.TheMessage(ids[0]).Buttons.Single(b => b.CallbackData is not null).CallbackData!;
        var update = Press(Interlocked.Increment(ref nextUpdateId), ids[0], data);

        using var first = await PostAsync(update, MarketingApp.WebhookSecret);
        using var second = await PostAsync(update, MarketingApp.WebhookSecret);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (first.StatusCode, second.StatusCode));
        Assert.Equal(1, (await app.GetAsync($"v1/admin/broadcasts/{id}/stats")).Number("total_clicks"));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"update_id":"x"}""")]
    public async Task TelegramWebhook_NotAnUpdate_Is400(string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "telegram/webhook") { Content = new StringContent(body) };
        request.Headers.Add("X-Telegram-Bot-Api-Secret-Token", MarketingApp.WebhookSecret);

        await MarketingApp.ReadAsync(await app.Api.SendAsync(request), HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task TelegramWebhook_KindThatIsNotUsed_IsTakenAndLeft()
    {
        var update = Interlocked.Increment(ref nextUpdateId);

        using var response = await PostAsync(new { update_id = update, poll_answer = new { poll_id = "1", option_ids = Array.Empty<int>() } }, MarketingApp.WebhookSecret);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.NotNull((await StoredAsync(update))!.HandledAt);
    }

    [Fact]
    public async Task TelegramWebhook_HandlerFails_KeepsTheErrorAndAnswers200()
    {
        var (region, ids) = await app.AudienceAsync(1);
        await app.SendAsync(await app.BroadcastAsync(new { region }));
        var data = app.TheMessage(ids[0]).Buttons.Single(b => b.CallbackData is not null).CallbackData!;
        app.Telegram.SetChat(ids[0], Marketing.Local.Telegram.ChatStatus.Blocked); // the follow-up cannot be sent
        var update = Interlocked.Increment(ref nextUpdateId);

        using var response = await PostAsync(Press(update, ids[0], data), MarketingApp.WebhookSecret);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("blocked", (await StoredAsync(update))!.Error, StringComparison.Ordinal);
    }

    private static object Press(int updateId, long telegramId, string data) => new
    {
        update_id = updateId,
        callback_query = new { id = $"{updateId}", from = new { id = telegramId, is_bot = false, first_name = "X" }, chat_instance = "1", data },
    };

    private async Task<HttpResponseMessage> PostAsync(object update, string? secret)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "telegram/webhook") { Content = JsonContent.Create(update) };
        if (secret is not null)
            request.Headers.Add("X-Telegram-Bot-Api-Secret-Token", secret);
        return await app.Api.SendAsync(request);
    }

    private async Task<Stored?> StoredAsync(int updateId)
    {
        await using var db = await app.Database.OpenConnectionAsync();
        return await db.QuerySingleOrDefaultAsync<Stored>("SELECT handled_at, error FROM telegram_updates WHERE update_id = @updateId", new { updateId });
    }

    private sealed record Stored(DateTimeOffset? HandledAt, string? Error);
}

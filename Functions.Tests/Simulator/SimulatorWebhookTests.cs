using System.Text;
using System.Text.Json;
using Telegram.Bot;
using Telegram.Bot.Exceptions;
using Telegram.Bot.Types;
using Telegram.Bot.Types.Enums;
using Telegram.Bot.Types.ReplyMarkups;

namespace Marketing.Functions.Tests.Simulator;

public sealed class SimulatorWebhookTests : IAsyncLifetime
{
    private SimulatedTelegram telegram = null!;

    public async Task InitializeAsync()
    {
        telegram = await SimulatedTelegram.StartAsync();
        await telegram.Bot.SetWebhook(telegram.WebhookUrl, secretToken: "s3cret", maxConnections: 5,
            allowedUpdates: [UpdateType.Message, UpdateType.CallbackQuery, UpdateType.MyChatMember]);
    }

    public async Task DisposeAsync() => await telegram.DisposeAsync();

    [Fact]
    public async Task Say_Command_ReachesTheWebhookWithItsSecret()
    {
        var said = await telegram.PostAsync("/sim/say", new { chat_id = 7, text = "/start ref", first_name = "Ada", language_code = "en" });

        Assert.Equal(200, said.GetProperty("webhook_status").GetInt32());
        var (json, secret) = Assert.Single(telegram.Updates);
        var update = json.Deserialize<Update>(JsonBotAPI.Options)!;
        Assert.Equal("s3cret", secret);
        Assert.Equal((UpdateType.Message, "/start ref", "Ada", "en"), (update.Type, update.Message!.Text, update.Message.From!.FirstName, update.Message.From.LanguageCode));
        Assert.Equal((MessageEntityType.BotCommand, 0, 6), (update.Message.Entities![0].Type, update.Message.Entities[0].Offset, update.Message.Entities[0].Length));
        Assert.Equal(0, telegram.Simulator.MessageCount);
    }

    [Fact]
    public async Task Update_WebhookFails_IsPostedAgainInOrderUntilItIsTaken()
    {
        telegram.WebhookStatuses.Enqueue(500);
        telegram.WebhookStatuses.Enqueue(503);
        var taken = new TaskCompletionSource();
        telegram.OnUpdate = update =>
        {
            if (update.GetProperty("message").GetProperty("text").GetString() == "two")
                taken.SetResult();
            return Task.CompletedTask;
        };

        var first = await telegram.Simulator.SayAsync(7, "one", CancellationToken.None);
        await telegram.Simulator.SayAsync(7, "two", CancellationToken.None);
        await taken.Task.WaitAsync(TimeSpan.FromSeconds(10));

        Assert.Equal(500, first.WebhookStatus);
        Assert.Equal(["one", "one", "one", "two"], telegram.Updates.Select(u => u.Update.GetProperty("message").GetProperty("text").GetString()));
        Assert.Equal(first.UpdateId + 1, telegram.Updates.Last().Update.GetProperty("update_id").GetInt32());
        Assert.Equal("Wrong response from the webhook: 503 Service Unavailable", (await telegram.Bot.GetWebhookInfo()).LastErrorMessage);
    }

    [Fact]
    public async Task Update_NoWebhook_WaitsForOneOrIsDropped()
    {
        await telegram.Bot.DeleteWebhook();
        await telegram.PostAsync("/sim/say", new { chat_id = 7, text = "waiting", wait_ms = 1 });

        Assert.Equal(("", 1), await InfoAsync());
        await telegram.Bot.SetWebhook(telegram.WebhookUrl, dropPendingUpdates: true);
        Assert.Equal((telegram.WebhookUrl, 0), await InfoAsync());
        Assert.Empty(telegram.Updates);

        async Task<(string, int)> InfoAsync() => await telegram.Bot.GetWebhookInfo() is var info ? (info.Url, info.PendingUpdateCount) : default;
    }

    [Fact]
    public async Task Press_Callback_ReturnsTheBotsAnswer()
    {
        telegram.OnUpdate = update => telegram.Bot.AnswerCallbackQuery(
            update.GetProperty("callback_query").GetProperty("id").GetString()!, "Thanks!", showAlert: true);
        var sent = await telegram.Bot.SendMessage(7, "Deal?", replyMarkup: new InlineKeyboardMarkup(
            [[InlineKeyboardButton.WithUrl("Shop", "https://shop.example")], [InlineKeyboardButton.WithCallbackData("Yes", "yes")]]));

        var pressed = await telegram.PostAsync("/sim/press", new { chat_id = 7, message_id = sent.Id, row = 1, col = 0 });
        var opened = await telegram.PostAsync("/sim/press", new { chat_id = 7, message_id = sent.Id, row = 0, col = 0 });
        var missing = await telegram.PostAsync("/sim/press", new { chat_id = 7, message_id = sent.Id, button = "no" });

        Assert.Equal("Thanks!", pressed.GetProperty("answer").GetProperty("text").GetString());
        Assert.True(pressed.GetProperty("answer").GetProperty("show_alert").GetBoolean());
        Assert.Equal(200, pressed.GetProperty("webhook_status").GetInt32());
        Assert.Equal("https://shop.example", opened.GetProperty("opened_url").GetString());
        Assert.Contains("no such button", missing.GetProperty("error").GetString(), StringComparison.Ordinal);
        var query = Assert.Single(telegram.Updates).Update.Deserialize<Update>(JsonBotAPI.Options)!.CallbackQuery!;
        Assert.Equal(("yes", sent.Id, 7L), (query.Data, query.Message!.Id, query.From.Id));
    }

    [Fact]
    public async Task AnswerCallbackQuery_UnknownQuery_IsTooOld()
    {
        var refusal = await Assert.ThrowsAsync<ApiRequestException>(() => telegram.Bot.AnswerCallbackQuery("1"));

        Assert.Equal("Bad Request: query is too old and response timeout expired or query ID is invalid", refusal.Message);
    }

    [Fact]
    public async Task Chats_BlockedWithNotify_PostsMyChatMemberAndSayingUnblocks()
    {
        await telegram.PostAsync("/sim/chats/7", new { state = "blocked", notify = true });
        await telegram.PostAsync("/sim/say", new { chat_id = 7, text = "/start" });

        var updates = telegram.Updates.Select(u => u.Update.Deserialize<Update>(JsonBotAPI.Options)!).ToArray();
        Assert.Equal([UpdateType.MyChatMember, UpdateType.MyChatMember, UpdateType.Message], updates.Select(u => u.Type));
        Assert.Equal([ChatMemberStatus.Kicked, ChatMemberStatus.Member], updates[..2].Select(u => u.MyChatMember!.NewChatMember.Status));
        await telegram.Bot.SendMessage(7, "welcome back");
    }

    [Fact]
    public async Task Updates_RawBody_IsPostedAsGiven()
    {
        using var body = new StringContent("""{"update_id": 5,  "new_kind": {}}""", Encoding.UTF8);

        using var response = await telegram.SendAsync(HttpMethod.Post, "/sim/updates", body);

        Assert.Equal("""{"update_id":5,"message_id":null,"webhook_status":200}""", await response.Content.ReadAsStringAsync());
        Assert.Equal("""{"update_id": 5,  "new_kind": {}}""", Assert.Single(telegram.Updates).Update.GetRawText());
    }
}

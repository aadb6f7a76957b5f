using System.Net;
using Dapper;
using Marketing.Functions.Tests.Fixtures;
using Marketing.Local.Telegram;

namespace Marketing.Functions.Tests.Telegram;

public sealed class UnsubscribeTests(MarketingApp app) : IClassFixture<MarketingApp>
{
    [Fact]
    public async Task PressUnsubscribe_YesStop_OptsOutAndIsNoClick()
    {
        var (broadcast, id, question) = await AskedAsync();

        await PressAsync(id, question, "Yes, stop");

        Assert.True((await app.PersonAsync(id))!.IsOut);
        var confirmation = app.Telegram.Messages(id)[1];
        Assert.StartsWith("Done: no more messages", confirmation.Text, StringComparison.Ordinal);
        Assert.Equal("Undo", Assert.Single(ReceivedButton.Of(confirmation)).Text);
        var stats = await app.GetAsync($"v1/admin/broadcasts/{broadcast}/stats");
        Assert.Equal((0, 0, 0), (stats.Number("clicks"), stats.Number("total_clicks"), stats.Number("unique_clickers")));
        Assert.Equal((0, 0), (stats.GetProperty("ctr").GetDouble(), stats.GetProperty("unique_ctr").GetDouble()));
        Assert.Equal(("Leave", 0), (stats.GetProperty("buttons")[1].Text("label"), stats.GetProperty("buttons")[1].Number("clicks")));
    }

    [Fact]
    public async Task PressUnsubscribe_Keep_ChangesNothing()
    {
        var (_, id, question) = await AskedAsync();

        await using var db = await app.Database.OpenConnectionAsync();
        await db.ExecuteAsync("UPDATE users SET last_seen_at = NULL WHERE telegram_user_id = @id", new { id });

        await PressAsync(id, question, "Keep");

        var person = await app.PersonAsync(id);
        Assert.False(person!.IsOut);
        Assert.NotNull(person.LastSeenAt);
        var answer = app.Telegram.Messages(id)[1];
        Assert.Equal("Fine, nothing changes.", answer.Text);
        Assert.Empty(ReceivedButton.Of(answer));
    }

    [Fact]
    public async Task PressYesStop_QuestionWasDeleted_ConfirmsInANewMessage()
    {
        var (_, id, question) = await AskedAsync();
        var yes = ReceivedButton.Of(question)[0].CallbackData;
        var gone = new { message_id = 999_999, date = 0, chat = TelegramUpdates.Private(id) };

        await app.HandleAsync(TelegramUpdates.Press(TelegramUpdates.NextId(), id, yes, gone));

        Assert.True((await app.PersonAsync(id))!.IsOut);
        Assert.StartsWith("Done: no more messages", app.Texts(id)[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task PressYesStop_Twice_SaysItOnce()
    {
        var (_, id, question) = await AskedAsync();
        var yes = ReceivedButton.Of(question)[0].CallbackData;
        var message = new { message_id = question.MessageId, date = 1, chat = TelegramUpdates.Private(id) };

        await app.HandleAsync(TelegramUpdates.Press(TelegramUpdates.NextId(), id, yes, message));
        await app.HandleAsync(TelegramUpdates.Press(TelegramUpdates.NextId(), id, yes, message));

        Assert.True((await app.PersonAsync(id))!.IsOut);
        Assert.Equal(2, app.Telegram.Messages(id).Count);
    }

    [Fact]
    public async Task Broadcast_AfterUnsubscribing_DoesNotReachThem()
    {
        var (_, id, question) = await AskedAsync();
        await PressAsync(id, question, "Yes, stop");

        var problem = await app.PostAsync(
            $"v1/admin/broadcasts/{await app.BroadcastAsync(new { region = $"R{id}" })}/send", new { }, HttpStatusCode.UnprocessableEntity);

        Assert.NotEmpty(problem.Text("detail"));
    }

    [Theory]
    [InlineData("""{"label":"Leave","action":"unsubscribe","url":"https://example.com"}""", "/cta_buttons/0/url")]
    [InlineData("""{"label":"Leave","action":"unsubscribe","answer":"Bye"}""", "/cta_buttons/0/answer")]
    public async Task CreateTemplate_UnsubscribeWithMore_SaysWhere(string button, string pointer)
    {
        var problem = await app.PostRawAsync(
            "v1/admin/templates", $$"""{"name":"T","content":"Hi","cta_buttons":[{{button}}]}""", HttpStatusCode.BadRequest);

        Assert.NotEmpty(problem.Error(pointer));
    }

    // Somebody got a broadcast and pressed its unsubscribe button.
    private async Task<(string Broadcast, long Id, ReceivedMessage Question)> AskedAsync()
    {
        var (region, ids) = await app.AudienceAsync(1);
        var template = await app.TemplateAsync(buttons:
            [new { label = "Open", action = "open", url = "https://example.com" }, new { label = "Leave", action = "unsubscribe" }]);
        var broadcast = await app.BroadcastAsync(new { region }, template.Id());
        await app.SendAsync(broadcast);
        await PressAsync(ids[0], app.TheMessage(ids[0]).Message, "Leave");
        var question = app.Telegram.Messages(ids[0])[1];
        Assert.Equal("Stop all messages?", question.Text);
        Assert.Equal(["Yes, stop", "Keep"], ReceivedButton.Of(question).Select(b => b.Text));
        Assert.False((await app.PersonAsync(ids[0]))!.IsOut);
        return (broadcast, ids[0], question);
    }

    private async Task PressAsync(long id, ReceivedMessage message, string label)
    {
        var press = await app.Telegram.PressAsync(id, message.MessageId, ReceivedButton.Of(message).Single(b => b.Text == label).CallbackData!, default);
        Assert.Equal(200, press.WebhookStatus);
        Assert.NotNull(press.Answer);
    }
}

using Dapper;
using Marketing.Functions.Tests.Fixtures;
using Marketing.Local.Telegram;

namespace Marketing.Functions.Tests.Telegram;

public sealed class UserChatTests(MarketingApp app) : IClassFixture<MarketingApp>
{
    private readonly long id = MarketingApp.NewTelegramIds(1)[0];

    [Fact]
    public async Task Start_NewPerson_IsRegisteredAndWelcomed()
    {
        await app.HandleAsync(Start("/start spring_sale-26", new { id, is_bot = false, first_name = "Ada <3", last_name = "King", username = "ada", language_code = "de" }));

        var person = await app.PersonAsync(id);
        Assert.Equal(
            (id, "Ada <3", "King", "ada", "de", "spring_sale-26", false),
            (person!.ChatId, person.FirstName, person.LastName, person.Username, person.Language, person.Source, person.IsOut));
        Assert.NotNull(person.LastSeenAt);
        Assert.StartsWith("Hi Ada <3!", Assert.Single(app.Texts(id)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_KnownPerson_RefreshesNamesAndKeepsLanguageSourceAndWhatIsNotCarried()
    {
        await app.HandleAsync(Start("/start one", new { id, is_bot = false, first_name = "Ada", last_name = "King", username = "ada", language_code = "de" }));

        await app.HandleAsync(Start("/start two", new { id, is_bot = false, first_name = "Augusta", username = "augusta", language_code = "en" }));

        var person = await app.PersonAsync(id);
        Assert.Equal(("Augusta", "King", "augusta", "de", "one"), (person!.FirstName, person.LastName, person.Username, person.Language, person.Source));
    }

    [Theory]
    [InlineData("/start")]
    [InlineData("/START@simulated_42_bot   ")]
    [InlineData("/start two words")]
    [InlineData("/start grün")]
    [InlineData("/start '); DROP TABLE users; --")]
    [InlineData("/start aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")] // 65
    public async Task Start_NoPayloadOfTelegrams_RegistersWithoutSource(string text)
    {
        await app.HandleAsync(TelegramUpdates.Message(TelegramUpdates.NextId(), id, text));

        Assert.Equal((null, false), ((await app.PersonAsync(id))!.Source, (await app.PersonAsync(id))!.IsOut));
        Assert.Single(app.Texts(id));
    }

    [Fact]
    public async Task Start_LongestPayload_IsKept()
    {
        var payload = new string('Z', 64);

        await app.HandleAsync(TelegramUpdates.Message(TelegramUpdates.NextId(), id, $"/start {payload}"));

        Assert.Equal(payload, (await app.PersonAsync(id))!.Source);
    }

    [Fact]
    public async Task Start_OfSomebodyWhoStoppedAndBlocked_BringsThemBack()
    {
        var now = TimeProvider.System.GetUtcNow();
        await app.HandleAsync(TelegramUpdates.Message(TelegramUpdates.NextId(), id, "/stop", now.AddMinutes(-3)));
        await app.HandleAsync(TelegramUpdates.Membership(TelegramUpdates.NextId(), id, kicked: true, now.AddMinutes(-2)));
        var away = await app.PersonAsync(id);

        await app.HandleAsync(TelegramUpdates.Message(TelegramUpdates.NextId(), id, "/start", now));

        Assert.Equal((true, "Forbidden: bot was blocked by the user"), (away!.IsOut, away.SuppressionReason));
        var back = await app.PersonAsync(id);
        Assert.Equal((false, null), (back!.IsOut, back.SuppressionReason));
    }

    [Fact]
    public async Task Stop_ThenUndo_OptsOutAtOnceAndBackIn()
    {
        await app.Telegram.SayAsync(id, "/start", default);
        await app.Telegram.SayAsync(id, "/stop", default);
        var stopped = await app.PersonAsync(id);
        var confirmation = app.Telegram.Messages(id)[1];
        var undo = Assert.Single(ReceivedButton.Of(confirmation));

        var press = await app.Telegram.PressAsync(id, confirmation.MessageId, undo.CallbackData!, default);

        Assert.True(stopped!.IsOut);
        Assert.Equal("Undo", undo.Text);
        Assert.Equal(200, press.WebhookStatus);
        Assert.NotNull(press.Answer);
        Assert.False((await app.PersonAsync(id))!.IsOut);
        var edited = app.Telegram.Messages(id)[1];
        Assert.True(edited.Edited);
        Assert.StartsWith("Good to have you back!", edited.Text, StringComparison.Ordinal);
        Assert.Empty(ReceivedButton.Of(edited));
    }

    [Fact]
    public async Task Stop_OfSomebodyUnknown_HoldsWhenAnImportBringsThem()
    {
        await app.HandleAsync(TelegramUpdates.Message(TelegramUpdates.NextId(), id, "/stop"));
        await app.PostCsvAsync($"telegram_user_id,region\n{id},R{id}\n");

        Assert.True((await app.PersonAsync(id))!.IsOut);
        var count = await app.PostAsync("v1/admin/cohorts/preview", new { cohort_query = new { region = $"R{id}" } });
        Assert.Equal(0, count.Number("count"));
    }

    [Fact]
    public async Task Start_OlderThanTheStopThatCameBefore_ChangesAndSaysNothing()
    {
        var now = TimeProvider.System.GetUtcNow();
        var (older, newer) = (TelegramUpdates.NextId(), TelegramUpdates.NextId());
        await app.HandleAsync(TelegramUpdates.Message(newer, id, "/stop", now));

        await app.HandleAsync(TelegramUpdates.Message(older, id, "/start", now)); // within the same second

        Assert.True((await app.PersonAsync(id))!.IsOut);
        Assert.StartsWith("Done: no more messages", Assert.Single(app.Texts(id)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_Anybody_IsTold()
    {
        await app.Telegram.SayAsync(id, "/help", default);

        var help = Assert.Single(app.Texts(id));
        Assert.Contains("/stop - no more messages", help, StringComparison.Ordinal);
        Assert.Null(await app.PersonAsync(id));
    }

    [Theory]
    [InlineData("Hello, is anybody there?")]
    [InlineData("/unknown")]
    [InlineData("/")]
    public async Task Message_NoCommandOfTheBot_MovesLastSeenAndIsNotAnswered(string text)
    {
        await app.AudienceOfOneAsync(id);

        await app.HandleAsync(TelegramUpdates.Message(TelegramUpdates.NextId(), id, text));

        Assert.NotNull((await app.PersonAsync(id))!.LastSeenAt);
        Assert.Empty(app.Texts(id));
    }

    [Fact]
    public async Task Message_WithinAMinute_LeavesLastSeen()
    {
        await app.AudienceOfOneAsync(id);
        var halfAMinute = await SeenAsync("now() - interval '30 seconds'");
        await app.HandleAsync(TelegramUpdates.Message(TelegramUpdates.NextId(), id, "hello"));
        var unmoved = (await app.PersonAsync(id))!.LastSeenAt;

        var twoMinutes = await SeenAsync("now() - interval '2 minutes'");
        await app.HandleAsync(TelegramUpdates.Message(TelegramUpdates.NextId(), id, "hello again"));

        Assert.Equal(halfAMinute, unmoved);
        Assert.True((await app.PersonAsync(id))!.LastSeenAt > twoMinutes.AddMinutes(1));
    }

    [Fact]
    public async Task Message_InAGroup_IsPassedOver()
    {
        await app.HandleAsync(TelegramUpdates.Message(TelegramUpdates.NextId(), id, "/start", chat: new { id = -100, type = "group", title = "G" }));

        Assert.Null(await app.PersonAsync(id));
        Assert.Empty(app.Texts(id));
    }

    [Fact]
    public async Task EditedMessage_Command_IsNotObeyed()
    {
        await app.AudienceOfOneAsync(id);

        await app.HandleAsync(TelegramUpdates.Edited(TelegramUpdates.NextId(), id, "/stop"));

        Assert.False((await app.PersonAsync(id))!.IsOut);
        Assert.Empty(app.Texts(id));
    }

    [Theory]
    [InlineData("user:stop")]
    [InlineData("user:undo")]
    [InlineData("user:keep")]
    [InlineData("user:")]
    [InlineData(null)]
    public async Task PressButton_OfTheBotsOwnByAStranger_LeavesNoTrace(string? data)
    {
        var owner = MarketingApp.NewTelegramIds(1)[0];
        await app.AudienceOfOneAsync(owner);
        var message = new { message_id = 1, date = 1, chat = TelegramUpdates.Private(owner), text = "Stop all messages?" };

        await app.HandleAsync(TelegramUpdates.Press(TelegramUpdates.NextId(), id, data, message));

        Assert.Null(await app.PersonAsync(id));
        Assert.False((await app.PersonAsync(owner))!.IsOut);
        Assert.Empty(app.Texts(id));
        Assert.Empty(app.Texts(owner));
    }

    private object Start(string text, object person) => TelegramUpdates.Message(TelegramUpdates.NextId(), id, text, person: person);

    private async Task<DateTimeOffset> SeenAsync(string when)
    {
        await using var db = await app.Database.OpenConnectionAsync();
        return await db.QuerySingleAsync<DateTimeOffset>($"UPDATE users SET last_seen_at = {when} WHERE telegram_user_id = @id RETURNING last_seen_at", new { id });
    }
}

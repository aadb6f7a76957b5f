using System.Net;
using Dapper;
using Marketing.Functions.Tests.Fixtures;
using Marketing.Functions.Tests.Telegram;

namespace Marketing.Functions.Tests.Tracking;

public sealed class ConversionLinkTests(QuietApp app) : IClassFixture<QuietApp>
{
    private readonly long id = MarketingApp.NewTelegramIds(1)[0];

    [Fact]
    public async Task CreateConversionLink_Event_IsALinkToTheBot()
    {
        var link = await app.PostAsync("v1/admin/conversion-links", new { @event = "joined-club_1" });
        var again = await app.PostAsync("v1/admin/conversion-links", new { @event = "joined-club_1" });

        Assert.Equal("joined-club_1", link.Text("event"));
        Assert.Equal($"https://t.me/simulated_42_bot?start={link.Text("payload")}", link.Text("url"));
        Assert.Equal(link.ToString(), again.ToString());
    }

    [Fact]
    public async Task CreateConversionLink_EventThatIsNotForALink_SaysWhatIs() =>
        Assert.Contains("1 to 37", (await app.PostAsync("v1/admin/conversion-links", new { @event = "two words" }, HttpStatusCode.BadRequest)).Error("/event"), StringComparison.Ordinal);

    [Fact]
    public async Task Start_ByALink_RegistersThanksAndRecordsOncePerPersonAndEvent()
    {
        var (deposit, trade) = (await PayloadAsync("deposit"), await PayloadAsync("trade"));

        await app.HandleAsync(Start(deposit));
        await app.HandleAsync(Start(deposit));
        await app.HandleAsync(Start(trade));

        Assert.Equal(deposit, (await app.PersonAsync(id))!.Source);
        Assert.Equal(["deposit", "trade"], (await ConversionsAsync()).Select(c => c.Event).Order());
        Assert.All(app.Texts(id), text => Assert.StartsWith("Thank you, X! You are on the list", text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Start_AfterAClick_IsCreditedToIt()
    {
        var broadcast = await app.SentBroadcastAsync();
        var sent = TimeProvider.System.GetUtcNow();
        sent = sent.AddTicks(-(sent.Ticks % TimeSpan.TicksPerSecond)).AddHours(-1);
        await app.ClickAsync(broadcast, sent.AddMilliseconds(400), button: 1); // within the second of the message's date

        await app.HandleAsync(Start(await PayloadAsync("deposit"), broadcast.TelegramIds[0], sent));

        var delta = Assert.Single(await app.DeltasAsync(broadcast));
        Assert.Equal((broadcast.ButtonIds[1], 1, 1), (delta.CtaButtonId, delta.Conversions, delta.Converters));
        Assert.Equal(sent.AddSeconds(1).AddMicroseconds(-1), (await ConversionsAsync(broadcast.TelegramIds[0])).Single().OccurredAt);
    }

    [Fact]
    public async Task Start_ChangedPayload_IsAnOrdinaryOne()
    {
        var payload = await PayloadAsync("deposit");
        var forged = payload.Replace("deposit", "million", StringComparison.Ordinal);

        await app.HandleAsync(Start(forged));
        await app.HandleAsync(Start("converted_deposit"));

        Assert.Equal(forged, (await app.PersonAsync(id))!.Source);
        Assert.Empty(await ConversionsAsync());
        Assert.All(app.Texts(id), text => Assert.StartsWith("Hi X!", text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Start_ByALinkOfSomebodyWhoStoppedSince_IsRecordedAndSaysNothing()
    {
        var (older, newer) = (TelegramUpdates.NextId(), TelegramUpdates.NextId());
        var now = TimeProvider.System.GetUtcNow();
        await app.HandleAsync(TelegramUpdates.Message(newer, id, "/stop", now));

        await app.HandleAsync(TelegramUpdates.Message(older, id, $"/start {await PayloadAsync("deposit")}", now));

        Assert.True((await app.PersonAsync(id))!.IsOut);
        Assert.Single(await ConversionsAsync());
        Assert.Single(app.Texts(id)); // of the /stop
    }

    [Fact]
    public async Task Start_ByALinkWorkerDies_IsRecordedOnceAndThankedLater()
    {
        var number = TelegramUpdates.NextId();
        var update = TelegramUpdates.Message(number, id, $"/start {await PayloadAsync("deposit")}");
        await app.DieAtTelegramAsync(update, async () => (await ConversionsAsync()).Count > 0);
        await using var db = await app.Database.OpenConnectionAsync();
        Assert.Equal(1, await db.ExecuteAsync("UPDATE telegram_updates SET received_at = received_at - interval '61 seconds' WHERE update_id = @number", new { number }));

        await app.HandleAsync(update);
        await app.HandleAsync(update);

        Assert.Single(await ConversionsAsync());
        Assert.Single(app.Texts(id));
    }

    [Fact]
    public async Task Start_ByALinkAfterAnErasure_IsANewPersonsConversion()
    {
        var payload = await PayloadAsync("deposit");
        await app.HandleAsync(Start(payload));
        await MarketingApp.ReadAsync(await app.Api.DeleteAsync($"v1/admin/audience/users/telegram:{id}"), HttpStatusCode.NoContent);

        await app.HandleAsync(Start(payload));

        Assert.Single(await ConversionsAsync());
    }

    private async Task<string> PayloadAsync(string @event) => (await app.PostAsync("v1/admin/conversion-links", new { @event })).Text("payload");

    private object Start(string payload, long? from = null, DateTimeOffset? date = null) =>
        TelegramUpdates.Message(TelegramUpdates.NextId(), from ?? id, $"/start {payload}", date);

    private Task<IReadOnlyList<Row>> ConversionsAsync() => ConversionsAsync(id);

    private async Task<IReadOnlyList<Row>> ConversionsAsync(long telegramId)
    {
        await using var db = await app.Database.OpenConnectionAsync();
        return (await db.QueryAsync<Row>("""
            SELECT v.event, v.occurred_at FROM conversions v JOIN users u ON u.id = v.user_id WHERE u.telegram_user_id = @telegramId
            """, new { telegramId })).AsList();
    }

    private sealed record Row(string Event, DateTimeOffset OccurredAt);
}

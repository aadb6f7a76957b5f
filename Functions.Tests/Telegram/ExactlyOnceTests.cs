using System.Net;
using Dapper;
using Marketing.Functions.Tests.Fixtures;
using Marketing.Local.Telegram;

namespace Marketing.Functions.Tests.Telegram;

public sealed class ExactlyOnceTests(MarketingApp app) : IClassFixture<MarketingApp>
{
    [Fact]
    public async Task PressButton_WorkerDiesAfterTheCount_IsCountedOnceAndFollowedUpLater()
    {
        var (broadcast, id, data) = await SentAsync();
        var update = TelegramUpdates.Press(TelegramUpdates.NextId(), id, data);

        await app.DieAtTelegramAsync(update, async () => await PressesAsync(broadcast) > 0);
        var meanwhile = await app.PostAsync(update);
        await ExpireAsync(update);
        await app.HandleAsync(update);
        await app.HandleAsync(update); // and once more, since its answer may be lost too

        Assert.Equal(HttpStatusCode.ServiceUnavailable, meanwhile);
        Assert.Equal(1, await PressesAsync(broadcast));
        Assert.Equal("You are in <3", app.Texts(id)[1]);
        Assert.Equal(2, app.Texts(id).Count);
    }

    [Fact]
    public async Task PressUndo_WorkerDies_DoesNotUndoTheStopThatCameSince()
    {
        var id = MarketingApp.NewTelegramIds(1)[0];
        await app.HandleAsync(TelegramUpdates.Message(TelegramUpdates.NextId(), id, "/stop", TimeProvider.System.GetUtcNow().AddMinutes(-5)));
        var undo = TelegramUpdates.Press(TelegramUpdates.NextId(), id, "user:undo");

        await app.DieAtTelegramAsync(undo, async () => !(await app.PersonAsync(id))!.IsOut);
        await app.HandleAsync(TelegramUpdates.Message(TelegramUpdates.NextId(), id, "/stop", TimeProvider.System.GetUtcNow().AddSeconds(1)));
        await ExpireAsync(undo);
        await app.HandleAsync(undo);

        Assert.True((await app.PersonAsync(id))!.IsOut);
    }

    [Fact]
    public async Task Start_WorkerDies_IsRegisteredOnceAndWelcomedLater()
    {
        var id = MarketingApp.NewTelegramIds(1)[0];
        var update = TelegramUpdates.Message(TelegramUpdates.NextId(), id, "/start spring");

        await app.DieAtTelegramAsync(update, async () => await app.PersonAsync(id) is not null);
        await ExpireAsync(update);
        await app.HandleAsync(update);

        Assert.Equal("spring", (await app.PersonAsync(id))!.Source);
        Assert.Single(app.Texts(id));
    }

    [Fact]
    public async Task PressButton_StatementFails_IsKeptWithTheErrorAndNotCounted()
    {
        var (broadcast, id, data) = await SentAsync();
        await using var db = await app.Database.OpenConnectionAsync();
        await db.ExecuteAsync($"""
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused by the test'; END $$;
            CREATE TRIGGER refuse BEFORE INSERT ON cta_clicks FOR EACH ROW WHEN (NEW.broadcast_id = '{broadcast}') EXECUTE FUNCTION refuse();
            """);
        var number = TelegramUpdates.NextId();

        var status = await app.PostAsync(TelegramUpdates.Press(number, id, data));

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("refused by the test", await db.QuerySingleAsync<string>("SELECT error FROM telegram_updates WHERE update_id = @number", new { number }), StringComparison.Ordinal);
        Assert.Equal(0, await PressesAsync(broadcast));
    }

    [Fact]
    public async Task Webhook_AThousandUpdatesAtOnceSomeOfThemRepeated_AreEachHandledOnce()
    {
        const int People = 100;
        var (region, ids) = await app.AudienceAsync(People);
        var template = await app.TemplateAsync(buttons: [new { label = "Join", action = "callback", answer = "In" }, new { label = "Like", action = "callback" }]);
        var broadcast = await app.BroadcastAsync(new { region }, template.Id());
        await app.SendAsync(broadcast);
        // Of each person: two presses on each button, a message, a block and an unblock; and three commands.
        var now = TimeProvider.System.GetUtcNow();
        var updates = ids.SelectMany(id =>
        {
            var data = ReceivedButton.Of(app.Telegram.Messages(id)[0]).Select(b => b.CallbackData).ToArray();
            return new[]
            {
                TelegramUpdates.Press(TelegramUpdates.NextId(), id, data[0]), TelegramUpdates.Press(TelegramUpdates.NextId(), id, data[0]),
                TelegramUpdates.Press(TelegramUpdates.NextId(), id, data[1]), TelegramUpdates.Press(TelegramUpdates.NextId(), id, data[1]),
                TelegramUpdates.Message(TelegramUpdates.NextId(), id, "hello"),
                TelegramUpdates.Membership(TelegramUpdates.NextId(), id, kicked: true, now.AddSeconds(-9)),
                TelegramUpdates.Membership(TelegramUpdates.NextId(), id, kicked: false, now.AddSeconds(-8)),
                TelegramUpdates.Message(TelegramUpdates.NextId(), id, "/stop", now.AddSeconds(-7)),
                TelegramUpdates.Message(TelegramUpdates.NextId(), id, "/help", now.AddSeconds(-6)),
                TelegramUpdates.Message(TelegramUpdates.NextId(), id, "/start", now.AddSeconds(-5)),
            };
        }).ToArray();
        var sent = updates.Concat(updates.Where((_, i) => i % 5 == 0)).ToArray();
        new Random(7).Shuffle(sent);

        await Task.WhenAll(sent.Select(PostUntilTakenAsync));

        await using var db = await app.Database.OpenConnectionAsync();
        Assert.Equal((updates.Length, 0), await db.QuerySingleAsync<(int, int)>($"""
            SELECT count(*) FILTER (WHERE handled_at IS NOT NULL)::integer, count(error)::integer
            FROM telegram_updates WHERE update_id BETWEEN {Id(updates[0])} AND {Id(updates[^1])}
            """));
        var stats = await app.GetAsync($"v1/admin/broadcasts/{broadcast}/stats");
        Assert.Equal((2 * People, 4 * People), (stats.Number("clicks"), stats.Number("total_clicks")));
        foreach (var id in ids)
        {
            var texts = app.Texts(id);
            Assert.Equal((2, 1), (texts.Count(t => t == "In"), texts.Count(t => t.StartsWith("This bot", StringComparison.Ordinal))));
            Assert.InRange(texts.Count(t => t.StartsWith("Done", StringComparison.Ordinal)), 0, 1); // said only while it holds
            Assert.Single(texts, t => t.StartsWith("Hi X!", StringComparison.Ordinal));
            var person = (await app.PersonAsync(id))!;
            Assert.Equal((false, null), (person.IsOut, person.SuppressionReason));
            Assert.NotNull(person.LastSeenAt);
        }
    }

    // As Telegram does: again until it is answered 200.
    private async Task PostUntilTakenAsync(object update)
    {
        HttpStatusCode status;
        while ((status = await app.PostAsync(update)) != HttpStatusCode.OK)
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
            await Task.Delay(20);
        }
    }

    private async Task ExpireAsync(object update)
    {
        await using var db = await app.Database.OpenConnectionAsync();
        Assert.Equal(1, await db.ExecuteAsync(
            "UPDATE telegram_updates SET received_at = received_at - interval '61 seconds' WHERE update_id = @id AND handled_at IS NULL", new { id = Id(update) }));
    }

    private async Task<(string Broadcast, long Id, string Data)> SentAsync()
    {
        var (region, ids) = await app.AudienceAsync(1);
        var broadcast = await app.BroadcastAsync(new { region });
        await app.SendAsync(broadcast);
        return (broadcast, ids[0], app.TheMessage(ids[0]).Buttons.Single(b => b.CallbackData is not null).CallbackData!);
    }

    private async Task<long> PressesAsync(string broadcast)
    {
        await using var db = await app.Database.OpenConnectionAsync();
        return await db.QuerySingleAsync<long>("SELECT COALESCE(sum(presses), 0) FROM cta_clicks WHERE broadcast_id = @id", new { id = Guid.Parse(broadcast) });
    }

    private static int Id(object update) => System.Text.Json.JsonSerializer.SerializeToElement(update).GetProperty("update_id").GetInt32();
}

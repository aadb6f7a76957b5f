using Marketing.Functions.Tests.Fixtures;

namespace Marketing.Functions.Tests.Telegram;

public sealed class MembershipTests(MarketingApp app) : IClassFixture<MarketingApp>
{
    private readonly long id = MarketingApp.NewTelegramIds(1)[0];

    [Fact]
    public async Task MyChatMember_KickedThenMember_SuppressesAndLifts()
    {
        await app.AudienceOfOneAsync(id);
        var now = TimeProvider.System.GetUtcNow();

        await app.HandleAsync(TelegramUpdates.Membership(TelegramUpdates.NextId(), id, kicked: true, now.AddMinutes(-2)));
        var blocked = await app.PersonAsync(id);
        await app.HandleAsync(TelegramUpdates.Membership(TelegramUpdates.NextId(), id, kicked: false, now.AddMinutes(-1)));

        Assert.Equal(("Forbidden: bot was blocked by the user", null, false), (blocked!.SuppressionReason, blocked.LastSeenAt, blocked.IsOut));
        Assert.Null((await app.PersonAsync(id))!.SuppressionReason);
        Assert.Empty(app.Texts(id));
    }

    [Fact]
    public async Task MyChatMember_Member_DoesNotUndoAStop()
    {
        var now = TimeProvider.System.GetUtcNow();
        await app.HandleAsync(TelegramUpdates.Message(TelegramUpdates.NextId(), id, "/stop", now.AddMinutes(-3)));

        await app.HandleAsync(TelegramUpdates.Membership(TelegramUpdates.NextId(), id, kicked: false, now));

        Assert.True((await app.PersonAsync(id))!.IsOut);
    }

    [Fact]
    public async Task MyChatMember_OfSomebodyUnknown_IsPassedOver()
    {
        await app.HandleAsync(TelegramUpdates.Membership(TelegramUpdates.NextId(), id, kicked: true, TimeProvider.System.GetUtcNow()));

        Assert.Null(await app.PersonAsync(id));
    }

    // Whatever order they come in, and however many times, the newest decides: of blocking and of opting out each.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Updates_InAnyOrder_LeaveWhatTheNewestSays(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 20; round++)
        {
            var person = MarketingApp.NewTelegramIds(1)[0];
            await app.AudienceOfOneAsync(person);
            var story = Enumerable.Range(0, 6).Select(_ => random.Next(4)).ToArray(); // blocks, unblocks, /start, /stop
            var first = TimeProvider.System.GetUtcNow().AddMinutes(-10);
            // Up to three in one second.
            var updates = story.Select((deed, i) => Update(deed, TelegramUpdates.NextId(), person, first.AddSeconds(i / 3))).ToArray();
            var sent = updates.Concat(updates.Where(_ => random.Next(3) == 0)).ToArray();
            random.Shuffle(sent);

            foreach (var update in sent)
                await app.HandleAsync(update);

            var left = await app.PersonAsync(person);
            var told = $"seed {seed}, round {round}: {string.Join(' ', story)}";
            Assert.True((story.LastOrDefault(deed => deed is 0 or 1 or 2, 1) == 0) == (left!.SuppressionReason is not null), told);
            Assert.True((story.LastOrDefault(deed => deed is 2 or 3, 2) == 3) == left.IsOut, told);
        }
    }

    private static object Update(int deed, int updateId, long person, DateTimeOffset at) => deed switch
    {
        0 or 1 => TelegramUpdates.Membership(updateId, person, kicked: deed == 0, at),
        _ => TelegramUpdates.Message(updateId, person, deed == 2 ? "/start" : "/stop", at),
    };

    [Fact]
    public async Task BlockInTheChat_AsTelegramTellsIt_SuppressesUntilTheyWriteAgain()
    {
        await app.AudienceOfOneAsync(id);
        using var http = new HttpClient { BaseAddress = app.Telegram.Address };
        using var blocking = await http.PostAsync($"sim/chats/{id}", new StringContent("""{"state":"blocked","notify":true}"""));
        blocking.EnsureSuccessStatusCode();
        await MarketingApp.UntilAsync(() => app.PersonAsync(id), p => p!.SuppressionReason is not null);

        await app.Telegram.SayAsync(id, "/start", default);

        Assert.Null((await app.PersonAsync(id))!.SuppressionReason);
    }
}

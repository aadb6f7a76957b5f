using Marketing.Core.Delivery;
using Marketing.Core.Tests.Fixtures;
using Telegram.Bot;
using Telegram.Bot.Exceptions;

namespace Marketing.Core.Tests.Delivery;

public sealed class BotRepliesTests(DatabaseFixture database) : DeliveryTests(database, new JumpingClock())
{
    [Fact]
    public async Task Call_Telegram429_GoesOnceMoreAndHoldsNobodyElseUp()
    {
        var (replies, telegram) = Bot((_, nth) => nth == 1 ? Limited(5) : new Reply.Ok());

        await replies.CallAsync(bot => bot.SendMessage(7, "Hi"), None);

        Assert.Equal((2, 1), (telegram.TriesOf(7), telegram.MessagesTo(7)));
        Assert.Null(await LanePauseAsync());
    }

    [Fact]
    public async Task Call_Telegram429ForLong_FailsAndHoldsNobodyElseUp()
    {
        var (replies, telegram) = Bot((_, _) => Limited(600));

        await Assert.ThrowsAsync<ApiRequestException>(() => replies.CallAsync(bot => bot.SendMessage(8, "Hi"), None));

        Assert.Equal(1, telegram.TriesOf(8));
        Assert.Null(await LanePauseAsync());
    }

    private static Reply.Error Limited(int seconds) =>
        new(429, $"Too Many Requests: retry after {seconds}", $$"""{"retry_after":{{seconds}}}""");

    private (BotReplies Replies, ScriptedTelegram Telegram) Bot(Func<long, int, Reply> script)
    {
        var telegram = new ScriptedTelegram(script);
        var bot = new TelegramBotClient(telegram.Options, new HttpClient(telegram));
        return (new BotReplies(bot, new SendLane(Source, Options, Clock), Clock), telegram);
    }

    private Task<DateTime?> LanePauseAsync() => ScalarAsync<DateTime?>("SELECT max(paused_until) FROM send_lanes");
}

using Dapper;
using Marketing.Core.Audience;
using Marketing.Core.Broadcasts;
using Marketing.Core.Delivery;
using Marketing.Core.Tests.Fixtures;
using Telegram.Bot;
using static Marketing.Core.Delivery.DeliveryState;

namespace Marketing.Core.Tests.Delivery;

public sealed class BatchSenderOutageTests(DatabaseFixture database) : BatchSenderTests(database, new JumpingClock())
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Send_TelegramTakesNothingForAWhile_FailsNobodyAndSendsAllAfterwards(bool isRefused)
    {
        var id = await PlannedAsync(60);
        var requests = 0;
        Reply away = isRefused ? new Reply.Refused() : ServerError;
        using var telegram = new ScriptedTelegram((_, _) => Interlocked.Increment(ref requests) <= 300 ? away : Ok)
        {
            OnGetMe = () => requests <= 300 ? away : Ok,
        };
        var worker = Worker(telegram);

        // A batch gives up after five minutes, and the orchestration comes again.
        for (var pass = 0; pass < 100 && (await StatesAsync(id)).Any(state => state != Sent); pass++)
        {
            await SendAsync(worker, id, 60);
            Assert.All(await StatesAsync(id), state => Assert.Contains(state, new[] { Pending, Sent }));
        }

        var rows = await RowsAsync(id);
        Assert.All(rows, row => Assert.Equal(Sent, row.State));
        Assert.All(rows, row => Assert.Equal(1, telegram.MessagesTo(row.ChatId)));
        Assert.All(rows, row => Assert.InRange(row.Attempts, 1, DeliveryOptions.SendAttempts));
    }

    [Fact]
    public async Task Send_OnlyMessagesThatTelegramNeverTakes_FailsThemAfterTheirTries()
    {
        var id = await PlannedAsync(5);
        var worker = Worker(Telegram((_, _) => ServerError)); // and answers getMe
        for (var pass = 0; pass < 10 && (await StatesAsync(id)).Contains(Pending); pass++)
            await SendAsync(worker, id, 5);

        Assert.All(await RowsAsync(id), row => Assert.Equal((Failed, DeliveryOptions.SendAttempts), (row.State, row.Attempts)));
    }

    [Fact]
    public async Task Send_DatabaseGoesDuringAClaim_ClaimsAgain()
    {
        var id = await PlannedAsync(3);
        await using var db = await Source.OpenConnectionAsync();
        Task<int> sending;
        await using (await db.BeginTransactionAsync())
        {
            await db.ExecuteAsync("SELECT 1 FROM broadcasts WHERE id = @id FOR UPDATE", new { id });
            sending = SendAsync(Worker(Telegram((_, _) => Ok)), id, 3);
            while (await ScalarAsync<int>(EndWaitingSql) == 0)
                await Task.Delay(20);
        }

        Assert.Equal(3, await sending);
        Assert.All(await RowsAsync(id), row => Assert.Equal((Sent, 1), (row.State, row.Attempts)));
    }

    private const string EndWaitingSql = """
        SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'
        """;

    [Fact]
    public async Task Send_Telegram429ForHours_EndsBeforeTheHostEndsIt()
    {
        var id = await PlannedAsync(3);
        var telegram = Telegram((_, _) => new Reply.Error(429, "Too Many Requests: retry after 7200", """{"retry_after":7200}"""));
        var started = Clock.GetTimestamp();

        var sending = SendAsync(Worker(telegram), id, 3);
        while (await Task.WhenAny(sending, Task.Delay(50)) != sending)
            ((JumpingClock)Clock).Advance(TimeSpan.FromSeconds(30));

        Assert.Equal(0, await sending);
        // host.json's functionTimeout is 10 minutes.
        Assert.InRange(Clock.GetElapsedTime(started), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(10));
        Assert.All(await RowsAsync(id), row => Assert.Equal((Pending, 0), (row.State, row.Attempts)));
        await ExecuteAsync("DELETE FROM send_lanes"); // its wait is the database's, for the other tests too
    }

    [Fact]
    public async Task TestSend_Telegram429ForHours_SaysSoWithinItsRequest()
    {
        var id = await PlannedAsync(1);
        var telegram = Telegram((_, _) => new Reply.Error(429, "Too Many Requests: retry after 7200", """{"retry_after":7200}"""));
        var bot = new TelegramSender(new TelegramBotClient(telegram.Options, new HttpClient(telegram)));
        var people = new AudienceRepository(Source, new ErasedPeople(Source, Options), Clock);
        var tests = new TestSender(Plans, people, new SendLane(Source, Options, Clock), bot, Clock);
        var started = Clock.GetTimestamp();

        var sending = tests.SendAsync(id, new TestSendInput([1, 2]), None);
        while (telegram.TriesOf(1) == 0)
            await Task.Delay(20);
        while (await Task.WhenAny(sending, Task.Delay(50)) != sending)
            ((JumpingClock)Clock).Advance(TimeSpan.FromSeconds(10));

        Assert.Equal("Telegram asks to wait 7200 s", (await sending)[0].Outcome);
        Assert.StartsWith("not sent: no turn came", (await sending)[1].Outcome, StringComparison.Ordinal);
        Assert.InRange(Clock.GetElapsedTime(started), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(3));
        Assert.Equal(0, telegram.TriesOf(2));
        await ExecuteAsync("DELETE FROM send_lanes"); // its wait is the database's, for the other tests too
    }

    [Fact]
    public async Task Send_TelegramAnswersNothingForAWhile_LosesAWindowNowAndThenAndNotTheRest()
    {
        var id = await PlannedAsync(400);
        var requests = 0;
        var telegram = Telegram((_, _) => Interlocked.Increment(ref requests) <= 60 ? new Reply.Reset() : Ok);
        var worker = Worker(telegram);
        for (var pass = 0; pass < 100 && (await StatesAsync(id)).Contains(Pending); pass++)
            await SendAsync(worker, id, 400);

        var rows = await RowsAsync(id);
        Assert.Equal((60, 340), (rows.Count(r => r.State == Uncertain), rows.Count(r => r.State == Sent)));
        Assert.All(rows, row => Assert.Equal(1, telegram.TriesOf(row.ChatId)));
    }
}

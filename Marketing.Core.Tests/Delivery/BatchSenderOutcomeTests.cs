using System.Diagnostics;
using Dapper;
using Marketing.Core.Broadcasts;
using Marketing.Core.Delivery;
using Marketing.Core.Tests.Fixtures;
using Telegram.Bot;
using static Marketing.Core.Delivery.DeliveryState;

namespace Marketing.Core.Tests.Delivery;

public sealed class BatchSenderOutcomeTests(DatabaseFixture database) : BatchSenderTests(database, new JumpingClock())
{
    [Fact]
    public async Task Send_AllKindsOfAnswer_RecordsEachAndCountsThem()
    {
        var id = await PlannedAsync(6);
        var chats = (await RowsAsync(id)).Select(r => r.ChatId).ToArray();
        var telegram = Telegram((chat, _) => Array.IndexOf(chats, chat) switch
        {
            0 => new Reply.Error(403, "Forbidden: bot was blocked by the user"),
            1 => new Reply.Error(400, "Bad Request: chat not found"),
            2 => new Reply.Error(400, "Bad Request: group chat was upgraded to a supergroup chat", $$"""{"migrate_to_chat_id":{{-chats[2]}}}"""),
            3 => new Reply.Timeout(),
            4 => new Reply.Reset(),
            _ => Ok,
        });

        Assert.Equal(2, await SendAsync(Worker(telegram), id, 6));

        var rows = await RowsAsync(id);
        Assert.Equal([Blocked, Failed, Sent, Uncertain, Uncertain, Sent], rows.Select(r => r.State));
        Assert.Equal("Bad Request: chat not found", rows[1].Reason);
        Assert.Equal(-chats[2], rows[2].ChatId); // from now on
        Assert.Equal(1, telegram.MessagesTo(-chats[2]));
        Assert.Equal("Forbidden: bot was blocked by the user", await ScalarAsync<string>(
            "SELECT suppression_reason FROM users WHERE id = @UserId AND suppressed_at IS NOT NULL", new { rows[0].UserId }));
        Assert.Equal("2 1 1 0 2", await ScalarAsync<string>(
            "SELECT concat_ws(' ', sent, failed, blocked, skipped, uncertain) FROM delivery_batches WHERE broadcast_id = @id", new { id }));
        Assert.Equal((6, 6), (rows.Sum(r => r.Attempts), telegram.Requests.Count - 1));
    }

    [Theory]
    [InlineData(0, null)] // in the second of the claim
    [InlineData(-2, "Forbidden: bot was blocked by the user")]
    public async Task Send_BlockedByTheAnswerOfBeforeTheyCameBack_IsNotSuppressed(int seconds, string? reason)
    {
        var id = await PlannedAsync(1);
        var telegram = new ScriptedTelegram((_, _) => new Reply.Error(403, "Forbidden: bot was blocked by the user"))
        {
            BeforeFirst = () => ExecuteAsync("""
                UPDATE users u SET membership_at = date_trunc('second', d.claimed_at) + make_interval(secs => @seconds)
                FROM deliveries d WHERE d.broadcast_id = @id AND u.id = d.user_id
                """, new { id, seconds }),
        };

        await SendAsync(Worker(telegram), id, 1);

        Assert.Equal([Blocked], await StatesAsync(id));
        Assert.Equal(reason, await ScalarAsync<string?>(
            "SELECT suppression_reason FROM users u JOIN deliveries d ON d.user_id = u.id WHERE d.broadcast_id = @id", new { id }));
    }

    [Fact]
    public async Task Send_BlockedPersonHeldByAnImport_IsRecordedWithTheOthersMeanwhile()
    {
        var id = await PlannedAsync(3);
        var first = await ChatAsync(id, 0);
        await using var import = await Source.OpenConnectionAsync();
        await using var transaction = await import.BeginTransactionAsync();
        await import.ExecuteAsync("SELECT FROM users WHERE chat_id = @first FOR NO KEY UPDATE", new { first }, transaction);

        var sending = SendAsync(Worker(Telegram((chat, _) => chat == first ? new Reply.Error(403, "Forbidden: user is deactivated") : Ok)), id, 3);
        while (!(await StatesAsync(id)).SequenceEqual([Blocked, Sent, Sent]))
            await Task.Delay(20);
        var isWaiting = !sending.IsCompleted;
        await transaction.RollbackAsync();

        Assert.Equal(2, await sending);
        Assert.True(isWaiting);
        Assert.Equal("Forbidden: user is deactivated", await ScalarAsync<string>("SELECT suppression_reason FROM users WHERE chat_id = @first", new { first }));
    }

    [Fact]
    public async Task Send_TranslationThatDoesNotCompileAnyMore_FailsItsPeopleOnly()
    {
        var id = await PlannedAsync(3);
        await ExecuteAsync("""
            UPDATE broadcasts SET translations = '{"de": {"content": "<b>Hallo", "cta_buttons": []}}' WHERE id = @id;
            UPDATE users SET language = 'de-AT' WHERE id = (SELECT user_id FROM deliveries WHERE broadcast_id = @id AND seq = 1)
            """, new { id });

        Assert.Equal(2, await SendAsync(Worker(Telegram((_, _) => Ok)), id, 3));

        Assert.Equal([Sent, Failed, Sent], await StatesAsync(id));
        Assert.Contains("/translations/de/content", (await RowsAsync(id))[1].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_PlannedBeforeThereWereTranslations_SendsItsContent()
    {
        var id = await PlannedAsync(2);
        await ExecuteAsync("UPDATE broadcasts SET translations = NULL WHERE id = @id; UPDATE users SET language = 'de'", new { id });

        Assert.Equal(2, await SendAsync(Worker(Telegram((_, _) => Ok)), id, 2));
    }

    [Fact]
    public async Task Send_ServerErrorThreeTimes_IsSentAtTheFourth()
    {
        var id = await PlannedAsync(3);
        var chat = await ChatAsync(id, 1);
        var telegram = Telegram((to, nth) => to == chat && nth <= 3 ? ServerError : Ok);

        Assert.Equal(3, await SendAsync(Worker(telegram), id, 3));
        Assert.Equal((1, 4), ((await RowsAsync(id))[0].Attempts, (await RowsAsync(id))[1].Attempts));
    }

    [Fact]
    public async Task Send_ServerErrorForEverOnOneChat_FailsItAfterFourAndSendsTheOthers()
    {
        var id = await PlannedAsync(30);
        var chat = await ChatAsync(id, 7);
        var telegram = Telegram((to, _) => to == chat ? ServerError : Ok);

        Assert.Equal(29, await SendAsync(Worker(telegram), id, 30));

        var row = (await RowsAsync(id))[7];
        Assert.Equal((Failed, 4, 4), (row.State, row.Attempts, telegram.TriesOf(chat)));
        Assert.Contains("Internal Server Error", row.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_TimeoutsWithResend_SendsAgainAfterAWaitFourTimesAtMost()
    {
        var id = await PlannedAsync(2, onUncertain: OnUncertain.Resend);
        var (once, never) = (await ChatAsync(id, 0), await ChatAsync(id, 1));
        var telegram = Telegram((chat, nth) => chat == never || nth == 1 ? new Reply.Timeout() : Ok);

        var started = Clock.GetUtcNow();
        Assert.Equal(1, await SendAsync(Worker(telegram), id, 2));

        Assert.True(Clock.GetUtcNow() - started >= TimeSpan.FromSeconds(2 + 4 + 8)); // a connection that fails may go on failing for a while
        Assert.Equal(0, await SendAsync(Worker(telegram), id, 2));
        Assert.Equal([Sent, Uncertain], await StatesAsync(id));
        Assert.Equal((2, 4), (telegram.TriesOf(once), telegram.TriesOf(never)));
        Assert.True((await Settlement.SettleAsync(id, None)).Finished);
        Assert.Equal(BroadcastStatus.Sent, await StatusAsync(id));
    }

    [Fact]
    public async Task Send_UnexpectedExceptionInOneMessage_LeavesTheOthersRecorded()
    {
        var id = await PlannedAsync(8);
        var telegram = Telegram((_, _) => Ok);

        await SendAsync(Worker(telegram, http => new BrokenOnce(telegram.Options, http)), id, 8);

        var rows = await RowsAsync(id);
        Assert.Equal(7, rows.Count(r => r.State == Sent));
        Assert.Contains("InvalidTimeZoneException", Assert.Single(rows, r => r.State == Uncertain).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_TheBotItselfIsRefused_ThrowsAndLosesNobody()
    {
        var id = await PlannedAsync(5);
        var telegram = Telegram((_, _) => new Reply.Error(401, "Unauthorized"));

        var e = await Assert.ThrowsAsync<InvalidOperationException>(() => SendAsync(Worker(telegram), id, 5));

        Assert.Contains("Telegram__BotToken", e.Message, StringComparison.Ordinal);
        Assert.All(await RowsAsync(id), row => Assert.Equal((Pending, 0), (row.State, row.Attempts)));
        Assert.Equal(5, await SendAsync(Worker(Telegram((_, _) => Ok)), id, 5));
    }

    [Fact]
    public async Task Send_CancelledInTheMiddle_ClaimsNoMore()
    {
        var id = await PlannedAsync(400);
        using var telegram = new ScriptedTelegram((_, _) => Ok)
        {
            BeforeFirst = async () => Assert.True(await Broadcasts.MoveAsync(id, BroadcastStatus.Cancelled, None)),
        };

        var sent = await SendAsync(Worker(telegram), id, 400);

        Assert.InRange(sent, 1, 2 * Options.MaxInFlight); // what was claimed before, and one window that was at its claim
        Assert.Equal(sent, (await StatesAsync(id)).Count(state => state == Sent));
        Assert.Equal(400 - sent, (await StatesAsync(id)).Count(state => state == Pending));
        Assert.Equal(sent, telegram.Requests.Count);
    }

    /// <summary>Breaks at its third message in a way that nobody has thought of.</summary>
    private sealed class BrokenOnce(TelegramBotClientOptions options, HttpClient http) : TelegramBotClient(options, http)
    {
        private int calls;

        public override Task<TResponse> SendRequest<TResponse>(
            global::Telegram.Bot.Requests.Abstractions.IRequest<TResponse> request, CancellationToken cancellationToken = default) =>
            Interlocked.Increment(ref calls) == 3
                ? throw new InvalidTimeZoneException("of all things") : base.SendRequest(request, cancellationToken);
    }

    [Fact]
    public async Task Send_NobodyTraces_MakesNoActivityOfEachMessage()
    {
        var id = await PlannedAsync(2);
        var traced = 0;
        var telegram = Telegram((_, _) =>
        {
            traced += Activity.Current is null ? 0 : 1;
            return Ok;
        });
        using var request = new Activity("request").Start();

        Assert.Equal(2, await SendAsync(Worker(telegram), id, 2));

        Assert.Equal(0, traced);
        Assert.Same(request, Activity.Current);
    }
}

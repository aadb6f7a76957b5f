using System.Diagnostics;
using Dapper;
using Marketing.Core.Delivery;
using Marketing.Core.Tests.Fixtures;
using Npgsql;

namespace Marketing.Core.Tests.Delivery;

/// <summary>In real time and on the database's clock, which is the lane's only one; each test has a bot, and so a lane, of its own.</summary>
public sealed class SendLaneTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    private static readonly CancellationToken None = CancellationToken.None;

    private static long lastBot = 100;

    private readonly long bot = Interlocked.Increment(ref lastBot);

    private NpgsqlDataSource Source => database.Source;

    private SendLane Lane(double rate) => new(
        Source, TestOptions.With(("Telegram:BotToken", $"{bot}:token"), ("Marketing:SendRate", $"{rate}")), TimeProvider.System);

    // The row says what was granted: every change of it, in order, with the seconds that it moved the next free slot by.
    private const string JournalSql = """
        CREATE TABLE IF NOT EXISTS journal (id serial, bot_id bigint, slot timestamptz, at timestamptz);
        CREATE OR REPLACE FUNCTION journal() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN INSERT INTO journal (bot_id, slot, at) VALUES (NEW.bot_id, NEW.next_slot, clock_timestamp()); RETURN NULL; END';
        CREATE OR REPLACE TRIGGER journal AFTER INSERT OR UPDATE ON send_lanes FOR EACH ROW EXECUTE FUNCTION journal();
        """;

    [Fact]
    public async Task Reserve_ManyAtOnce_GrantsEverySlotOnceAndNoneBeforeItsTime()
    {
        const int Rate = 200, Each = 3, Reservers = 8, Turns = 5;
        await ExecuteAsync(JournalSql);
        var returned = new List<DateTime>();
        await Task.WhenAll(Enumerable.Range(0, Reservers).Select(_ => Task.Run(async () =>
        {
            var lane = Lane(Rate); // another process
            for (var turn = 0; turn < Turns; turn++)
            {
                Assert.Equal(1.0 / Rate, (await lane.ReserveAsync(Each, None)).TotalSeconds, 6);
                lock (returned)
                    returned.Add(TimeProvider.System.GetUtcNow().UtcDateTime);
            }
        })));

        await using var db = await Source.OpenConnectionAsync();
        var ends = (await db.QueryAsync<DateTime>("SELECT slot FROM journal WHERE bot_id = @bot ORDER BY id", new { bot })).ToList();
        Assert.Equal(Reservers * Turns, ends.Count);
        var span = TimeSpan.FromSeconds((double)Each / Rate);
        // Postgres keeps microseconds.
        Assert.All(ends.Zip(ends.Skip(1)), pair => Assert.True(pair.Second - pair.First >= span - TimeSpan.FromMicroseconds(2), $"{pair}"));
        // In whatever order they were woken, the n-th was not before the n-th grant's first slot; timers are some ms early.
        Assert.All(ends.Zip(returned.Order()), pair =>
            Assert.True(pair.Second >= pair.First - span - TimeSpan.FromMilliseconds(20), $"{pair}"));
    }

    [Fact]
    public async Task Reserve_AfterAPause_GrantsNoBurst()
    {
        var lane = Lane(1_000);
        await lane.ReserveAsync(1, None);
        await ExecuteAsync("UPDATE send_lanes SET next_slot = now() - interval '1 hour' WHERE bot_id = @bot");
        await lane.ReserveAsync(50, None);

        Assert.InRange(await NextSlotAsync(), -1, 0.05); // and not an hour ago
    }

    [Fact]
    public async Task BackOff_ManyAnswersOfOneBurst_StepsBackOnceAndForAll()
    {
        var lane = Lane(100);
        await lane.ReserveAsync(1, None);
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => lane.BackOffAsync(TimeSpan.FromSeconds(60), None)));

        Assert.Equal(0.8, await ShareAsync(), 6);
        Assert.InRange(await NextSlotAsync(), 50, 60);
        Assert.InRange(lane.HeldFor!.Value.TotalSeconds, 50, 60);
        // After its wait the next burst is the next step, down to a tenth.
        var shares = new List<double>();
        for (var i = 0; i < 12; i++)
        {
            await ExecuteAsync("UPDATE send_lanes SET paused_until = now() - interval '1 second', limited_at = now() WHERE bot_id = @bot");
            await Lane(100).BackOffAsync(TimeSpan.FromSeconds(60), None);
            shares.Add(await ShareAsync());
        }

        Assert.Equal(0.64, shares[0], 0.005); // a little has come back by the time of the next one
        Assert.InRange(shares[^1], 0.1, 0.11);
    }

    [Theory]
    [InlineData(0.5, 0, 0.5)]
    [InlineData(0.5, 1, 0.6)]
    [InlineData(0.5, 3, 0.8)]
    [InlineData(0.5, 5, 1)]
    [InlineData(0.8, 60, 1)]
    public async Task Reserve_MinutesAfterA429_HasATenthOfTheRateBackForEach(double share, int minutes, double expected)
    {
        var lane = Lane(1_000);
        await lane.ReserveAsync(1, None);
        await ExecuteAsync("""
            UPDATE send_lanes SET limited_share = @share, limited_at = now() - make_interval(mins => @minutes) WHERE bot_id = @bot
            """, new { bot, share, minutes });

        var interval = await lane.ReserveAsync(1, None);

        Assert.Equal(expected, 0.001 / interval.TotalSeconds, 0.02); // 12 s of a loaded machine
    }

    [Fact]
    public async Task Reserve_A429OfThisProcess_WaitsForItsEnd()
    {
        var lane = Lane(1_000);
        await lane.ReserveAsync(1, None);
        var started = Stopwatch.StartNew(); // the database may take its time over the next statement
        await lane.BackOffAsync(TimeSpan.FromSeconds(0.6), None);

        await lane.ReserveAsync(1, None);

        Assert.InRange(started.Elapsed.TotalSeconds, 0.5, 30);
        Assert.Null(lane.HeldFor);
    }

    [Fact]
    public async Task Take_LaneIsBusy_PushesItByOneSlotAndDoesNotWait()
    {
        var lane = Lane(0.5);
        await lane.TakeAsync(None); // the first of all makes the row
        Assert.InRange(await NextSlotAsync(), 0, 2);
        await ExecuteAsync("UPDATE send_lanes SET next_slot = now() + interval '1 hour' WHERE bot_id = @bot");
        var before = await SlotAsync();

        await lane.TakeAsync(None).WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(2, (await SlotAsync() - before).TotalSeconds, 6);
    }

    private async Task ExecuteAsync(string sql, object? parameters = null)
    {
        await using var db = await Source.OpenConnectionAsync();
        await db.ExecuteAsync(sql, parameters ?? new { bot });
    }

    private async Task<T> ScalarAsync<T>(string expression)
    {
        await using var db = await Source.OpenConnectionAsync();
        return (await db.ExecuteScalarAsync<T>($"SELECT {expression} FROM send_lanes WHERE bot_id = @bot", new { bot }))!;
    }

    private Task<double> ShareAsync() => ScalarAsync<double>("limited_share");

    private Task<DateTime> SlotAsync() => ScalarAsync<DateTime>("next_slot");

    /// <summary>Seconds from now.</summary>
    private Task<double> NextSlotAsync() => ScalarAsync<double>("extract(epoch FROM next_slot - clock_timestamp())::double precision");
}

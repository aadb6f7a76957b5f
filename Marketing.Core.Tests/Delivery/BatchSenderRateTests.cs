using Marketing.Core.Delivery;
using Marketing.Core.Tests.Fixtures;
using static Marketing.Core.Delivery.DeliveryState;

namespace Marketing.Core.Tests.Delivery;

/// <summary>In real time, because the wait that all workers keep is the database's.</summary>
public sealed class BatchSenderRateTests : BatchSenderTests
{
    public BatchSenderRateTests(DatabaseFixture database) : base(database, TimeProvider.System) =>
        Options = TestOptions.With(("Marketing:SendRate", "400"));

    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task Send_Telegram429_NobodySendsForItsWaitAndNoTryIsLost()
    {
        var id = await PlannedAsync(120, batchSize: 60);
        var limitedAt = default(DateTimeOffset);
        var requests = 0;
        var telegram = Telegram((_, _) =>
        {
            if (Interlocked.Increment(ref requests) != 20)
                return Ok;
            limitedAt = TimeProvider.System.GetUtcNow();
            return new Reply.Error(429, "Too Many Requests: retry after 2", """{"retry_after":2}""");
        });
        // Two processes; each knows of the other's 429 from the database only.
        var (one, other) = (Worker(telegram), Worker(telegram));
        await Task.WhenAll(one.SendAsync(new BatchRange(id, 0, 60), None), other.SendAsync(new BatchRange(id, 60, 60), None));
        // Rows that were dropped at the very end of the wait are the next pass's.
        await Task.WhenAll(one.SendAsync(new BatchRange(id, 0, 60), None), other.SendAsync(new BatchRange(id, 60, 60), None));

        var rows = await RowsAsync(id);
        Assert.All(rows, row => Assert.Equal((Sent, 1), (row.State, row.Attempts)));
        Assert.All(rows, row => Assert.Equal(1, telegram.MessagesTo(row.ChatId)));
        // What each had claimed when it came goes; on a loaded machine that takes a moment.
        var meanwhile = telegram.Requests.Count(r => r.At > limitedAt + TimeSpan.FromSeconds(0.5) && r.At < limitedAt + Wait);
        Assert.Equal(0, meanwhile);
        Assert.InRange(telegram.Requests.Count(r => r.At > limitedAt && r.At < limitedAt + Wait), 0, 2 * Options.MaxInFlight);
        Assert.Contains(telegram.Requests, r => r.At >= limitedAt + Wait);
    }

    private const string CountReservationsSql = """
        CREATE TABLE reservations (at timestamptz);
        CREATE FUNCTION count_reservation() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO reservations VALUES (now()); RETURN NULL; END';
        CREATE TRIGGER count_reservation AFTER INSERT OR UPDATE ON send_lanes FOR EACH ROW EXECUTE FUNCTION count_reservation();
        """;

    [Fact]
    public async Task Send_AnotherWorkerTakesTheRest_ReservesNoSlotsForIt()
    {
        var id = await PlannedAsync(1_000, batchSize: 1_000);
        await ExecuteAsync(CountReservationsSql);
        var telegram = new ScriptedTelegram((_, _) => Ok)
        {
            BeforeFirst = () => ExecuteAsync("UPDATE deliveries SET state = 1, attempts = 1 WHERE broadcast_id = @id AND state = 0", new { id }),
        };

        var sent = await SendAsync(Worker(telegram), id, 1_000);

        Assert.InRange(sent, 1, 2 * DeliveryOptions.Window(Options)); // those under way
        Assert.InRange(await ScalarAsync<int>("SELECT count(*)::integer FROM reservations"), 1, 6); // of 16 for all
        await ExecuteAsync("DROP TRIGGER count_reservation ON send_lanes");
    }

    [Fact]
    public async Task Claim_AnotherWorkersLaneIsPaused_GivesNothingAndLeavesTheRows()
    {
        var id = await PlannedAsync(4);
        var lane = new SendLane(Source, Options, Clock);
        await lane.ReserveAsync(1, None);
        await lane.BackOffAsync(TimeSpan.FromMinutes(5), None);

        Assert.Empty(await Deliveries.ClaimAsync(new BatchRange(id, 0, 4), Guid.CreateVersion7(), [0, 1, 2, 3], None));

        Assert.Equal((true, true), await Deliveries.StandingAsync(id, None));
        Assert.All(await RowsAsync(id), row => Assert.Equal((Pending, 0), (row.State, row.Attempts)));
        await ExecuteAsync("DELETE FROM send_lanes"); // the other test of this class has the same bot
    }
}

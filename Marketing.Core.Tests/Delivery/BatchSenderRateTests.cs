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

using Dapper;
using Marketing.Core.Broadcasts;
using Marketing.Core.Delivery;
using Marketing.Core.Tests.Fixtures;
using Microsoft.Extensions.Time.Testing;
using static Marketing.Core.Delivery.DeliveryState;

namespace Marketing.Core.Tests.Delivery;

public sealed class SettleRepositoryTests(DatabaseFixture database) : DeliveryTests(database, new FakeTimeProvider(Start))
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private FakeTimeProvider Time => (FakeTimeProvider)Clock;

    [Fact]
    public async Task Settle_AfterTheEnd_TheNumbersAreFrozen()
    {
        var id = await PlannedAsync(4, batchSize: 2);
        var claim = await ClaimAsync(id, 0, 2);
        await RecordAsync(id, 0, claim, Sent);
        await RecordAsync(id, 2, await ClaimAsync(id, 2, 2), Failed);
        Assert.True((await Settlement.SettleAsync(id, None)).Finished);
        var (before, stats) = (await Broadcasts.GetAsync(id, None), await NumbersAsync(id));

        Time.Advance(TimeSpan.FromHours(1));
        await RecordAsync(id, 0, claim, Failed);
        await RecordAsync(id, 0, claim, Pending);
        Assert.Empty(await Deliveries.ClaimAsync(new BatchRange(id, 0, 2), Guid.CreateVersion7(), [0, 1], None));
        Assert.True((await Settlement.SettleAsync(id, None)).Finished);

        Assert.Equal(BroadcastStatus.Sent, before!.Status);
        Assert.Equal(Start, before.SentAt);
        Assert.Equal((before.Status, before.SentAt, before.UpdatedAt), await EndAsync(id));
        Assert.Equal("2 2 0 0 0", stats);
        Assert.Equal(stats, await NumbersAsync(id));
    }

    [Theory]
    [InlineData(OnUncertain.Keep, Uncertain)]
    [InlineData(OnUncertain.Resend, Pending)]
    public async Task Settle_LeaseRanOut_GivesTheClaimUp(OnUncertain onUncertain, DeliveryState state)
    {
        var id = await PlannedAsync(2, onUncertain: onUncertain);
        await ClaimAsync(id, 0, 1);

        Time.Advance(DeliveryOptions.Lease);
        Assert.Equal([0], (await Settlement.SettleAsync(id, None)).FirstSeqs);
        Assert.Equal([Claimed, Pending], await StatesAsync(id)); // to the end of the lease
        Time.Advance(TimeSpan.FromSeconds(1));
        var left = await Settlement.SettleAsync(id, None);

        Assert.Equal((false, 2), (left.Finished, left.BatchSize)); // the batch has no more
        Assert.Equal([state, Pending], await StatesAsync(id));
        Assert.Equal(state == Uncertain ? "0 0 0 0 1" : "0 0 0 0 0", await NumbersAsync(id));
    }

    [Fact]
    public async Task Settle_OneLeaseOfABatchRanOut_LeavesTheOtherClaim()
    {
        var id = await PlannedAsync(2);
        await ClaimAsync(id, 0, 1);
        Time.Advance(DeliveryOptions.Lease);
        var live = await ClaimAsync(id, 1, 1);
        Time.Advance(TimeSpan.FromSeconds(1));

        Assert.False((await Settlement.SettleAsync(id, None)).Finished);
        Assert.Equal([Uncertain, Claimed], await StatesAsync(id));
        await RecordAsync(id, 0, live, Sent);
        Assert.Equal([Uncertain, Sent], await StatesAsync(id));
    }

    [Fact]
    public async Task Settle_OnlyClaimsAreLeft_WaitsForThemAndNamesNoBatch()
    {
        var id = await PlannedAsync(1);
        var claim = await ClaimAsync(id, 0, 1);
        var left = await Settlement.SettleAsync(id, None);
        Assert.Equal((false, 0), (left.Finished, left.FirstSeqs.Count));

        await RecordAsync(id, 0, claim, Blocked);
        Assert.True((await Settlement.SettleAsync(id, None)).Finished);
        Assert.Equal(BroadcastStatus.Failed, await StatusAsync(id)); // nobody was reached
    }

    [Theory]
    [InlineData(BroadcastStatus.Paused)]
    [InlineData(BroadcastStatus.Cancelled)]
    public async Task Settle_Stopped_WaitsForItsClaimsAndLeavesTheRest(BroadcastStatus stopped)
    {
        var id = await PlannedAsync(3);
        await ClaimAsync(id, 0, 1);
        await Broadcasts.MoveAsync(id, stopped, None);
        Assert.False((await Settlement.SettleAsync(id, None)).Finished);
        Assert.DoesNotContain(id, await Broadcasts.UnsettledAsync(None)); // it showed a sign of life just now
        Time.Advance(TimeSpan.FromSeconds(11));
        Assert.Contains(id, await Broadcasts.UnsettledAsync(None));

        Time.Advance(DeliveryOptions.Lease + TimeSpan.FromSeconds(1));
        Assert.True((await Settlement.SettleAsync(id, None)).Finished);

        Assert.DoesNotContain(id, await Broadcasts.UnsettledAsync(None));
        Assert.Equal([Uncertain, Pending, Pending], await StatesAsync(id));
        Assert.Equal(stopped, await StatusAsync(id));
    }

    [Fact]
    public async Task Settle_PausedWhileAClaimWasBeingMade_DoesNotForgetTheClaim()
    {
        var id = await PlannedAsync(2);
        // The first is skipped, so that the claim, which holds both rows by then, waits for the batch's counters.
        await ExecuteAsync("UPDATE users SET opted_out_at = now() WHERE id = @UserId", new { (await RowsAsync(id))[0].UserId });
        await using var db = await Source.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        await db.ExecuteAsync("SELECT 1 FROM delivery_batches WHERE broadcast_id = @id FOR UPDATE", new { id }, transaction);
        var claim = Task.Run(() => ClaimAsync(id, 0, 2));
        while (await ScalarAsync<int>("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'") == 0)
            await Task.Delay(10);

        var pause = Broadcasts.MoveAsync(id, BroadcastStatus.Paused, None);
        if (await Task.WhenAny(pause, Task.Delay(500)) == pause)
            await Settlement.SettleAsync(id, None);
        await transaction.CommitAsync();
        await claim;
        Assert.True(await pause);
        await Settlement.SettleAsync(id, None);

        Assert.Equal([Skipped, Claimed], await StatesAsync(id));
        Time.Advance(TimeSpan.FromSeconds(11));
        Assert.Contains(id, await Broadcasts.UnsettledAsync(None)); // else nobody gives it up if its worker is gone
    }

    [Fact]
    public async Task Claim_PersonLeftOrIsGone_IsSkippedAndCounted()
    {
        var id = await PlannedAsync(4);
        var rows = await RowsAsync(id);
        await ExecuteAsync("UPDATE users SET opted_out_at = now() WHERE id = @UserId", new { rows[0].UserId });
        await ExecuteAsync("UPDATE users SET suppressed_at = now(), suppression_reason = 'x' WHERE id = @UserId", new { rows[1].UserId });
        await ExecuteAsync("DELETE FROM users WHERE id = @UserId", new { rows[2].UserId });

        await RecordAsync(id, 0, await ClaimAsync(id, 0, 4), Sent);

        Assert.Equal([Skipped, Skipped, Skipped, Sent], await StatesAsync(id));
        Assert.Equal("1 0 0 3 0", await NumbersAsync(id));
    }

    private async Task<(Guid Id, IReadOnlyList<ClaimedDelivery> Rows)> ClaimAsync(Guid id, int firstSeq, int count)
    {
        var claimId = Guid.CreateVersion7();
        var rows = await Deliveries.ClaimAsync(new BatchRange(id, firstSeq, 500), claimId, [.. Enumerable.Range(firstSeq, count)], None);
        Assert.Equal(count, rows.Count);
        return (claimId, rows);
    }

    private Task RecordAsync(Guid id, int firstSeq, (Guid Id, IReadOnlyList<ClaimedDelivery> Rows) claim, DeliveryState state) =>
        Deliveries.RecordAsync(
            new BatchRange(id, firstSeq, 500), claim.Id, [.. claim.Rows.Select(row => new DeliveryOutcome(row.Seq, state, 1, "why"))], None);

    private async Task<(BroadcastStatus, DateTimeOffset?, DateTimeOffset)> EndAsync(Guid id) =>
        (await Broadcasts.GetAsync(id, None))! is var b ? (b.Status, b.SentAt, b.UpdatedAt) : default;

    /// <summary>Sent, failed, blocked, skipped, uncertain.</summary>
    private Task<string> NumbersAsync(Guid id) => ScalarAsync<string>(
        "SELECT concat_ws(' ', sum(sent), sum(failed), sum(blocked), sum(skipped), sum(uncertain)) FROM delivery_batches WHERE broadcast_id = @id",
        new { id });
}

using Dapper;
using Marketing.Core.Broadcasts;
using Marketing.Core.Tests.Fixtures;

namespace Marketing.Core.Tests.Delivery;

public sealed class PlanRepositoryTests(DatabaseFixture database) : DeliveryTests(database, TimeProvider.System)
{
    [Fact]
    public async Task Plan_TwoPlannersAtOnce_MakeOnePlan()
    {
        var id = await SendingAsync(1_234);

        var planned = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Plans.PlanAsync(id, 100, None))));

        Assert.All(planned, Assert.True);
        Assert.Equal(Enumerable.Range(0, 1_234), (await RowsAsync(id)).Select(r => r.Seq));
        Assert.Equal(1_234, (await RowsAsync(id)).Select(r => r.UserId).Distinct().Count());
        await using var db = await Source.OpenConnectionAsync();
        var batches = (await db.QueryAsync<(int, int)>(
            "SELECT first_seq, size FROM delivery_batches WHERE broadcast_id = @id ORDER BY first_seq", new { id })).ToList();
        Assert.Equal(Enumerable.Range(0, 13).Select(i => (i * 100, i < 12 ? 100 : 34)), batches);
        Assert.Equal(1_234, await ScalarAsync<int>("SELECT total_recipients FROM broadcasts WHERE id = @id", new { id }));
    }

    [Theory]
    [InlineData(BroadcastStatus.Cancelled)]
    [InlineData(BroadcastStatus.Paused)]
    public async Task Plan_StoppedMeanwhile_IsUndoneAndAResumePlansAgain(BroadcastStatus stopped)
    {
        var id = await SendingAsync(20);
        var isPlanned = await PlanWhileAsync(id, () => Broadcasts.MoveAsync(id, stopped, None));

        Assert.False(isPlanned);
        Assert.Empty(await RowsAsync(id));
        Assert.Equal((0, 0), (
            await ScalarAsync<int>("SELECT count(*) FROM delivery_batches WHERE broadcast_id = @id", new { id }),
            await ScalarAsync<int>("SELECT count(planned_at) FROM broadcasts WHERE id = @id", new { id })));
        Assert.Equal(stopped, await StatusAsync(id));
        Assert.False(await Plans.PlanAsync(id, 10, None));

        if (stopped == BroadcastStatus.Paused)
        {
            Assert.True(await Broadcasts.MoveAsync(id, BroadcastStatus.Sending, None));
            Assert.True(await Plans.PlanAsync(id, 10, None));
            Assert.Equal(20, (await RowsAsync(id)).Count);
        }
    }

    [Fact]
    public async Task Plan_StandsAndPaused_IsLeftAsItIs()
    {
        var id = await PlannedAsync(5);
        await Broadcasts.MoveAsync(id, BroadcastStatus.Paused, None);

        Assert.True(await Plans.PlanAsync(id, 2, None));
        Assert.Equal(1, await ScalarAsync<int>("SELECT count(*) FROM delivery_batches WHERE broadcast_id = @id", new { id }));
    }

    [Fact]
    public async Task Plan_EmptyCohort_FailsTheBroadcastWithTheReason()
    {
        var id = await SendingAsync(3);
        await ExecuteAsync("UPDATE users SET opted_out_at = now() WHERE region = @region", new { region = $"R{id:N}" });

        Assert.False(await Plans.PlanAsync(id, 10, None));

        var broadcast = await Broadcasts.GetAsync(id, None);
        Assert.Equal(BroadcastStatus.Failed, broadcast!.Status);
        Assert.Contains("empty", broadcast.FailureReason, StringComparison.Ordinal);
        Assert.Empty(await RowsAsync(id));
    }

    /// <summary>Holds the plan up at its batches, when its ledger is written, until something else has happened.</summary>
    private async Task<bool> PlanWhileAsync(Guid id, Func<Task<bool>> meanwhile)
    {
        await using var db = await Source.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        await db.ExecuteAsync("LOCK TABLE delivery_batches IN EXCLUSIVE MODE", transaction: transaction);
        var plan = Task.Run(() => Plans.PlanAsync(id, 10, None));
        var waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'delivery_batches'::regclass AND database = "
            + "(SELECT oid FROM pg_database WHERE datname = current_database())";
        while (await ScalarAsync<int>(waiting) == 0)
            await Task.Delay(10);
        Assert.True(await meanwhile());
        await transaction.CommitAsync();
        return await plan.WaitAsync(TimeSpan.FromSeconds(60));
    }
}

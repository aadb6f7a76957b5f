using Dapper;
using Marketing.Functions.Delivery;
using Marketing.Functions.Tests.Hosting;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Moq;

namespace Marketing.Functions.Tests.Delivery;

public sealed class CleanupTests(QuietApp app) : IClassFixture<QuietApp>
{
    private CleanupTimers Timers => ActivatorUtilities.CreateInstance<CleanupTimers>(app.Host.Services);

    [Fact]
    public async Task PurgeUpdates_OlderThanAWeek_GoInBatchesAndTheRestStays()
    {
        await using var db = await app.Database.OpenConnectionAsync();
        await db.ExecuteAsync("""
            INSERT INTO telegram_updates (update_id, received_at)
            SELECT n, now() - CASE WHEN n <= 25000 THEN interval '169 hours' ELSE interval '167 hours' END FROM generate_series(1, 25100) n
            """);

        await Timers.PurgeUpdates(new TimerInfo(), default);

        Assert.Equal((100, 25_001), await db.QuerySingleAsync<(int, int)>("SELECT count(*)::integer, min(update_id)::integer FROM telegram_updates WHERE update_id <= 25100"));
    }

    [Fact]
    public async Task PurgeConversations_OlderThanAWeek_GoUnlessTheyFollowABroadcast()
    {
        await using var db = await app.Database.OpenConnectionAsync();
        await db.ExecuteAsync("""
            INSERT INTO conversations (id, chat_id, admin_id, step, state, updated_at)
            SELECT gen_random_uuid(), -n, (SELECT id FROM admin_tokens LIMIT 1), n, '{}', now() - CASE WHEN n = 11 THEN interval '167 hours' ELSE interval '169 hours' END
            FROM generate_series(8, 11) n
            """);

        await Timers.PurgeConversations(new TimerInfo(), default);

        Assert.Equal([10, 11], await db.QueryAsync<int>("SELECT step FROM conversations ORDER BY step"));
    }

    [Fact]
    public async Task PurgeHistories_AsksForEndedOnesOlderThanAWeek()
    {
        var asked = new List<PurgeInstancesFilter>();
        var durable = new Mock<DurableTaskClient>("tests");
        durable.Setup(d => d.PurgeAllInstancesAsync(Capture.In(asked), It.IsAny<CancellationToken>())).ReturnsAsync(new PurgeResult(3));

        await Timers.PurgeHistories(new TimerInfo(), durable.Object, default);

        var filter = Assert.Single(asked);
        Assert.Null(filter.CreatedFrom);
        Assert.InRange(TimeProvider.System.GetUtcNow() - filter.CreatedTo!.Value, TimeSpan.FromDays(7), TimeSpan.FromDays(7.1));
        Assert.Equal([OrchestrationRuntimeStatus.Completed, OrchestrationRuntimeStatus.Failed, OrchestrationRuntimeStatus.Terminated], filter.Statuses);
    }

    [Fact]
    public async Task PurgeAllInstances_OnTheLocalHost_TakesEndedOnesOfThatTimeOnly()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.Zero));
        await using var host = await SampleHost.StartAsync(clock);
        await host.StartAsync(nameof(SampleOrchestrations.SumSquares), new[] { 1 }, "old");
        await host.EndOfAsync("old");
        await host.StartAsync(nameof(SampleOrchestrations.Wait), null, "running");
        clock.Advance(TimeSpan.FromDays(8));
        await host.StartAsync(nameof(SampleOrchestrations.SumSquares), new[] { 1 }, "new");
        await host.EndOfAsync("new");

        var purged = await host.Client.PurgeAllInstancesAsync(new PurgeInstancesFilter(CreatedTo: clock.GetUtcNow().AddDays(-7)), CancellationToken.None);

        Assert.Equal(1, purged.PurgedInstanceCount);
        Assert.Null(await host.Client.GetInstanceAsync("old", CancellationToken.None));
        Assert.NotNull(await host.Client.GetInstanceAsync("running", CancellationToken.None));
        Assert.NotNull(await host.Client.GetInstanceAsync("new", CancellationToken.None));
        host.Log.Gate.TrySetResult();
    }
}

using System.Text.Json;
using Marketing.Core.Broadcasts;
using Marketing.Core.Delivery;
using Marketing.Functions.Delivery;
using Marketing.Functions.Tests.Delivery.Replay;

namespace Marketing.Functions.Tests.Delivery;

/// <summary>The orchestrator under Durable's replay, over a ledger of batches in memory.</summary>
public sealed class DeliverBroadcastReplayTests
{
    private const int Size = 500;
    private static readonly Guid Broadcast = Guid.CreateVersion7();

    private readonly HashSet<int> open = [];
    private readonly List<int> sends = [];
    private readonly Queue<BroadcastStart> starts = new([new BroadcastStart(true, null)]);
    private readonly Random order = new(7); // a seed: a failure can be repeated
    private int claimedLooks;
    private Func<int, bool> fails = _ => false;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(50)]
    public void Replay_FirstPassInAnyOrder_SendsEveryBatchOnce(int eventsATurn)
    {
        Ledger(30);

        var generations = Run(eventsATurn);

        Assert.Equal(Enumerable.Range(0, 30).Select(i => i * Size), sends.Order());
        Assert.Equal(2, generations.Count); // one that sends, one that finds nothing left
        Assert.All(generations, g => Assert.Null(g.Error));
    }

    [Fact]
    public void Replay_BatchesLeaveRowsOver_LooksAgainUntilNoneIsLeft()
    {
        Ledger(5);
        var leftovers = new HashSet<int> { 500, 1500 };

        var generations = Run(afterSend: seq => leftovers.Remove(seq));

        Assert.Equal([0, 500, 500, 1000, 1500, 1500, 2000], sends.Order());
        Assert.Equal(3, generations.Count);
    }

    [Fact]
    public void Replay_ABatchFailsTwice_IsRetriedAfterItsWaits()
    {
        Ledger(3);
        fails = seq => seq == 500 && sends.Count(s => s == 500) <= 2;

        var generations = Run();

        Assert.Equal(3, sends.Count(s => s == 500));
        Assert.Equal(2, generations[0].Count<HistoryEvent.TimerFired>());
        Assert.Null(generations[^1].Error);
    }

    [Fact]
    public void Replay_ABatchFailsEveryTime_EndsFailedAfterEightAttempts()
    {
        Ledger(3);
        fails = seq => seq == 500;

        var generation = Assert.Single(Run());

        Assert.IsType<Microsoft.DurableTask.TaskFailedException>(generation.Error);
        Assert.Equal(8, sends.Count(s => s == 500));
        Assert.Null(generation.Next);
    }

    [Fact]
    public void Replay_BeforeItsTime_WaitsInGenerationsOfItsOwn()
    {
        Ledger(1);
        starts.Clear();
        for (var i = 0; i < 3; i++)
            starts.Enqueue(new BroadcastStart(false, new DateTimeOffset(2026, 5, 1, 13, 0, 0, TimeSpan.Zero)));
        starts.Enqueue(new BroadcastStart(true, null));

        var generations = Run();

        Assert.Equal(5, generations.Count);
        Assert.All(generations.Take(3), g => Assert.Equal(1, g.Count<HistoryEvent.TimerFired>()));
        Assert.Equal([0], sends);
    }

    [Fact]
    public void Replay_ClaimsOfADeadWorker_WaitsAndSendsNothing()
    {
        claimedLooks = 4;

        var generations = Run();

        Assert.Equal(5, generations.Count);
        Assert.Empty(sends);
        Assert.All(generations, g => Assert.InRange(g.Events, 1, 19));
    }

    // One event a turn is the longest history there is: 4 events a batch (Scheduled, Completed, TurnStarted, TurnEnded). The
    // first generation has 2 for the beginning, 12 for start, plan and settle, and 800 for its 200 batches.
    [Fact]
    public void Replay_AThousandBatches_EachGenerationsHistoryIsBounded()
    {
        Ledger(1000);

        var generations = Run();

        Assert.Equal(6, generations.Count);
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => i * Size), sends.Order());
        Assert.Equal([815, 807, 807, 807, 807, 7], generations.Select(g => g.Events));
        var largest = generations.Max(g => JsonSerializer.Serialize(g.History.Select(e => (object)e)).Length);
        Assert.InRange(largest, 1, 64_000);
    }

    private void Ledger(int batches) => open.UnionWith(Enumerable.Range(0, batches).Select(i => i * Size));

    private IReadOnlyList<Generation> Run(int eventsATurn = 1, Func<int, bool>? afterSend = null) => ReplayRunner.Run(
        DeliverBroadcastOrchestration.DeliverBroadcast, new DeliveryProgress(Broadcast, IsPlanned: false), new ReplayWorld
        {
            Pick = order.Next,
            EventsATurn = eventsATurn,
            Activity = (name, input) => name switch
            {
                nameof(DeliveryActivities.StartBroadcast) => starts.Dequeue(),
                nameof(DeliveryActivities.PlanBroadcast) => true,
                nameof(DeliveryActivities.SettleBroadcast) => Settle(),
                nameof(DeliveryActivities.SendBatch) => Send(JsonSerializer.Deserialize<BatchRange>(input!)!, afterSend),
                _ => throw new InvalidOperationException($"No activity is named {name}."),
            },
        });

    private Settlement Settle() => open.Count == 0 && claimedLooks-- <= 0
        ? new Settlement(true, Size, [])
        : new Settlement(false, Size, [.. open.Order().Take(SettleRepository.BatchesAtMost)]);

    private int Send(BatchRange batch, Func<int, bool>? hasLeftovers)
    {
        Assert.Equal((Broadcast, Size), (batch.BroadcastId, batch.Count));
        sends.Add(batch.FirstSeq);
        if (fails(batch.FirstSeq))
            throw new IOException("not now");
        if (hasLeftovers?.Invoke(batch.FirstSeq) != true)
            open.Remove(batch.FirstSeq);
        return Size;
    }
}

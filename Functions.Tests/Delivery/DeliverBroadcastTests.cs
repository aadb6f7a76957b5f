using Marketing.Core.Delivery;
using Marketing.Functions.Delivery;
using Microsoft.DurableTask;
using Moq;

namespace Marketing.Functions.Tests.Delivery;

/// <summary>The orchestrator's decisions over a mocked context, the one true edge here.</summary>
public sealed class DeliverBroadcastTests
{
    private static readonly Guid Broadcast = Guid.CreateVersion7();

    private readonly Mock<TaskOrchestrationContext> context = new();
    private readonly List<BatchRange> batches = [];
    private readonly Queue<SettleResult> settled = new();
    private object? continuedWith;

    public DeliverBroadcastTests()
    {
        context.Setup(c => c.CallActivityAsync<int>(nameof(DeliveryActivities.SendBatch), It.IsAny<object>(), It.IsAny<TaskOptions>()))
            .Callback((TaskName _, object? input, TaskOptions? _) => batches.Add((BatchRange)input!))
            .ReturnsAsync(1);
        context.Setup(c => c.CallActivityAsync<SettleResult>(nameof(DeliveryActivities.SettleBroadcast), It.IsAny<object>(), It.IsAny<TaskOptions>()))
            .ReturnsAsync(settled.Dequeue);
        context.Setup(c => c.ContinueAsNew(It.IsAny<object>(), It.IsAny<bool>())).Callback((object? input, bool _) => continuedWith = input);
    }

    [Fact]
    public async Task DeliverBroadcast_NotPlanned_PlansAndSendsEveryRowOnce()
    {
        Plan(new BroadcastPlan(1250, 500));
        settled.Enqueue(new SettleResult(true, 0, 0));

        await RunAsync(new DeliveryProgress(Broadcast, 0, 0, 0));

        Assert.Equal([new(Broadcast, 0, 500), new(Broadcast, 500, 500), new(Broadcast, 1000, 250)], batches);
        Assert.Null(continuedWith);
    }

    [Fact]
    public async Task DeliverBroadcast_NothingToPlan_Ends()
    {
        Plan(null);

        await RunAsync(new DeliveryProgress(Broadcast, 0, 0, 0));

        Assert.Empty(batches);
        Assert.Null(continuedWith);
    }

    [Fact]
    public async Task DeliverBroadcast_AMillionRecipients_KeepsEachGenerationTo200Batches()
    {
        var progress = new DeliveryProgress(Broadcast, 1_000_000, 500, 0);
        settled.Enqueue(new SettleResult(true, 0, 0));
        var generations = 0;
        for (object? next = progress; next is not null; next = continuedWith, generations++)
        {
            continuedWith = null;
            var before = batches.Count;
            await RunAsync((DeliveryProgress)next);
            Assert.InRange(batches.Count - before, 1, 200);
        }

        Assert.Equal(10, generations);
        Assert.Equal(Enumerable.Range(0, 2000).Select(i => new BatchRange(Broadcast, i * 500, 500)), batches);
    }

    [Fact]
    public async Task DeliverBroadcast_RowsLeft_SendsThemInAnotherPass()
    {
        settled.Enqueue(new SettleResult(false, Pending: 3, Claimed: 0));

        await RunAsync(new DeliveryProgress(Broadcast, 500, 500, 500));

        Assert.Equal(new DeliveryProgress(Broadcast, 500, 500, 0), continuedWith);
        context.Verify(c => c.CreateTimer(It.IsAny<TimeSpan>(), It.IsAny<CancellationToken>()), Times.Never);
    }

    [Fact]
    public async Task DeliverBroadcast_ClaimsOfADeadWorker_WaitsAndSettlesAgainWithoutSending()
    {
        settled.Enqueue(new SettleResult(false, Pending: 0, Claimed: 2));

        await RunAsync(new DeliveryProgress(Broadcast, 500, 500, 500));

        Assert.Equal(new DeliveryProgress(Broadcast, 500, 500, 500), continuedWith);
        Assert.Empty(batches);
        context.Verify(c => c.CreateTimer(It.IsAny<TimeSpan>(), It.IsAny<CancellationToken>()), Times.Once);
    }

    private void Plan(BroadcastPlan? plan) => context
        .Setup(c => c.CallActivityAsync<BroadcastPlan?>(nameof(DeliveryActivities.PlanBroadcast), It.IsAny<object>(), It.IsAny<TaskOptions>()))
        .ReturnsAsync(plan);

    private Task RunAsync(DeliveryProgress progress)
    {
        context.Setup(c => c.GetInput<DeliveryProgress>()).Returns(progress);
        return DeliverBroadcastOrchestration.DeliverBroadcast(context.Object);
    }
}

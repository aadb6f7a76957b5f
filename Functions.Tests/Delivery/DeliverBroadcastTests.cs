using Marketing.Core.Broadcasts;
using Marketing.Core.Delivery;
using Marketing.Functions.Delivery;
using Microsoft.DurableTask;
using Moq;

namespace Marketing.Functions.Tests.Delivery;

/// <summary>The orchestrator's decisions over a mocked context, the one true edge here.</summary>
public sealed class DeliverBroadcastTests
{
    private static readonly Guid Broadcast = Guid.CreateVersion7();
    private static readonly DateTime Now = new(2026, 5, 1, 12, 0, 0, DateTimeKind.Utc);

    private readonly Mock<TaskOrchestrationContext> context = new();
    private readonly List<BatchRange> batches = [];
    private readonly List<DateTime> timers = [];
    private readonly Queue<Settlement> settled = new();
    private BroadcastStart start = new(Deliver: true, null);
    private bool planned = true;
    private object? continuedWith;

    public DeliverBroadcastTests()
    {
        Activity<int>(nameof(DeliveryActivities.SendBatch), input =>
        {
            batches.Add((BatchRange)input!);
            return 1;
        });
        Activity(nameof(DeliveryActivities.StartBroadcast), _ => start);
        Activity(nameof(DeliveryActivities.PlanBroadcast), _ => planned);
        Activity(nameof(DeliveryActivities.SettleBroadcast), _ => settled.Dequeue());
        context.Setup(c => c.CurrentUtcDateTime).Returns(Now);
        context.Setup(c => c.CreateTimer(It.IsAny<DateTime>(), It.IsAny<CancellationToken>()))
            .Callback((DateTime at, CancellationToken _) => timers.Add(at)).Returns(Task.CompletedTask);
        context.Setup(c => c.CreateTimer(It.IsAny<TimeSpan>(), It.IsAny<CancellationToken>()))
            .Callback((TimeSpan delay, CancellationToken _) => timers.Add(Now + delay)).Returns(Task.CompletedTask);
        context.Setup(c => c.ContinueAsNew(It.IsAny<object>(), It.IsAny<bool>())).Callback((object? input, bool _) => continuedWith = input);
    }

    [Fact]
    public async Task DeliverBroadcast_Planned_SendsWhatIsLeftAndLooksAgain()
    {
        settled.Enqueue(new Settlement(false, 500, [0, 500, 1500]));

        await RunAsync(new DeliveryProgress(Broadcast, IsPlanned: false));

        Assert.Equal([new(Broadcast, 0, 500), new(Broadcast, 500, 500), new(Broadcast, 1500, 500)], batches);
        Assert.Equal(new DeliveryProgress(Broadcast, IsPlanned: true), continuedWith);
        Assert.Empty(timers);
    }

    [Fact]
    public async Task DeliverBroadcast_NothingLeft_Ends()
    {
        settled.Enqueue(new Settlement(true, 500, []));

        await RunAsync(new DeliveryProgress(Broadcast, IsPlanned: true));

        Assert.Empty(batches);
        Assert.Null(continuedWith);
        context.Verify(c => c.CallActivityAsync<bool>(nameof(DeliveryActivities.PlanBroadcast), It.IsAny<object>(), It.IsAny<TaskOptions>()), Times.Never);
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task DeliverBroadcast_NotToBeDeliveredOrNoPlan_Ends(bool deliver, bool hasPlan)
    {
        start = new BroadcastStart(deliver, null);
        planned = hasPlan;

        await RunAsync(new DeliveryProgress(Broadcast, IsPlanned: false));

        Assert.Empty(batches);
        Assert.Null(continuedWith);
    }

    [Fact]
    public async Task DeliverBroadcast_ClaimsOfADeadWorker_WaitsAndLooksAgainWithoutSending()
    {
        settled.Enqueue(new Settlement(false, 500, []));

        await RunAsync(new DeliveryProgress(Broadcast, IsPlanned: true));

        Assert.Equal(new DeliveryProgress(Broadcast, IsPlanned: true), continuedWith);
        Assert.Empty(batches);
        Assert.Equal([Now.AddSeconds(15)], timers);
    }

    [Theory]
    [InlineData(2, 2)] // its second
    [InlineData(50, 5)] // a look, because it may be moved to an earlier time
    public async Task DeliverBroadcast_BeforeItsTime_WaitsAndAsksAgain(int secondsAhead, int expected)
    {
        start = new BroadcastStart(false, new DateTimeOffset(Now).AddSeconds(secondsAhead));

        await RunAsync(new DeliveryProgress(Broadcast, IsPlanned: false));

        Assert.Equal([Now.AddSeconds(expected)], timers);
        Assert.Equal(new DeliveryProgress(Broadcast, IsPlanned: false), continuedWith);
        Assert.Empty(batches);
    }

    private void Activity<T>(string name, Func<object?, T> run) => context
        .Setup(c => c.CallActivityAsync<T>(name, It.IsAny<object>(), It.IsAny<TaskOptions>()))
        .Returns((TaskName _, object? input, TaskOptions? _) => Task.FromResult(run(input)));

    private Task RunAsync(DeliveryProgress progress)
    {
        context.Setup(c => c.GetInput<DeliveryProgress>()).Returns(progress);
        return DeliverBroadcastOrchestration.DeliverBroadcast(context.Object);
    }
}

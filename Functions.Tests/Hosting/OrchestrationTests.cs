using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using OrchestrationAlreadyExistsException = DurableTask.Core.Exceptions.OrchestrationAlreadyExistsException;

namespace Marketing.Functions.Tests.Hosting;

public sealed class OrchestrationTests
{
    [Fact]
    public async Task FanOut_OfManyActivities_AddsUpOnOneThread()
    {
        await using var host = await SampleHost.StartAsync();

        await host.StartAsync(nameof(SampleOrchestrations.SumSquares), Enumerable.Repeat(1, 500).ToArray(), "sum");

        var end = await host.EndOfAsync("sum");
        Assert.Equal((OrchestrationRuntimeStatus.Completed, 500), (end.RuntimeStatus, end.ReadOutputAs<int>()));
    }

    [Theory]
    [InlineData(2, OrchestrationRuntimeStatus.Completed)]
    [InlineData(3, OrchestrationRuntimeStatus.Failed)]
    public async Task Retry_UpToThePolicysAttempts_DecidesTheEnd(int failFirst, OrchestrationRuntimeStatus expected)
    {
        await using var host = await SampleHost.StartAsync();

        await host.StartAsync(nameof(SampleOrchestrations.Stubborn), new Attempt("key", failFirst), "stubborn");

        var end = await host.EndOfAsync("stubborn");
        Assert.Equal((expected, 3), (end.RuntimeStatus, host.Log.Count("key")));
        if (expected == OrchestrationRuntimeStatus.Failed)
            Assert.Equal(typeof(TaskFailedException).FullName, end.FailureDetails?.ErrorType);
    }

    [Fact]
    public async Task ContinueAsNew_WithAnEarlyEvent_KeepsItForTheLastRun()
    {
        await using var host = await SampleHost.StartAsync();

        await host.StartAsync(nameof(SampleOrchestrations.CountDown), 3, "down");
        await host.Client.RaiseEventAsync("down", "Go", "went");

        var end = await host.EndOfAsync("down");
        Assert.Equal(("went", 0), (end.ReadOutputAs<string>(), end.ReadCustomStatusAs<int>()));
        Assert.Equal(["count 3", "count 2", "count 1", "count 0"], host.Log.Lines);
    }

    [Fact]
    public async Task SubOrchestration_ThatFails_ThrowsWhatFailedInIt()
    {
        await using var host = await SampleHost.StartAsync();

        await host.StartAsync(nameof(SampleOrchestrations.Outer), null, "outer");

        Assert.Contains("not yet", (await host.EndOfAsync("outer")).ReadOutputAs<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Schedule_RunningId_IsRefusedAndAnEndedOneReplaced()
    {
        await using var host = await SampleHost.StartAsync();
        await host.StartAsync(nameof(SampleOrchestrations.Wait), null, "one");

        await Assert.ThrowsAsync<OrchestrationAlreadyExistsException>(
            () => host.StartAsync(nameof(SampleOrchestrations.SumSquares), new[] { 2 }, "one"));
        await host.Client.TerminateInstanceAsync("one", CancellationToken.None);
        await host.StartAsync(nameof(SampleOrchestrations.SumSquares), new[] { 2 }, "one");

        Assert.Equal(4, (await host.EndOfAsync("one")).ReadOutputAs<int>());
    }

    [Fact]
    public async Task Terminate_WhileAnActivityRuns_LetsItFinishAndNothingAfterIt()
    {
        await using var host = await SampleHost.StartAsync();
        await host.StartAsync(nameof(SampleOrchestrations.Wait), null, "wait");
        await host.SeesAsync("waiting");

        await host.Client.TerminateInstanceAsync("wait", "enough", CancellationToken.None);
        var end = await host.EndOfAsync("wait");
        host.Log.Gate.SetResult();
        await host.SeesAsync("gate passed");
        await Task.Delay(50);

        Assert.Equal((OrchestrationRuntimeStatus.Terminated, "enough"), (end.RuntimeStatus, end.ReadOutputAs<string>()));
        Assert.DoesNotContain("after the gate", host.Log.Lines);
        Assert.Equal(1, (await host.Client.PurgeInstanceAsync("wait", CancellationToken.None)).PurgedInstanceCount);
        Assert.Null(await host.Client.GetInstanceAsync("wait", CancellationToken.None));
    }

    [Fact]
    public async Task Dispose_WhileAnActivityRuns_CancelsItAndWaits()
    {
        var host = await SampleHost.StartAsync();
        await host.StartAsync(nameof(SampleOrchestrations.Wait), null, "wait");
        await host.SeesAsync("waiting");

        await host.DisposeAsync();

        Assert.Equal(["waiting ", "gate passed"], host.Log.Lines);
    }

    [Fact]
    public async Task Orchestrator_ThatLeftItsThread_Fails()
    {
        await using var host = await SampleHost.StartAsync();

        await host.StartAsync(nameof(SampleOrchestrations.Wander), null, "wander");

        Assert.Contains("foreign thread", (await host.EndOfAsync("wander")).FailureDetails!.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetAllInstances_ByPrefixAndStatus_ReturnsThose()
    {
        await using var host = await SampleHost.StartAsync();
        foreach (var id in new[] { "a-1", "a-2", "b-1" })
        {
            await host.StartAsync(nameof(SampleOrchestrations.SumSquares), new[] { 1 }, id);
            await host.EndOfAsync(id);
        }

        var query = new OrchestrationQuery(InstanceIdPrefix: "a-", Statuses: [OrchestrationRuntimeStatus.Completed]);
        var found = new List<string>();
        await foreach (var instance in host.Client.GetAllInstancesAsync(query))
            found.Add(instance.InstanceId);

        Assert.Equal(["a-1", "a-2"], found.Order());
    }
}

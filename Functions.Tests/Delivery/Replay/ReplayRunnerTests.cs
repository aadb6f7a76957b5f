using System.Collections.Concurrent;
using Microsoft.DurableTask;

namespace Marketing.Functions.Tests.Delivery.Replay;

/// <summary>That the replay finds what Durable would stumble over, or worse, not notice.</summary>
public sealed class ReplayRunnerTests
{
    private static readonly ReplayWorld World = new() { Activity = (_, _) => 1 };
    private static int turns;

    [Fact]
    public void Run_DeterministicOrchestrator_EndsWithItsResult()
    {
        var generation = Assert.Single(ReplayRunner.Run(Good, 3, World));

        Assert.Null(generation.Error);
        Assert.Equal(3, generation.Count<HistoryEvent.Completed>());
        Assert.Equal(1, generation.Count<HistoryEvent.TimerFired>());
    }

    public static TheoryData<string> Mutants => [.. Orchestrators.Keys];

    [Theory]
    [MemberData(nameof(Mutants))]
    public void Run_MutatedOrchestrator_IsFoundOut(string mutant) =>
        Assert.Throws<NonDeterministicException>(() => ReplayRunner.Run(Orchestrators[mutant], 3, World));

    private static readonly Dictionary<string, Orchestrator> Orchestrators = new()
    {
        ["an id of its own"] = async context =>
        {
            await context.CallActivityAsync<int>("a", Guid.CreateVersion7());
            await context.CallActivityAsync<int>("b");
        },
        ["the machine's clock"] = async context =>
        {
            await context.CallActivityAsync<int>("a");
            await context.CreateTimer(TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(1), CancellationToken.None);
            await context.CallActivityAsync<int>("b");
        },
        ["the order of a dictionary"] = async context =>
        {
            // By reference, so the order is another in each run; that of strings is another in each process.
            var inputs = new ConcurrentDictionary<object, int>(Enumerable.Range(0, 20).Select(i => KeyValuePair.Create(new object(), i)));
            foreach (var (_, i) in inputs)
                await context.CallActivityAsync<int>("a", i);
        },
        ["a static counter"] = async context =>
        {
            await context.CallActivityAsync<int>($"a{Interlocked.Increment(ref turns)}");
            await context.CallActivityAsync<int>("b");
        },
        ["one call less when replaying"] = async context =>
        {
            if (!context.IsReplaying)
                await context.CallActivityAsync<int>("a");
            await context.CallActivityAsync<int>("b");
        },
        ["fewer calls at the end"] = async context =>
        {
            var calls = Interlocked.Increment(ref turns) % 2 == 1 ? 2 : 1;
            await Task.WhenAll(Enumerable.Range(0, 2 * calls).Select(i => context.CallActivityAsync<int>("a", i)));
        },
#pragma warning disable DURABLE0003, DURABLE0004 // what the test is about
        ["a wait of its own"] = async context =>
        {
            await Task.Delay(1);
            await context.CallActivityAsync<int>("a");
        },
        ["another thread"] = async context =>
        {
            await Task.Run(() => context.CallActivityAsync<int>("a"));
        },
#pragma warning restore DURABLE0003, DURABLE0004
    };

    private static async Task Good(TaskOrchestrationContext context)
    {
        var ids = new List<Guid> { context.NewGuid(), context.NewGuid() };
        await context.CreateTimer(context.CurrentUtcDateTime.AddSeconds(5), CancellationToken.None);
        var all = ids.Select(id => context.CallActivityAsync<int>("a", id)).ToList();
        all.Remove(await Task.WhenAny(all));
        await Task.WhenAll(all);
        await context.CallActivityAsync<int>("b", context.CurrentUtcDateTime);
    }
}

using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Marketing.Functions.Tests.Hosting;

/// <summary>What the sample functions did, for the tests to look at.</summary>
public sealed class SampleLog
{
    public ConcurrentQueue<string> Lines { get; } = new();

    public TaskCompletionSource Gate { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Count(string line) => Lines.Count(l => l == line);
}

public sealed class SampleHttp(SampleLog log)
{
    [Function(nameof(Greet))]
    public IResult Greet(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "greet/{name}/{times:int}")] HttpRequest request,
        string name, int times, CancellationToken ct)
    {
        log.Lines.Enqueue($"greet {request.Method} {ct.CanBeCanceled}");
        return Results.Text($"hello {name} x{times}");
    }

    [Function(nameof(Fail))]
    public Task<IResult> Fail([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request) =>
        throw new InvalidOperationException($"{request.Path} is broken");

    [Function(nameof(Measure))]
    public async Task<IResult> Measure([HttpTrigger(AuthorizationLevel.Anonymous, "post")] HttpRequest request, CancellationToken ct)
    {
        await request.Body.CopyToAsync(Stream.Null, ct);
        return Results.Ok(request.ContentLength);
    }

    [Function(nameof(StartSum))]
    public static async Task<IResult> StartSum(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "sums/{id}")] HttpRequest request,
        [DurableClient] DurableTaskClient client, string id) =>
        Results.Ok(await client.ScheduleNewOrchestrationInstanceAsync(
            nameof(SampleOrchestrations.SumSquares),
            new[] { 1, 2, 3 },
            new StartOrchestrationOptions(id),
            request.HttpContext.RequestAborted));
}

public sealed record Attempt(string Key, int FailFirst);

public sealed class SampleOrchestrations(SampleLog log)
{
    [Function(nameof(SumSquares))]
    public static async Task<int> SumSquares([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var numbers = context.GetInput<int[]>()!;
        var sum = 0;

        // Adds without a lock: an orchestrator's code runs on one thread at a time.
        async Task AddAsync(int n)
        {
            var square = await context.CallActivityAsync<int>(nameof(Square), n);
            sum += square;
        }

        await Task.WhenAll(numbers.Select(AddAsync));
        return sum;
    }

    [Function(nameof(Square))]
    public static int Square([ActivityTrigger] int n) => n * n;

    [Function(nameof(Stubborn))]
    public static async Task<string> Stubborn([OrchestrationTrigger] TaskOrchestrationContext context, Attempt input)
    {
        var policy = new RetryPolicy(3, TimeSpan.FromMilliseconds(10), backoffCoefficient: 2);
        await context.CallActivityAsync(nameof(Try), input, TaskOptions.FromRetryPolicy(policy));
        return "done";
    }

    [Function(nameof(Try))]
    public Task Try([ActivityTrigger] Attempt attempt)
    {
        log.Lines.Enqueue(attempt.Key);
        return log.Count(attempt.Key) > attempt.FailFirst ? Task.CompletedTask : throw new IOException("not yet");
    }

    [Function(nameof(CountDown))]
    public async Task<string> CountDown([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var n = context.GetInput<int>();
        log.Lines.Enqueue($"count {n}");
        context.SetCustomStatus(n);
        if (n == 0)
            return await context.WaitForExternalEvent<string>("go");
        await context.CreateTimer(TimeSpan.FromMilliseconds(1), CancellationToken.None);
        context.ContinueAsNew(n - 1);
        return "again";
    }

    [Function(nameof(Wait))]
    public async Task Wait([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        await context.CallActivityAsync(nameof(WaitForGate));
        log.Lines.Enqueue("after the gate");
    }

    [Function(nameof(WaitForGate))]
    public async Task WaitForGate([ActivityTrigger] object? input, CancellationToken ct)
    {
        log.Lines.Enqueue($"waiting {input}");
        await log.Gate.Task.WaitAsync(ct).ContinueWith(_ => log.Lines.Enqueue("gate passed"), TaskScheduler.Default);
    }

    [Function(nameof(Outer))]
    public static async Task<string> Outer([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        try
        {
            var sum = await context.CallSubOrchestratorAsync<int>(nameof(SumSquares), new[] { 2, 4 });
            await context.CallSubOrchestratorAsync(nameof(Stubborn), new Attempt("outer", 99));
            return $"{sum}";
        }
        catch (TaskFailedException e)
        {
            return e.FailureDetails.ErrorMessage;
        }
    }

    [Function(nameof(Wander))]
    public static async Task Wander([OrchestrationTrigger] TaskOrchestrationContext context)
    {
#pragma warning disable DURABLE0003 // what the test is about
        await Task.Delay(1).ConfigureAwait(false);
#pragma warning restore DURABLE0003
        await context.CallActivityAsync<int>(nameof(Square), 1);
    }
}

public sealed class SampleTimers(SampleLog log)
{
    [Function(nameof(Tick))]
    public async Task Tick([TimerTrigger("%Sample__Schedule%", RunOnStartup = true)] TimerInfo timer, CancellationToken ct)
    {
        log.Lines.Enqueue($"tick, next {timer.ScheduleStatus?.Next:HH:mm:ss}");
        if (log.Lines.Count(l => l.StartsWith("tick", StringComparison.Ordinal)) == 1)
            throw new IOException("the first run fails");
        await Task.Delay(1, ct);
    }
}

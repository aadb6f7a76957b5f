using System.Text.Json;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Marketing.Functions.Tests.Delivery.Replay;

/// <summary>One turn: the orchestrator's calls are compared with the history in order, and new ones are noted.</summary>
internal sealed class ReplayContext(IReadOnlyList<HistoryEvent> history) : TaskOrchestrationContext
{
    private readonly List<HistoryEvent> known = [.. history.Where(e => e is HistoryEvent.Scheduled or HistoryEvent.TimerCreated)];
    private readonly Dictionary<int, TaskCompletionSource<string?>> waiting = [];
    private readonly OneThread thread = new();
    private DateTime now;
    private int ids;
    private int guids;
    private string? violation;

    public List<HistoryEvent> NewEvents { get; } = [];

    /// <summary>Set by ContinueAsNew.</summary>
    public object? Next { get; private set; }

    public override TaskName Name => "orchestrator";
    public override string InstanceId => "instance";
    public override ParentOrchestrationInstance? Parent => null;
    public override DateTime CurrentUtcDateTime => now;
    public override bool IsReplaying => ids < known.Count;
    protected override ILoggerFactory LoggerFactory => NullLoggerFactory.Instance;

    /// <summary>Feeds the whole history to a new run; what it still awaits afterwards is left waiting.</summary>
    public Task Replay(Orchestrator orchestrator)
    {
        Task? run = null;
        foreach (var e in history)
        {
            switch (e)
            {
                case HistoryEvent.TurnStarted turn: now = turn.At; break;
                case HistoryEvent.Started: thread.Run(() => run = orchestrator(this)); break;
                case HistoryEvent.Completed done: thread.Run(() => Waiting(done.Id).SetResult(done.Result)); break;
                case HistoryEvent.TimerFired fired: thread.Run(() => Waiting(fired.Id).SetResult(null)); break;
                case HistoryEvent.Failed failed: thread.Run(() => Waiting(failed.Id).SetException(new ActivityFailed(failed.Error))); break;
            }
        }

        if (ids < known.Count)
            violation ??= $"The history has {known[ids]}, which the orchestrator did not schedule this time.";
        // Not where it is found: the orchestrator might catch it.
        return violation is null ? run! : throw new NonDeterministicException(violation);
    }

    public override T? GetInput<T>() where T : default =>
        Deserialize<T>(history.OfType<HistoryEvent.Started>().Single().Input);

    public override async Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null)
    {
        var data = Serialize(input);
        for (var failures = 1; ; failures++)
        {
            var id = ids;
            try
            {
                return Deserialize<TResult>(await Schedule(new HistoryEvent.Scheduled(ids, name, data)))!;
            }
            catch (ActivityFailed e)
            {
                if (Delay(options?.Retry?.Policy, failures) is not { } delay)
                    throw new TaskFailedException(name, id, TaskFailureDetails.FromException(e));
                await CreateTimer(now + delay, CancellationToken.None);
            }
        }
    }

    public override Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken) => Schedule(new HistoryEvent.TimerCreated(ids, fireAt));

    public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true) => Next = newInput;

    // From the position, as Durable's is from the instance and a counter.
    public override Guid NewGuid() => new(guids++, 0, 0, new byte[8]);

    public override void SetCustomStatus(object? customStatus) { }

    public override Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public override void SendEvent(string instanceId, string eventName, object payload) => throw new NotSupportedException();

    public override Task<TResult> CallSubOrchestratorAsync<TResult>(TaskName orchestratorName, object? input = null, TaskOptions? options = null) =>
        throw new NotSupportedException();

    public static string? Serialize(object? value) => value is null ? null : JsonSerializer.Serialize(value, value.GetType());

    private static T? Deserialize<T>(string? data) => data is null ? default : JsonSerializer.Deserialize<T>(data);

    // The Durable Task Framework's formula; a retry is a timer and another task in the same history.
    private static TimeSpan? Delay(RetryPolicy? policy, int failures) => policy is null || failures >= policy.MaxNumberOfAttempts ? null
        : TimeSpan.FromTicks(Math.Min(
            (long)(policy.FirstRetryInterval.Ticks * Math.Pow(policy.BackoffCoefficient, failures - 1)), policy.MaxRetryInterval.Ticks));

    private Task<string?> Schedule(HistoryEvent call)
    {
        if (!thread.IsCurrent)
        {
            violation ??= "The orchestrator calls its context from a thread that is not Durable's.";
            return new TaskCompletionSource<string?>().Task;
        }

        if (ids < known.Count && known[ids] != call)
            violation ??= $"The history has {known[ids]}, but now the orchestrator schedules {call}.";
        if (ids >= known.Count)
            NewEvents.Add(call);
        return Waiting(ids++).Task;
    }

    // Results come back only after their calls; a result whose call is not made again is left over.
    private TaskCompletionSource<string?> Waiting(int id)
    {
        if (!waiting.TryGetValue(id, out var task))
            waiting[id] = task = new TaskCompletionSource<string?>();
        return task;
    }

    private sealed class ActivityFailed(string message) : Exception(message);

    /// <summary>Continuations run here and now, one after the other, as on Durable's thread.</summary>
    private sealed class OneThread : SynchronizationContext
    {
        private readonly Queue<(SendOrPostCallback Callback, object? State)> posted = new();

        public bool IsCurrent => Current == this;

        public override void Post(SendOrPostCallback d, object? state)
        {
            lock (posted)
                posted.Enqueue((d, state));
        }

        public void Run(Action step)
        {
            var before = Current;
            SetSynchronizationContext(this);
            try
            {
                step();
                while (Take() is var (callback, state))
                    callback(state);
            }
            finally
            {
                SetSynchronizationContext(before);
            }
        }

        private (SendOrPostCallback Callback, object? State)? Take()
        {
            lock (posted)
                return posted.TryDequeue(out var next) ? next : null;
        }
    }
}

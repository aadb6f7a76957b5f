using Marketing.Local.Hosting;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Marketing.Local.Durable;

/// <summary>
/// One run of an orchestrator in memory: no history and no replay. As in the real one its code never runs on two threads at
/// once, and what it awaits never comes back once the run is over, was terminated or the host stops.
/// </summary>
internal sealed class LocalOrchestrationContext(
    LocalDurableTaskClient client, OrchestrationInstance instance, TimeProvider clock, ILoggerFactory loggers, CancellationToken stopping)
    : TaskOrchestrationContext
{
    private readonly TaskScheduler thread = new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler;
    private readonly TaskCompletionSource over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int tasks;

    /// <summary>Set by ContinueAsNew: the next run's serialized input, and whether unread events stay.</summary>
    public (string? Input, bool KeepEvents)? Next { get; private set; }

    public override TaskName Name => instance.Name;

    public override string InstanceId => instance.Id;

    public override ParentOrchestrationInstance? Parent => instance.Parent;

    public override DateTime CurrentUtcDateTime => clock.GetUtcNow().UtcDateTime;

    public override bool IsReplaying => false;

    protected override ILoggerFactory LoggerFactory => loggers;

    public Task<object?> RunAsync(Func<Task<object?>> orchestrator) =>
        Task.Factory.StartNew(orchestrator, CancellationToken.None, TaskCreationOptions.DenyChildAttach, thread).Unwrap();

    public void End() => over.TrySetResult();

    public override T? GetInput<T>() where T : default => JsonData.Converter.Deserialize<T>(instance.Input);

    public object? GetInput(Type type) => JsonData.Converter.Deserialize(instance.Input, type);

    public override async Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null)
    {
        RefuseForeignThread();
        if (input is TaskOptions && options is null)
            throw new ArgumentException("These options were given as the activity's input: name the parameter.", nameof(input));
        var data = JsonData.Converter.Serialize(input);
        return await ResultAsync<TResult>(name, options, () => client.RunActivityAsync(name, data));
    }

    public override async Task<TResult> CallSubOrchestratorAsync<TResult>(
        TaskName orchestratorName, object? input = null, TaskOptions? options = null)
    {
        RefuseForeignThread();
        var data = JsonData.Converter.Serialize(input);
        var id = (options as SubOrchestrationOptions)?.InstanceId ?? NewGuid().ToString("N");
        var parent = new ParentOrchestrationInstance(Name, InstanceId);
        return await ResultAsync<TResult>(orchestratorName, options, async () =>
        {
            var child = client.Start(orchestratorName, id, data, parent, null);
            await child.Ended.ConfigureAwait(false);
            var end = child.Describe(withData: true);
            if (end.RuntimeStatus == OrchestrationRuntimeStatus.Completed)
                return end.SerializedOutput;
            throw end.FailureDetails is { } failure
                ? new TaskFailedException(orchestratorName, tasks, failure)
                : new InvalidOperationException($"The orchestration '{id}' was terminated.");
        });
    }

    public override Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken)
    {
        RefuseForeignThread();
        return WhileRunningAsync(FireAsync());

        async Task<bool> FireAsync()
        {
            await clock.DelayUntilAsync(fireAt.ToUniversalTime(), cancellationToken).ConfigureAwait(false);
            return true;
        }
    }

    public override async Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default)
    {
        RefuseForeignThread();
        var data = await WhileRunningAsync(instance.Events.ReadAsync(eventName, cancellationToken)).ConfigureAwait(false);
        return JsonData.Converter.Deserialize<T>(data)!;
    }

    public override void SendEvent(string instanceId, string eventName, object payload)
    {
        RefuseForeignThread();
        client.Find(instanceId)?.Events.Raise(eventName, JsonData.Converter.Serialize(payload));
    }

    public override void SetCustomStatus(object? customStatus)
    {
        RefuseForeignThread();
        instance.SetCustomStatus(JsonData.Converter.Serialize(customStatus));
    }

    public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true)
    {
        RefuseForeignThread();
        Next = (JsonData.Converter.Serialize(newInput), preserveUnprocessedEvents);
    }

    public override Guid NewGuid() => Guid.CreateVersion7();

    private async Task<TResult> ResultAsync<TResult>(TaskName name, TaskOptions? options, Func<Task<string?>> attempt)
    {
        if (options?.Retry is { Policy: null })
            throw new NotSupportedException("The local host retries by a RetryPolicy only.");
        var task = AttemptAsync(name, tasks++, options?.Retry?.Policy, attempt);
        return JsonData.Converter.Deserialize<TResult>(await WhileRunningAsync(task).ConfigureAwait(false))!;
    }

    private async Task<string?> AttemptAsync(TaskName name, int taskId, RetryPolicy? policy, Func<Task<string?>> attempt)
    {
        var started = clock.GetTimestamp();
        var log = loggers.CreateLogger<LocalOrchestrationContext>();
        for (var failures = 1; ; failures++)
        {
            TaskFailureDetails failure;
            try
            {
                return await attempt().ConfigureAwait(false);
            }
            catch (Exception e) when (e is not OperationCanceledException || !stopping.IsCancellationRequested)
            {
                // Whatever an activity throws reaches its orchestrator as a TaskFailedException, after the retries. One that
                // a stop of the host broke off has not failed.
                log.TaskFailed(e, InstanceId, name, failures);
                failure = e is TaskFailedException known ? known.FailureDetails : TaskFailureDetails.FromException(e);
            }

            if (Retries.NextDelay(policy, failures, clock.GetElapsedTime(started)) is not { } delay)
                throw new TaskFailedException(name, taskId, failure);
            await Task.Delay(delay, clock, stopping).ConfigureAwait(false);
        }
    }

    private async Task<T> WhileRunningAsync<T>(Task<T> task)
    {
        await Task.WhenAny(task, over.Task).ConfigureAwait(false);
        if (over.Task.IsCompleted || stopping.IsCancellationRequested)
            await new TaskCompletionSource().Task;
        return await task.ConfigureAwait(false);
    }

    private void RefuseForeignThread()
    {
        if (TaskScheduler.Current == thread)
            return;
        throw new InvalidOperationException(
            "An orchestrator may await only what its context returns: after Task.Run or ConfigureAwait(false) it is on a foreign thread.");
    }
}

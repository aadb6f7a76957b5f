using System.Collections.Concurrent;
using DurableTask.Core.Exceptions;
using Marketing.Local.Hosting;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Marketing.Local.Durable;

/// <summary>
/// Orchestrations in memory; nothing outlives the process. Scheduling an id that is pending or running throws
/// <see cref="OrchestrationAlreadyExistsException"/>, as the real client does since Microsoft.DurableTask 1.22 (before, it
/// let a Grpc.Core.RpcException with AlreadyExists through); an ended one is replaced. Where the real client reports an
/// absent or ended instance by RpcException, which only its package has, this one throws <see cref="InvalidOperationException"/>.
/// </summary>
internal sealed class LocalDurableTaskClient : DurableTaskClient
{
    private readonly ConcurrentDictionary<string, OrchestrationInstance> instances = new();
    private readonly ConcurrentDictionary<Task, bool> activitiesRunning = new();
    private readonly Dictionary<string, FunctionMethod> orchestrators;
    private readonly Dictionary<string, FunctionMethod> activities;
    private readonly IServiceProvider services;
    private readonly TimeProvider clock;
    private readonly ILoggerFactory loggers;
    private readonly ILogger log;
    private readonly CancellationToken stopping;
    private readonly Lock starting = new();

    public LocalDurableTaskClient(
        IEnumerable<FunctionMethod> functions, IServiceProvider services, TimeProvider clock, CancellationToken stopping)
        : base("local")
    {
        var byName = functions.ToLookup(f => f.Trigger.GetType());
        orchestrators = byName[typeof(OrchestrationTriggerAttribute)].ToDictionary(f => f.Name, StringComparer.OrdinalIgnoreCase);
        activities = byName[typeof(ActivityTriggerAttribute)].ToDictionary(f => f.Name, StringComparer.OrdinalIgnoreCase);
        this.services = services;
        this.clock = clock;
        loggers = services.GetRequiredService<ILoggerFactory>();
        log = loggers.CreateLogger<LocalDurableTaskClient>();
        this.stopping = stopping;
    }

    public override Task<string> ScheduleNewOrchestrationInstanceAsync(
        TaskName orchestratorName,
        object? input = null,
        StartOrchestrationOptions? options = null,
        CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        var id = options?.InstanceId ?? Guid.CreateVersion7().ToString("N");
        Start(orchestratorName, id, JsonData.Converter.Serialize(input), null, options?.StartAt);
        return Task.FromResult(id);
    }

    public override Task RaiseEventAsync(
        string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default)
    {
        GetLive(instanceId).Events.Raise(eventName, JsonData.Converter.Serialize(eventPayload));
        return Task.CompletedTask;
    }

    public override async Task<OrchestrationMetadata> WaitForInstanceStartAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default)
    {
        var instance = Get(instanceId);
        await instance.Started.WaitAsync(cancellation);
        return instance.Describe(getInputsAndOutputs);
    }

    public override async Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default)
    {
        var instance = Get(instanceId);
        await instance.Ended.WaitAsync(cancellation);
        return instance.Describe(getInputsAndOutputs);
    }

    /// <summary>The orchestrator never runs again; activities under way complete.</summary>
    public override Task TerminateInstanceAsync(
        string instanceId, TerminateInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        GetLive(instanceId).Terminate(JsonData.Converter.Serialize(options?.Output));
        if (options is not { Recursive: true })
            return Task.CompletedTask;
        var children = instances.Values.Where(i => i.Parent?.InstanceId == instanceId && !i.IsTerminal);
        return Task.WhenAll(children.Select(child => TerminateInstanceAsync(child.Id, options, cancellation)));
    }

    public override Task SuspendInstanceAsync(
        string instanceId, string? reason = null, CancellationToken cancellation = default) =>
        throw new NotSupportedException("The local host cannot suspend an orchestration: terminate it and start it again.");

    public override Task ResumeInstanceAsync(
        string instanceId, string? reason = null, CancellationToken cancellation = default) =>
        throw new NotSupportedException("The local host cannot resume an orchestration: terminate it and start it again.");

    public override Task<OrchestrationMetadata?> GetInstancesAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        Task.FromResult(Find(instanceId)?.Describe(getInputsAndOutputs));

    public override AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(OrchestrationQuery? filter = null)
    {
        var query = filter ?? new OrchestrationQuery();
        var all = instances.Values.Select(i => i.Describe(query.FetchInputsAndOutputs));
        return new OnePage<OrchestrationMetadata>([.. all.Where(i => Matches(i, query))]);
    }

    public override Task<PurgeResult> PurgeInstanceAsync(
        string instanceId, PurgeInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        if (Find(instanceId) is { IsTerminal: false })
            throw new InvalidOperationException($"The orchestration '{instanceId}' has not ended and cannot be purged.");
        return Task.FromResult(new PurgeResult(instances.TryRemove(instanceId, out _) ? 1 : 0));
    }

    public override Task<PurgeResult> PurgeAllInstancesAsync(
        PurgeInstancesFilter filter, PurgeInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        var query = new OrchestrationQuery(filter.CreatedFrom, filter.CreatedTo, filter.Statuses);
        var old = instances.Where(i => i.Value.IsTerminal && Matches(i.Value.Describe(withData: false), query));
        return Task.FromResult(new PurgeResult(old.Count(instances.TryRemove)));
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    internal OrchestrationInstance? Find(string instanceId) => instances.GetValueOrDefault(instanceId);

    internal OrchestrationInstance Start(
        TaskName name, string id, string? input, ParentOrchestrationInstance? parent, DateTimeOffset? startAt)
    {
        if (name.Name is null || !orchestrators.TryGetValue(name.Name, out var orchestrator))
            throw new ArgumentException($"No orchestrator is named '{name.Name}'.", nameof(name));
        var instance = new OrchestrationInstance(name, id, input, parent, clock);
        lock (starting)
        {
            if (Find(id) is { IsTerminal: false })
                throw new OrchestrationAlreadyExistsException($"An orchestration with the id '{id}' already exists and has not ended.");
            instances[id] = instance;
        }

        _ = Task.Run(() => RunAsync(instance, orchestrator, startAt));
        return instance;
    }

    // Task.Run: an activity never runs on its orchestrator's thread.
    internal async Task<string?> RunActivityAsync(TaskName name, string? input)
    {
        if (!activities.TryGetValue(name, out var activity))
            throw new ArgumentException($"No activity is named '{name}'.", nameof(name));
        stopping.ThrowIfCancellationRequested();
        var run = Task.Run(async () =>
        {
            await using var scope = services.CreateAsyncScope();
            var result = await activity.InvokeAsync(new Invocation(scope.ServiceProvider, this, input, null, stopping));
            return JsonData.Converter.Serialize(result);
        });
        activitiesRunning.TryAdd(run, true);
        try
        {
            return await run.ConfigureAwait(false);
        }
        finally
        {
            activitiesRunning.TryRemove(run, out _);
        }
    }

    internal Task DrainAsync(TimeSpan timeout) => Task.WhenAll(activitiesRunning.Keys).SettleAsync(timeout);

    private static bool Matches(OrchestrationMetadata i, OrchestrationQuery query) =>
        i.InstanceId.StartsWith(query.InstanceIdPrefix ?? "", StringComparison.Ordinal)
        && (query.CreatedFrom is not { } from || i.CreatedAt >= from)
        && (query.CreatedTo is not { } to || i.CreatedAt <= to)
        && (query.Statuses?.Contains(i.RuntimeStatus) ?? true);

    private OrchestrationInstance Get(string id) =>
        Find(id) ?? throw new InvalidOperationException($"No orchestration has the id '{id}'.");

    private OrchestrationInstance GetLive(string id) => Get(id) is { IsTerminal: false } live
        ? live
        : throw new InvalidOperationException($"The orchestration '{id}' has already ended.");

    private async Task RunAsync(OrchestrationInstance instance, FunctionMethod orchestrator, DateTimeOffset? startAt)
    {
        try
        {
            if (startAt is { } due)
                await clock.DelayUntilAsync(due, stopping);
            (string? Input, bool KeepEvents)? next = (instance.Input, true);
            while (next is { } run && !instance.IsTerminal)
            {
                instance.Run(run.Input);
                instance.Events.Renew(run.KeepEvents);
                next = await RunOnceAsync(instance, orchestrator);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The host stops; the watchdog of the next one starts it again.
        }
        catch (Exception e)
        {
            // Whatever an orchestrator throws is its end, as in the real one.
            log.OrchestrationFailed(e, instance.Name, instance.Id);
            instance.Fail(TaskFailureDetails.FromException(e));
        }
    }

    private async Task<(string? Input, bool KeepEvents)?> RunOnceAsync(OrchestrationInstance instance, FunctionMethod orchestrator)
    {
        await using var scope = services.CreateAsyncScope();
        var context = new LocalOrchestrationContext(this, instance, clock, loggers, stopping);
        var run = context.RunAsync(() => orchestrator.InvokeAsync(new Invocation(scope.ServiceProvider, this, context, null, stopping)));
        try
        {
            await Task.WhenAny(run, instance.Ended).WaitAsync(stopping);
        }
        finally
        {
            context.End();
        }

        if (!run.IsCompleted)
            return null; // terminated
        var output = await run;
        if (context.Next is null)
            instance.Complete(JsonData.Converter.Serialize(output));
        return context.Next;
    }

    private sealed class OnePage<T>(IReadOnlyList<T> values) : AsyncPageable<T> where T : notnull
    {
        public override async IAsyncEnumerable<Page<T>> AsPages(string? continuationToken = default, int? pageSizeHint = default)
        {
            await Task.CompletedTask;
            yield return new Page<T>(values);
        }
    }
}

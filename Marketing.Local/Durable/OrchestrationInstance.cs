using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Marketing.Local.Durable;

/// <summary>One orchestration, as its client sees it; a terminal status is final.</summary>
internal sealed class OrchestrationInstance(
    TaskName name, string id, string? input, ParentOrchestrationInstance? parent, TimeProvider clock)
{
    private readonly Lock gate = new();
    private readonly TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly DateTimeOffset createdAt = clock.GetUtcNow();
    private DateTimeOffset updatedAt = clock.GetUtcNow();
    private OrchestrationRuntimeStatus status = OrchestrationRuntimeStatus.Pending;
    private string? output;
    private string? customStatus;
    private TaskFailureDetails? failure;

    public TaskName Name { get; } = name;

    public string Id { get; } = id;

    public string? Input { get; private set; } = input;

    public ParentOrchestrationInstance? Parent { get; } = parent;

    public EventInbox Events { get; } = new();

    public Task Started => started.Task;

    public Task Ended => ended.Task;

    public bool IsTerminal => ended.Task.IsCompleted;

    /// <summary>A run begins: the first, or one after ContinueAsNew with its new input.</summary>
    public void Run(string? input) => Change(() => (Input, status) = (input, OrchestrationRuntimeStatus.Running));

    public void SetCustomStatus(string? status) => Change(() => customStatus = status);

    public bool Complete(string? output) => End(OrchestrationRuntimeStatus.Completed, output, null);

    public bool Fail(TaskFailureDetails failure) => End(OrchestrationRuntimeStatus.Failed, null, failure);

    public bool Terminate(string? output) => End(OrchestrationRuntimeStatus.Terminated, output, null);

    public OrchestrationMetadata Describe(bool withData)
    {
        lock (gate)
        {
            return new OrchestrationMetadata(Name, Id)
            {
                RuntimeStatus = status,
                CreatedAt = createdAt,
                LastUpdatedAt = updatedAt,
                FailureDetails = failure,
                DataConverter = withData ? JsonData.Converter : null,
                SerializedInput = withData ? Input : null,
                SerializedOutput = withData ? output : null,
                SerializedCustomStatus = withData ? customStatus : null,
            };
        }
    }

    private bool End(OrchestrationRuntimeStatus status, string? output, TaskFailureDetails? failure)
    {
        if (!Change(() => (this.status, this.output, this.failure) = (status, output, failure)))
            return false;
        return ended.TrySetResult();
    }

    private bool Change(Action change)
    {
        lock (gate)
        {
            if (status is OrchestrationRuntimeStatus.Completed or OrchestrationRuntimeStatus.Failed
                or OrchestrationRuntimeStatus.Terminated)
            {
                return false;
            }

            change();
            updatedAt = clock.GetUtcNow();
        }

        started.TrySetResult();
        return true;
    }
}

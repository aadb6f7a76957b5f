using Microsoft.DurableTask;

namespace Marketing.Functions.Tests.Delivery.Replay;

/// <summary>An orchestration's history as Durable keeps it, one generation of it.</summary>
internal abstract record HistoryEvent
{
    /// <summary>A turn begins: the orchestrator runs from its start with all events so far.</summary>
    public sealed record TurnStarted(DateTime At) : HistoryEvent;

    public sealed record TurnEnded : HistoryEvent;

    public sealed record Started(string? Input) : HistoryEvent;

    public sealed record Scheduled(int Id, string Name, string? Input) : HistoryEvent;

    public sealed record Completed(int Id, string? Result) : HistoryEvent;

    public sealed record Failed(int Id, string Error) : HistoryEvent;

    public sealed record TimerCreated(int Id, DateTime FireAt) : HistoryEvent;

    public sealed record TimerFired(int Id) : HistoryEvent;
}

/// <summary>How one generation ended.</summary>
/// <param name="Next">The next generation's input, after ContinueAsNew.</param>
/// <param name="Error">What the orchestrator threw.</param>
internal sealed record Generation(IReadOnlyList<HistoryEvent> History, object? Next, Exception? Error)
{
    public int Events => History.Count;

    public int Count<T>() => History.OfType<T>().Count();
}

/// <summary>The orchestrator did something else than its history says, or something that no replay can repeat.</summary>
internal sealed class NonDeterministicException(string message) : Exception(message);

/// <summary>What the world does for an orchestrator.</summary>
internal sealed record ReplayWorld
{
    /// <summary>An activity by name and serialized input; what it throws is its failure.</summary>
    public required Func<string, string?, object?> Activity { get; init; }

    /// <summary>Which of the open tasks and timers ends next, by their number: durable activities end in any order.</summary>
    public Func<int, int> Pick { get; init; } = _ => 0;

    /// <summary>How many end before the orchestrator's next turn.</summary>
    public int EventsATurn { get; init; } = 1;
}

internal delegate Task Orchestrator(TaskOrchestrationContext context);

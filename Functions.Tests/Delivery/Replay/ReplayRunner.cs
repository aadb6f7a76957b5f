namespace Marketing.Functions.Tests.Delivery.Replay;

/// <summary>
/// Runs an orchestrator as Durable does: after each new event again from its start, with the results that its history has
/// for what it scheduled before. Anything that it then schedules otherwise is a failure.
/// </summary>
internal sealed class ReplayRunner(Orchestrator orchestrator, ReplayWorld world)
{
    private static readonly DateTime Start = new(2026, 5, 1, 12, 0, 0, DateTimeKind.Utc);

    public static IReadOnlyList<Generation> Run(Orchestrator orchestrator, object input, ReplayWorld world, int atMost = 100)
    {
        var generations = new List<Generation>();
        for (object? next = input; next is not null; next = generations[^1].Next)
        {
            if (generations.Count == atMost)
                throw new InvalidOperationException($"Not at its end after {atMost} generations.");
            generations.Add(new ReplayRunner(orchestrator, world).RunGeneration(next));
        }

        return generations;
    }

    private readonly List<HistoryEvent> history = [];
    private readonly List<HistoryEvent> open = [];
    private DateTime now = Start;

    private Generation RunGeneration(object input)
    {
        history.Add(new HistoryEvent.TurnStarted(now));
        history.Add(new HistoryEvent.Started(ReplayContext.Serialize(input)));
        while (true)
        {
            var context = new ReplayContext(history);
            var run = context.Replay(orchestrator);
            foreach (var scheduled in context.NewEvents)
            {
                history.Add(scheduled);
                open.Add(scheduled);
            }

            history.Add(new HistoryEvent.TurnEnded());
            if (run.IsCompleted)
                return new Generation(history, context.Next, run.Exception?.InnerException);
            if (open.Count == 0)
                throw new NonDeterministicException("The orchestrator awaits something that its context did not return.");
            NextTurn();
        }
    }

    private void NextTurn()
    {
        var ending = new List<HistoryEvent>();
        for (var i = 0; i < world.EventsATurn && open.Count > 0; i++)
        {
            var which = open[world.Pick(open.Count)];
            open.Remove(which);
            ending.Add(End(which));
        }

        // Time goes on between turns, so that a clock that is not the context's is found out.
        now = now.AddSeconds(1);
        history.Add(new HistoryEvent.TurnStarted(now));
        history.AddRange(ending);
    }

    private HistoryEvent End(HistoryEvent begun)
    {
        if (begun is HistoryEvent.TimerCreated timer)
        {
            now = timer.FireAt > now ? timer.FireAt : now;
            return new HistoryEvent.TimerFired(timer.Id);
        }

        var task = (HistoryEvent.Scheduled)begun;
        try
        {
            return new HistoryEvent.Completed(task.Id, ReplayContext.Serialize(world.Activity(task.Name, task.Input)));
        }
        catch (Exception e)
        {
            // Whatever an activity throws is its failure.
            return new HistoryEvent.Failed(task.Id, e.Message);
        }
    }
}

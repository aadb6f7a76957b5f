namespace Marketing.Core.Delivery;

/// <summary>
/// The places for messages that are claimed and not yet recorded: at most MaxInFlight in this process over all its batches,
/// so that a worker that dies leaves no more than that in doubt. Broadcasts take turns at the lane, a few windows at once, so
/// that a small one is not kept waiting by the many batches of a big one.
/// </summary>
public sealed class InFlight(MarketingOptions options)
{
    private readonly Lock gate = new();
    private readonly Dictionary<Guid, Queue<Waiter>> waiting = [];
    private readonly Queue<Guid> turns = []; // each broadcast that waits, once
    private int free = options.MaxInFlight;
    private int ahead;

    /// <summary>Waits for its turn and for all of <paramref name="count"/> places.</summary>
    public async Task<Places> EnterAsync(Guid broadcastId, int count, CancellationToken ct)
    {
        var waiter = new Waiter(count, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (gate)
        {
            if (!waiting.TryGetValue(broadcastId, out var queue))
                waiting.Add(broadcastId, queue = []);
            if (queue.Count == 0)
                turns.Enqueue(broadcastId);
            queue.Enqueue(waiter);
            Grant();
        }

        await using (ct.UnsafeRegister(static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), waiter.Granted))
        {
            try
            {
                await waiter.Granted.Task;
                return new Places(this, count);
            }
            catch (OperationCanceledException)
            {
                Leave(0, 0); // those behind it need not wait any longer
                throw;
            }
        }
    }

    // Whose turn it is waits until there is room for all it wants: passing it by would starve big windows.
    private void Grant()
    {
        while (turns.TryPeek(out var broadcastId))
        {
            var queue = waiting[broadcastId];
            var next = queue.Peek();
            if ((ahead >= DeliveryOptions.WindowsAhead || next.Count > free) && !next.Granted.Task.IsCompleted)
                return;
            queue.Dequeue();
            turns.Dequeue();
            if (queue.Count > 0)
                turns.Enqueue(broadcastId);
            else
                waiting.Remove(broadcastId);
            if (!next.Granted.TrySetResult())
                continue; // it gave up waiting
            free -= next.Count;
            ahead++;
        }
    }

    private void Leave(int places, int windows)
    {
        lock (gate)
        {
            free += places;
            ahead -= windows;
            Grant();
        }
    }

    private sealed record Waiter(int Count, TaskCompletionSource Granted);

    /// <summary>Places of one window, the caller's until it disposes them.</summary>
    public sealed class Places(InFlight owner, int count) : IDisposable
    {
        private int windows = 1;

        /// <summary>The window's slots have come: another may wait for its own.</summary>
        public void Depart() => owner.Leave(0, Interlocked.Exchange(ref windows, 0));

        public void Dispose() => owner.Leave(Interlocked.Exchange(ref count, 0), Interlocked.Exchange(ref windows, 0));
    }
}

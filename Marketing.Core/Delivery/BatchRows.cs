namespace Marketing.Core.Delivery;

/// <summary>The rows that a batch has still to send, in memory while its activity runs; 4 bytes a row.</summary>
public sealed class BatchRows(IReadOnlyList<int> pending, TimeProvider clock)
{
    private readonly Lock gate = new();
    private readonly Queue<int> next = new(pending);
    private readonly PriorityQueue<int, DateTimeOffset> later = new();

    /// <summary>Up to <paramref name="count"/> rows whose time has come; they are the caller's until it gives them back.</summary>
    public IReadOnlyList<int> Take(int count)
    {
        lock (gate)
        {
            while (later.TryPeek(out var seq, out var at) && at <= clock.GetUtcNow())
                next.Enqueue(later.Dequeue());
            var taken = new List<int>(Math.Min(count, next.Count));
            while (taken.Count < count && next.TryDequeue(out var seq))
                taken.Add(seq);
            return taken;
        }
    }

    /// <summary>How long until a row's time comes; null when none is left.</summary>
    public TimeSpan? NextIn()
    {
        lock (gate)
        {
            if (next.Count > 0)
                return TimeSpan.Zero;
            return later.TryPeek(out _, out var at) ? at - clock.GetUtcNow() : null;
        }
    }

    /// <summary>Forgets those that are not pending any more: another worker is at the same batch. Those given back are this one's.</summary>
    public void Keep(IReadOnlyCollection<int> pending)
    {
        lock (gate)
        {
            var left = next.Intersect(pending).ToList();
            next.Clear();
            left.ForEach(next.Enqueue);
        }
    }

    /// <summary>Gives a row back, to be taken again after <paramref name="wait"/>.</summary>
    public void GiveBack(int seq, TimeSpan wait)
    {
        lock (gate)
            later.Enqueue(seq, clock.GetUtcNow() + wait);
    }
}

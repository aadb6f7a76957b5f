namespace Marketing.Local.Durable;

/// <summary>An orchestration's external events: those that came early wait for their reader; the newest reader is served first.</summary>
internal sealed class EventInbox
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Queue<string?>> early = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Stack<TaskCompletionSource<string?>>> readers = new(StringComparer.OrdinalIgnoreCase);

    public void Raise(string name, string? payload)
    {
        lock (gate)
        {
            while (readers.TryGetValue(name, out var waiting) && waiting.TryPop(out var reader))
            {
                if (reader.TrySetResult(payload))
                    return; // false: its wait was cancelled
            }

            if (!early.TryGetValue(name, out var queue))
                early[name] = queue = new();
            queue.Enqueue(payload);
        }
    }

    public async Task<string?> ReadAsync(string name, CancellationToken ct)
    {
        var reader = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            if (early.TryGetValue(name, out var queue) && queue.TryDequeue(out var payload))
                return payload;
            if (!readers.TryGetValue(name, out var waiting))
                readers[name] = waiting = new();
            waiting.Push(reader);
        }

        await using var cancelled = ct.Register(() => reader.TrySetCanceled(ct));
        return await reader.Task.ConfigureAwait(false);
    }

    /// <summary>For ContinueAsNew: the old run's readers are gone; events nobody read are kept only if asked.</summary>
    public void Renew(bool keepEarly)
    {
        lock (gate)
        {
            readers.Clear();
            if (!keepEarly)
                early.Clear();
        }
    }
}

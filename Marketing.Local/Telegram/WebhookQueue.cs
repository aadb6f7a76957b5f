namespace Marketing.Local.Telegram;

/// <summary>An update on its way, and how its first post was answered.</summary>
internal sealed class PendingUpdate(int? updateId, long lane, byte[] body)
{
    private readonly TaskCompletionSource attempted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Null for a raw update that carries no id.</summary>
    public int? UpdateId { get; } = updateId;
    public long Lane { get; } = lane;
    public byte[] Body { get; } = body;
    public int? Status { get; private set; }
    public volatile bool Dropped;

    /// <summary>Done after the first post, whatever the answer.</summary>
    public Task Attempted => attempted.Task;

    public void Answered(int? status)
    {
        if (attempted.Task.IsCompleted)
            return;
        Status = status;
        attempted.SetResult();
    }
}

/// <summary>
/// One bot's updates. As with Telegram, updates of one chat go in order and one at a time, chats go beside each other up to
/// max_connections, and an update is posted again, ever more rarely, until the webhook answers with 2xx.
/// </summary>
internal sealed class WebhookQueue(TelegramSimulatorOptions options, WebhookSender sender) : IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly Dictionary<long, Queue<PendingUpdate>> lanes = [];
    private readonly HashSet<Task> runs = [];
    private readonly CancellationTokenSource stopping = new();
    private TaskCompletionSource targetChanged = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int pending;

    // Ids never go back, also over a restart: whoever keeps them to drop repeats must not drop new updates. Four a second
    // since 2024 fits an int until 2040.
    private int lastId = (int)((options.TimeProvider.GetUtcNow() - new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero)).TotalSeconds * 4);

    public WebhookTarget? Target { get; private set; }
    public int Pending => Volatile.Read(ref pending);
    public (long Date, string Message)? LastError { get; private set; }

    public int NextId() => Interlocked.Increment(ref lastId);

    /// <summary>Null takes the webhook away; updates are kept until there is one again.</summary>
    public void SetTarget(WebhookTarget? target, bool dropPending)
    {
        lock (gate)
        {
            Target = target;
            LastError = null;
            if (dropPending)
            {
                foreach (var update in lanes.Values.SelectMany(l => l))
                    update.Dropped = true;
                foreach (var lane in lanes.Values)
                    lane.Clear();
                Volatile.Write(ref pending, 0);
            }

            targetChanged.TrySetResult();
            targetChanged = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public void Enqueue(PendingUpdate update)
    {
        lock (gate)
        {
            Interlocked.Increment(ref pending);
            if (lanes.TryGetValue(update.Lane, out var lane))
            {
                lane.Enqueue(update);
                return;
            }

            lanes[update.Lane] = lane = new Queue<PendingUpdate>([update]);
            var run = Task.Run(() => RunAsync(update.Lane, lane, stopping.Token));
            runs.Add(run);
            run.ContinueWith(Forget, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        Task[] unfinished;
        lock (gate)
            unfinished = [.. runs];
        await Task.WhenAll(unfinished).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stopping.Dispose();
    }

    private void Forget(Task run)
    {
        lock (gate)
            runs.Remove(run);
    }

    private async Task RunAsync(long key, Queue<PendingUpdate> lane, CancellationToken ct)
    {
        while (true)
        {
            PendingUpdate? update;
            lock (gate)
            {
                if (!lane.TryPeek(out update))
                {
                    lanes.Remove(key);
                    return;
                }
            }

            await DeliverAsync(update, ct);
            lock (gate)
            {
                if (lane.TryPeek(out var head) && head == update)
                {
                    lane.Dequeue();
                    Interlocked.Decrement(ref pending);
                }
            }
        }
    }

    private async Task DeliverAsync(PendingUpdate update, CancellationToken ct)
    {
        var delay = options.WebhookRetryDelay;
        while (true)
        {
            var target = await TargetAsync(ct);
            if (update.Dropped)
                return;
            await target.Connections.WaitAsync(ct);
            (int? Status, string? Error) answer;
            try
            {
                answer = await sender.PostAsync(target, update.Body, ct);
            }
            finally
            {
                target.Connections.Release();
            }

            if (answer.Error is { } error)
                LastError = (options.TimeProvider.GetUtcNow().ToUnixTimeSeconds(), error);
            update.Answered(answer.Status);
            if (answer.Error is null)
                return;
            await Task.Delay(delay, options.TimeProvider, ct);
            delay = TimeSpan.FromTicks(Math.Min(delay.Ticks * 2, options.WebhookRetryCap.Ticks));
        }
    }

    private async Task<WebhookTarget> TargetAsync(CancellationToken ct)
    {
        while (true)
        {
            Task changed;
            lock (gate)
            {
                if (Target is { } target)
                    return target;
                changed = targetChanged.Task;
            }

            await changed.WaitAsync(ct);
        }
    }
}

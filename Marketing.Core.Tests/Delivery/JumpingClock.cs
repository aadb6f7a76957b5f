namespace Marketing.Core.Tests.Delivery;

/// <summary>
/// A clock on which short waits take no time: whoever waits moves it to the end of the wait. A longer one is a limit that
/// somebody set, and is over when the clock has come there.
/// </summary>
internal sealed class JumpingClock : TimeProvider
{
    private static readonly TimeSpan Short = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private readonly List<JumpingTimer> limits = [];
    private DateTimeOffset now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (gate)
            return now;
    }

    public override long GetTimestamp() => GetUtcNow().Ticks;

    public void Advance(TimeSpan time)
    {
        List<JumpingTimer> over;
        lock (gate)
        {
            now += time;
            over = limits.FindAll(timer => timer.Due <= now);
            limits.RemoveAll(over.Contains);
        }

        over.ForEach(timer => timer.Fire());
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new JumpingTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class JumpingTimer(JumpingClock clock, TimerCallback callback, object? state) : ITimer
    {
        public DateTimeOffset Due { get; private set; }

        public void Fire() => ThreadPool.UnsafeQueueUserWorkItem(_ => callback(state), null);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Dispose();
            if (dueTime > Short)
            {
                lock (clock.gate)
                {
                    Due = clock.now + dueTime;
                    clock.limits.Add(this);
                }
            }
            else if (dueTime >= TimeSpan.Zero)
            {
                clock.Advance(dueTime);
                Fire();
            }

            return true;
        }

        public void Dispose()
        {
            lock (clock.gate)
                clock.limits.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

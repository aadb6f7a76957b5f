using System.Collections.Concurrent;

namespace Marketing.Local.Telegram;

internal enum FaultKind { None, ServerError, Reset, Hang }

internal readonly record struct Fault(FaultKind Kind, bool DeliversFirst);

/// <summary>Applies the settings: which request meets a fault, and which is over the rate.</summary>
internal sealed class Traffic
{
    private readonly TimeProvider time;
    private volatile Plan plan;
    private long requests;
    private long opensAt;
    private int refused;
    private int serverErrors;
    private int cutOff;
    private int held;

    public Traffic(SimulatorSettings settings, TimeProvider time)
    {
        this.time = time;
        plan = new Plan(settings, time);
    }

    public SimulatorSettings Settings
    {
        get => plan.Settings;
        set
        {
            Interlocked.Exchange(ref requests, 0);
            plan = new Plan(value, time);
        }
    }

    public Fault NextFault()
    {
        var settings = plan.Settings;
        var reset = settings.Fault5xxPercent + settings.FaultResetPercent;
        var hang = reset + settings.FaultHangPercent;
        if (hang <= 0)
            return default;
        var request = Interlocked.Increment(ref requests);
        var draw = Percent(settings.Seed, 2 * request);
        var kind = draw < settings.Fault5xxPercent ? FaultKind.ServerError
            : draw < reset ? FaultKind.Reset
            : draw < hang ? FaultKind.Hang
            : FaultKind.None;
        if (kind == FaultKind.ServerError)
            Interlocked.Increment(ref serverErrors);
        else if (kind != FaultKind.None)
            Interlocked.Increment(ref cutOff);
        return new Fault(kind, Percent(settings.Seed, 2 * request + 1) < settings.FaultDeliversPercent);
    }

    /// <summary>Messages that were answered 429.</summary>
    public int Refused => Volatile.Read(ref refused);

    /// <summary>Requests that a fault answered 5xx.</summary>
    public int ServerErrors => Volatile.Read(ref serverErrors);

    /// <summary>Requests that were reset, or kept hanging.</summary>
    public int CutOff => Volatile.Read(ref cutOff);

    /// <summary>Requests that latency or a hang keeps waiting now.</summary>
    public int Held => Volatile.Read(ref held);

    /// <summary>A request is kept waiting until this is disposed.</summary>
    public IDisposable Hold()
    {
        Interlocked.Increment(ref held);
        return new Holding(this);
    }

    /// <summary>Refuses every message for so long, as Telegram does when it has had enough of a bot.</summary>
    public void Close(TimeSpan span) =>
        Volatile.Write(ref opensAt, time.GetTimestamp() + (long)(span.TotalSeconds * time.TimestampFrequency));

    /// <summary>Takes a slot for a message to the chat; otherwise the seconds to wait, as Telegram's retry_after.</summary>
    public int? Take(long chatId)
    {
        var seconds = SecondsToWait(chatId);
        if (seconds is not null)
            Interlocked.Increment(ref refused);
        return seconds;
    }

    private int? SecondsToWait(long chatId)
    {
        var closed = Volatile.Read(ref opensAt) - time.GetTimestamp();
        if (closed > 0)
            return (int)Math.Ceiling(closed / (double)time.TimestampFrequency);
        var current = plan;
        if (current.Settings.ChatRateLimit is { } rate
            && current.Chats.GetOrAdd(chatId, static (_, state) => new RateLimiter(state.rate, state.time), (rate, time)).Take() is { } seconds)
            return seconds;
        return current.Overall?.Take();
    }

    // SplitMix64 of the request's number: no lock, and the n-th request meets the same fault in every run.
    private static double Percent(int seed, long draw)
    {
        unchecked
        {
            var z = ((ulong)(uint)seed << 32) + (ulong)draw * 0x9E3779B97F4A7C15;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return ((z ^ (z >> 31)) >> 11) * (100.0 / (1UL << 53));
        }
    }

    private sealed class Holding(Traffic traffic) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref traffic.held);
    }

    private sealed class Plan(SimulatorSettings settings, TimeProvider time)
    {
        public SimulatorSettings Settings { get; } = settings;
        public RateLimiter? Overall { get; } = settings.RateLimit is { } rate ? new RateLimiter(rate, time) : null;
        public ConcurrentDictionary<long, RateLimiter> Chats { get; } = [];
    }
}

/// <summary>
/// A bucket of one second's messages. Once it is empty everything is refused until the announced time is over: whoever goes
/// on sending within retry_after gets nothing through, as with Telegram.
/// </summary>
internal sealed class RateLimiter(double perSecond, TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly double capacity = Math.Max(1, perSecond);
    private readonly long start = time.GetTimestamp();
    private double tokens = Math.Max(1, perSecond);
    private double refilledAt;
    private double closedUntil;

    public int? Take()
    {
        lock (gate)
        {
            var now = time.GetElapsedTime(start).TotalSeconds;
            if (now < closedUntil)
                return (int)Math.Ceiling(closedUntil - now);
            tokens = Math.Min(capacity, tokens + (now - refilledAt) * perSecond);
            refilledAt = now;
            if (tokens >= 1)
            {
                tokens--;
                return null;
            }

            var seconds = Math.Max(1, (int)Math.Ceiling((1 - tokens) / perSecond));
            closedUntil = now + seconds;
            return seconds;
        }
    }
}

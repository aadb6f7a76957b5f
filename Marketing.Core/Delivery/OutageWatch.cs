namespace Marketing.Core.Delivery;

/// <summary>
/// Tells one message that Telegram cannot take from a Telegram (or a network of this worker) that takes none. In an outage
/// this process holds up sending, longer each time, and tries with one message after each hold.
/// </summary>
public sealed class OutageWatch(SendLane lane)
{
    // A message that Telegram never takes fails SendAttempts (4) times: two of them with nothing else to send are told from an
    // outage at once.
    private const int FailuresInARow = 10;
    private static readonly TimeSpan FirstHold = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestHold = TimeSpan.FromSeconds(30);

    private readonly Lock gate = new();
    private int failures;
    private TimeSpan hold = FirstHold;

    /// <summary>Whether a message may be tried now. In an outage one may, as the probe, and holds up the others for the next hold's length.</summary>
    public bool MayTry(out bool isProbe)
    {
        lock (gate)
        {
            isProbe = failures >= FailuresInARow;
            if (lane.HeldFor is not null)
                return false;
            if (isProbe)
                Hold();
            return true;
        }
    }

    /// <summary>Telegram answered a message, whatever it said.</summary>
    public void Answered()
    {
        lock (gate)
        {
            if (failures >= FailuresInARow)
                lane.Release();
            (failures, hold) = (0, FirstHold);
        }
    }

    /// <summary>Telegram did not take a message; true when it has taken none for a while.</summary>
    public bool IsOutageAfterFailure()
    {
        lock (gate)
        {
            if (++failures < FailuresInARow)
                return false;
            // What was under way when the hold began fails as well and is no further sign.
            if (lane.HeldFor is null)
                Hold();
            return true;
        }
    }

    private void Hold()
    {
        lane.Hold(hold);
        hold = hold * 2 < LongestHold ? hold * 2 : LongestHold;
    }
}

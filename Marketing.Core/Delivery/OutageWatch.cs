namespace Marketing.Core.Delivery;

/// <summary>
/// Tells one message that Telegram cannot take from a Telegram (or a network of this worker) that takes none. In an outage
/// the tries of a message do not count, and this process holds up sending, longer each time: an outage fails nobody, however
/// long it is, but for the few tries that it takes to tell.
/// </summary>
public sealed class OutageWatch(SendLane lane)
{
    // A message that Telegram never takes fails SendAttempts (4) times: two of them with nothing else to send are told from an
    // outage, three are not and wait for another message's answer.
    private const int FailuresInARow = 10;
    private static readonly TimeSpan FirstHold = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestHold = TimeSpan.FromSeconds(30);

    private readonly Lock gate = new();
    private int failures;
    private TimeSpan hold = FirstHold;

    /// <summary>Telegram answered a message, whatever it said.</summary>
    public void Answered()
    {
        lock (gate)
            (failures, hold) = (0, FirstHold);
    }

    /// <summary>Telegram did not take a message; true when it has taken none for a while.</summary>
    public bool IsOutageAfterFailure()
    {
        lock (gate)
        {
            if (++failures < FailuresInARow)
                return false;
            // What was under way when the hold began fails as well and is no further sign.
            if (lane.HeldFor is not null)
                return true;
            lane.Hold(hold);
            hold = hold * 2 < LongestHold ? hold * 2 : LongestHold;
            return true;
        }
    }
}

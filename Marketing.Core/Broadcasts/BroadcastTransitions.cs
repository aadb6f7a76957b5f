using static Marketing.Core.Broadcasts.BroadcastStatus;

namespace Marketing.Core.Broadcasts;

/// <summary>The one table of legal status changes.</summary>
public static class BroadcastTransitions
{
    public static bool Allows(BroadcastStatus from, BroadcastStatus to) => (from, to) switch
    {
        (Draft, Scheduled or Sending) => true,
        (Scheduled, Draft or Sending or Cancelled or Failed) => true, // Failed: overdue beyond the grace
        (Sending, Paused or Cancelled or Sent or Failed) => true,
        (Paused, Sending or Cancelled) => true,
        _ => false,
    };

    /// <summary>The statuses from which <paramref name="to"/> may be reached, for the condition of the UPDATE.</summary>
    public static short[] Into(BroadcastStatus to) =>
        [.. Enum.GetValues<BroadcastStatus>().Where(from => Allows(from, to)).Select(from => (short)from)];

    /// <summary>What may still be edited or deleted.</summary>
    public static bool IsEditable(BroadcastStatus status) => status is Draft or Scheduled;
}

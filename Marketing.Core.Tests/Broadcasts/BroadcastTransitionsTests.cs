using Marketing.Core.Broadcasts;
using static Marketing.Core.Broadcasts.BroadcastStatus;

namespace Marketing.Core.Tests.Broadcasts;

public sealed class BroadcastTransitionsTests
{
    private static readonly (BroadcastStatus From, BroadcastStatus To)[] Legal =
    [
        (Draft, Scheduled), (Draft, Sending),
        (Scheduled, Draft), (Scheduled, Sending), (Scheduled, Cancelled), (Scheduled, Failed),
        (Sending, Paused), (Sending, Cancelled), (Sending, Sent), (Sending, Failed),
        (Paused, Sending), (Paused, Cancelled),
    ];

    [Fact]
    public void Allows_EveryPair_IsLegalExactlyWhereTheTableSays()
    {
        foreach (var from in Enum.GetValues<BroadcastStatus>())
            foreach (var to in Enum.GetValues<BroadcastStatus>())
                Assert.True(BroadcastTransitions.Allows(from, to) == Legal.Contains((from, to)), $"{from} -> {to}");
    }

    [Fact]
    public void Into_Sending_IsWhatMayBecomeSending() =>
        Assert.Equal([(short)Draft, (short)Scheduled, (short)Paused], BroadcastTransitions.Into(Sending));
}

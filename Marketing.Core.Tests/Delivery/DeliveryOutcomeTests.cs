using System.Text.Json;
using Marketing.Core.Delivery;
using static Marketing.Core.Delivery.DeliveryState;

namespace Marketing.Core.Tests.Delivery;

public sealed class DeliveryOutcomeTests
{
    private const OnUncertain Keep = OnUncertain.Keep;
    private const OnUncertain Resend = OnUncertain.Resend;

    private static readonly SendOutcome SentOutcome = new SendOutcome.Sent(77);
    private static readonly SendOutcome Unavailable = new SendOutcome.Unavailable("why");
    private static readonly SendOutcome Unknown = new SendOutcome.Unknown("why");

    // The outcome, the try it was (of four), what the broadcast says of uncertain ones; the row's state, whether the try counts.
    private static readonly (SendOutcome Outcome, int Attempt, OnUncertain OnUncertain, DeliveryState State, bool Counts)[] Table =
    [
        (SentOutcome, 1, Keep, Sent, true), (SentOutcome, 4, Keep, Sent, true), (SentOutcome, 1, Resend, Sent, true),
        (new SendOutcome.Blocked("why"), 1, Keep, Blocked, true), (new SendOutcome.Blocked("why"), 1, Resend, Blocked, true),
        (new SendOutcome.Rejected("why"), 1, Keep, Failed, true), (new SendOutcome.Rejected("why"), 1, Resend, Failed, true),
        (Unavailable, 1, Keep, Pending, true), (Unavailable, 3, Keep, Pending, true), (Unavailable, 4, Keep, Failed, true),
        (Unavailable, 3, Resend, Pending, true), (Unavailable, 4, Resend, Failed, true),
        (Unknown, 1, Keep, Uncertain, true), (Unknown, 4, Keep, Uncertain, true),
        (Unknown, 1, Resend, Pending, true), (Unknown, 3, Resend, Pending, true), (Unknown, 4, Resend, Uncertain, true),
        (new SendOutcome.RateLimited(TimeSpan.FromSeconds(5)), 1, Keep, Pending, false),
        (new SendOutcome.RateLimited(TimeSpan.FromSeconds(5)), 4, Resend, Pending, false),
        (new SendOutcome.Held(), 4, Keep, Pending, false), (new SendOutcome.BotRefused("why"), 4, Keep, Pending, false),
    ];

    [Fact]
    public void Of_EveryOutcome_IsTheStateThatTheTableSays()
    {
        foreach (var (outcome, attempt, onUncertain, state, counts) in Table)
        {
            var row = DeliveryOutcome.Of(Claimed(attempt), outcome, onUncertain);

            Assert.True((row.Seq, row.State, row.Counts) == (3, state, counts), $"{outcome}, try {attempt}, {onUncertain}: {row}");
            Assert.Equal(state == Sent ? 77 : null, row.MessageId);
            Assert.Equal(state == Sent || !counts ? null : "why", row.Reason);
        }
    }

    [Fact]
    public void Of_EveryKindOfOutcome_IsInTheTable()
    {
        var kinds = typeof(SendOutcome).GetNestedTypes().Where(t => t.IsSubclassOf(typeof(SendOutcome)));
        Assert.Equal(kinds.OrderBy(t => t.Name), Table.Select(row => row.Outcome.GetType()).Distinct().OrderBy(t => t.Name));
    }

    private static ClaimedDelivery Claimed(int attempts) => new(
        3, DeliveryState.Claimed, attempts, Guid.Empty, 1, null, null, null, null, null, null, null, null, JsonElement.Parse("{}"));
}

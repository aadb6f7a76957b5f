using Marketing.Core.Delivery;

namespace Marketing.Core.Tests.Delivery.Simulation;

/// <summary>What one simulated worker holds, and how its sends ended so far.</summary>
internal sealed class SimulatedClaim(BatchRange batch, Guid claimId, IReadOnlyList<ClaimedDelivery> rows)
{
    private readonly Dictionary<int, SendOutcome> outcomes = [];

    public BatchRange Batch => batch;

    public Guid ClaimId => claimId;

    public string Name { get; } = claimId.ToString("N")[^4..];

    /// <summary>The rows whose message has not been tried yet.</summary>
    public IEnumerable<ClaimedDelivery> Untried => rows.Where(row => !outcomes.ContainsKey(row.Seq));

    public void Tried(int seq, SendOutcome outcome) => outcomes.Add(seq, outcome);

    public void SendAll(int[] messages)
    {
        foreach (var row in Untried.ToList())
        {
            messages[row.Seq]++;
            Tried(row.Seq, new SendOutcome.Sent(row.Seq + 1));
        }
    }

    public IReadOnlyList<DeliveryOutcome> Outcomes(OnUncertain onUncertain) =>
        [.. rows.Where(row => outcomes.ContainsKey(row.Seq)).Select(row => DeliveryOutcome.Of(row, outcomes[row.Seq], onUncertain))];

    /// <summary>One way a send may end, and whether its message arrives all the same.</summary>
    public static (SendOutcome Outcome, bool Arrives) Random(Random random) => random.Next(12) switch
    {
        0 => (new SendOutcome.Blocked("Forbidden: bot was blocked by the user"), false),
        1 => (new SendOutcome.Rejected("Bad Request: chat not found"), false),
        2 => (new SendOutcome.RateLimited(TimeSpan.FromSeconds(5)), false),
        3 => (new SendOutcome.Held(), false),
        4 => (new SendOutcome.Unavailable("Bad Gateway"), false),
        5 => (new SendOutcome.Unknown("timed out"), false),
        6 => (new SendOutcome.Unknown("timed out"), true),
        _ => (new SendOutcome.Sent(random.Next(1, 1_000_000)), true),
    };
}

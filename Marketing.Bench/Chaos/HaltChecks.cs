namespace Marketing.Bench.Chaos;

/// <summary>Pauses and cancels against the claims that came after them.</summary>
internal static class HaltChecks
{
    private const string ClaimsSql = "SELECT broadcast_id, seq, claimed_at FROM deliveries WHERE claimed_at IS NOT NULL";

    // A claim has the time before its statement, and the statement waits for the change of status, so there is none after the answer.
    // Hosts and operators share one machine's clock, which may be set meanwhile.
    private static readonly TimeSpan Allowance = TimeSpan.FromSeconds(1);

    private sealed record Claim(Guid BroadcastId, int Seq, DateTimeOffset ClaimedAt);

    public static async Task<IReadOnlyList<Verdict>> RunAsync(ChaosWorld world)
    {
        var claims = (await world.RowsAsync<Claim>(ClaimsSql)).ToLookup(c => c.BroadcastId);
        var halts = world.Log.Halts.Where(h => h.Action != "resume").ToList();
        var late = from halt in halts
                   let until = EndOf(halt, world.Log.Halts)
                   from claim in claims[halt.Broadcast]
                   where claim.ClaimedAt > halt.Answered + Allowance && claim.ClaimedAt < until
                   select $"broadcast {halt.Broadcast} row {claim.Seq} was claimed at {claim.ClaimedAt:O}; its {halt.Action} was accepted at {halt.Answered:O}";
        return [Verdict.Of("After an accepted pause or cancel nothing more is claimed", $"{halts.Count} accepted", late)];
    }

    /// <summary>A pause holds until somebody asks for the resume; a cancel for ever.</summary>
    private static DateTimeOffset EndOf(Halt halt, IEnumerable<Halt> all) => halt.Action == "cancel" ? DateTimeOffset.MaxValue
        : all.Where(h => h.Broadcast == halt.Broadcast && h.Action == "resume" && h.Asked >= halt.Answered)
            .Select(h => h.Asked).DefaultIfEmpty(DateTimeOffset.MaxValue).Min();
}

using Marketing.Core.Delivery;

namespace Marketing.Bench.Chaos;

/// <summary>The final states against what Telegram answered, and to whom.</summary>
internal static class StateChecks
{
    public static IEnumerable<Verdict> Run(ChaosWorld world, IReadOnlyList<LedgerChecks.Row> rows)
    {
        bool IsGone(LedgerChecks.Row row) => ChaosWorld.Deactivated.Contains(row.ChatId) || ChaosWorld.NotFound.Contains(row.ChatId);
        var quiet = rows.Where(r => !IsGone(r) && !world.Log.Blocked.ContainsKey(r.ChatId)).ToList();
        yield return Verdict.Of("Who never blocked, stopped or left is neither blocked nor skipped, and failed only by 5xx", $"{quiet.Count} rows of theirs, {quiet.Count(r => r.Now == DeliveryState.Failed)} failed",
            quiet.Where(r => r.Now is DeliveryState.Blocked or DeliveryState.Skipped || (r.Now == DeliveryState.Failed && !IsForWantOfTelegram(r))).Select(r => r.ToString()));

        // Each try of one that keeps was answered 5xx; one that resends may have lost its first ones otherwise.
        var failed = rows.Where(r => r.Now == DeliveryState.Failed && IsForWantOfTelegram(r)).ToList();
        var tries = failed.Sum(r => r.Resends ? 1 : DeliveryOptions.SendAttempts);
        yield return AtMost("No more failed for want of Telegram than it had answers 5xx for", failed, tries, world.Telegram.ServerErrorCount);

        var unsure = rows.Where(r => r.Now == DeliveryState.Uncertain && !r.DiedWith).ToList();
        yield return AtMost("No more are uncertain than requests were cut off, but for a host's death", unsure, unsure.Count, world.Telegram.CutOffCount);

        var gone = rows.Where(IsGone).ToList();
        var told = gone.Where(r => r.Now == DeliveryState.Blocked).Select(r => r.ChatId).ToHashSet();
        yield return Verdict.Of("Who is gone is failed (400) or blocked (403), with Telegram's reason", $"{gone.Count} rows of theirs, {gone.Count(r => r.Now == DeliveryState.Failed)} failed, {gone.Count(r => r.Now == DeliveryState.Blocked)} blocked",
            gone.Where(r => !Fits(r, told)).Select(r => r.ToString()));
    }

    private static Verdict AtMost(string promise, List<LedgerChecks.Row> rows, int value, int limit) => Verdict.Of(
        promise, $"{rows.Count} rows, {value} requests of {limit}", value > limit ? rows.Select(r => r.ToString()) : []);

    private static bool IsForWantOfTelegram(LedgerChecks.Row row) =>
        row.Attempts == DeliveryOptions.SendAttempts && FailureReason.Of(row.Reason) == FailureReason.Unavailable;

    /// <param name="told">Those of whom Telegram said that they are gone: they are skipped from then on.</param>
    private static bool Fits(LedgerChecks.Row row, HashSet<long> told)
    {
        var isDeactivated = ChaosWorld.Deactivated.Contains(row.ChatId);
        return row.Now switch
        {
            DeliveryState.Failed => IsForWantOfTelegram(row) || (!isDeactivated && FailureReason.Of(row.Reason) == FailureReason.ChatNotFound),
            DeliveryState.Blocked => isDeactivated && row.Reason?.Contains("deactivated", StringComparison.Ordinal) == true,
            DeliveryState.Skipped => isDeactivated && told.Contains(row.ChatId),
            DeliveryState.Sent => false,
            _ => true, // uncertain, or pending where it was cancelled: as anybody's
        };
    }
}

using Marketing.Core.Broadcasts;
using Marketing.Core.Delivery;

namespace Marketing.Core.Tests.Delivery.Simulation;

internal sealed record StatusRow(BroadcastStatus Status, int Total, bool IsSettled);

internal sealed record SnapshotRow(
    int Seq, DeliveryState State, int Attempts, Guid? ClaimId, DateTimeOffset? FinishedAt, long? MessageId, string? Reason)
{
    public bool IsFinal => State > DeliveryState.Claimed;
}

internal sealed record BatchRow(int FirstSeq, int Size, int Sent, int Failed, int Blocked, int Skipped, int Uncertain);

/// <summary>A broadcast's ledger at one moment, and what must hold of it at every moment.</summary>
internal sealed record LedgerSnapshot(StatusRow Broadcast, IReadOnlyList<SnapshotRow> Rows, IReadOnlyList<BatchRow> Batches, BatchRow Counted)
{
    public const string Sql = """
        SELECT status, total_recipients AS total, settled_at IS NOT NULL AS is_settled FROM broadcasts WHERE id = @Id;
        SELECT seq, state, attempts, claim_id, finished_at, message_id, reason FROM deliveries WHERE broadcast_id = @Id ORDER BY seq;
        SELECT first_seq, size, sent, failed, blocked, skipped, uncertain FROM delivery_batches WHERE broadcast_id = @Id ORDER BY first_seq;
        SELECT 0 AS first_seq, sum(recipients)::integer AS size, sum(sent)::integer AS sent, sum(failed)::integer AS failed,
            sum(blocked)::integer AS blocked, sum(skipped)::integer AS skipped, sum(uncertain)::integer AS uncertain
        FROM counter_deltas WHERE broadcast_id = @Id;
        """;

    private const int MostMessages = DeliveryOptions.SendAttempts;

    /// <summary>What is broken, in words; <paramref name="before"/> is the moment of the check before this one.</summary>
    public IEnumerable<string> Broken(SimulatedBroadcast model, LedgerSnapshot? before)
    {
        if (Rows.Count != model.Recipients || Broadcast.Total != model.Recipients || Batches.Sum(b => b.Size) != model.Recipients)
            yield return $"{Rows.Count} rows, {Broadcast.Total} recipients, batches of {Batches.Sum(b => b.Size)}; the plan is {model.Recipients}";
        foreach (var batch in Batches)
        {
            var rows = Rows.Skip(batch.FirstSeq).Take(batch.Size).ToLookup(row => row.State);
            int Count(DeliveryState state) => rows[state].Count();
            var counted = new BatchRow(
                batch.FirstSeq, batch.Size, Count(DeliveryState.Sent), Count(DeliveryState.Failed), Count(DeliveryState.Blocked),
                Count(DeliveryState.Skipped), Count(DeliveryState.Uncertain));
            if (counted != batch)
                yield return $"the counters {batch} are not those of the rows, {counted}";
        }

        var all = new BatchRow(
            0, Batches.Sum(b => b.Size), Batches.Sum(b => b.Sent), Batches.Sum(b => b.Failed), Batches.Sum(b => b.Blocked),
            Batches.Sum(b => b.Skipped), Batches.Sum(b => b.Uncertain));
        if (Counted != all)
            yield return $"what was counted, {Counted}, is not the sum of the batches, {all}";
        foreach (var row in Rows)
        {
            if (before?.Rows[row.Seq] is { IsFinal: true } was && was != row)
                yield return $"final row changed from {was} to {row}";
            if (Wrong(row, model.Messages[row.Seq], model.OnUncertain) is { } wrong)
                yield return $"{wrong}: {row}, messages {model.Messages[row.Seq]}, {model.OnUncertain}";
        }

        if (Broadcast.Status is BroadcastStatus.Sent or BroadcastStatus.Failed && !Rows.All(row => row.IsFinal))
            yield return $"{Broadcast.Status} with rows that are not final";
        if (Broadcast.IsSettled && Rows.Any(row => row.State == DeliveryState.Claimed))
            yield return "settled with a claim open";
        if (before?.Broadcast.Status is BroadcastStatus.Sent or BroadcastStatus.Failed && before.Broadcast != Broadcast)
            yield return $"ended, and changed to {Broadcast}";
    }

    // A message surely not sent leaves no trace at Telegram; a kept one is tried for real at most once.
    private static string? Wrong(SnapshotRow row, int messages, OnUncertain onUncertain) => (row.State, onUncertain) switch
    {
        (_, OnUncertain.Keep) when messages > 1 => "sent twice",
        (_, OnUncertain.Resend) when messages > MostMessages => "sent more often than it may be tried",
        (DeliveryState.Sent, _) when messages == 0 || row.MessageId is null => "counted as sent and was not",
        (DeliveryState.Pending or DeliveryState.Failed or DeliveryState.Blocked or DeliveryState.Skipped, OnUncertain.Keep) when messages > 0 =>
            "sent and not counted as such",
        _ when row.Attempts is < 0 or > MostMessages => "tried more often than it may be",
        (DeliveryState.Pending or DeliveryState.Claimed, _) when row.FinishedAt is not null => "finished before its end",
        (DeliveryState.Uncertain, _) when row.Reason is null => "uncertain for no reason",
        _ => null,
    };
}

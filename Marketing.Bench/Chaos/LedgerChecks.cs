using Marketing.Core.Broadcasts;
using Marketing.Core.Delivery;

namespace Marketing.Bench.Chaos;

/// <summary>The plans and their rows against what arrived.</summary>
internal static class LedgerChecks
{
    private const string RowsSql = """
        SELECT d.broadcast_id, d.seq, d.state, d.attempts, d.message_id, d.reason, u.chat_id, b.status, b.on_uncertain, b.total_recipients
        FROM broadcasts b JOIN deliveries d ON d.broadcast_id = b.id LEFT JOIN users u ON u.id = d.user_id
        ORDER BY b.id, d.seq
        """;

    private const string TitlesSql = "SELECT title, count(*)::integer, bool_or(status = 0) FROM broadcasts GROUP BY title";

    // No cohort of the soak is empty.
    private const string EmptySql = """
        SELECT 'broadcast ' || id || ' has status ' || status || ' and no rows' FROM broadcasts b
        WHERE (planned_at IS NOT NULL OR status IN (2, 3)) AND NOT EXISTS (SELECT 1 FROM deliveries WHERE broadcast_id = b.id)
        """;

    // As SettleRepository.ExpireSql gives the reason.
    private const string DiedReason = "The worker that was sending it stopped";

    internal sealed record Row(
        Guid BroadcastId, int Seq, short State, int Attempts, long? MessageId, string? Reason, long ChatId, short Status, short OnUncertain, int TotalRecipients)
    {
        public DeliveryState Now => (DeliveryState)State;

        public bool DiedWith => Reason?.StartsWith(DiedReason, StringComparison.Ordinal) == true && Now == DeliveryState.Uncertain;

        public bool Resends => OnUncertain == (short)Marketing.Core.Delivery.OnUncertain.Resend;

        public override string ToString() =>
            $"broadcast {BroadcastId} row {Seq} chat {ChatId}: {Now} after {Attempts} tries, message {MessageId}, {(Resends ? "resends" : "keeps")}, broadcast {(BroadcastStatus)Status}{(Reason is null ? "" : $", \"{Reason}\"")}";
    }

    public static async Task<IReadOnlyList<Verdict>> RunAsync(ChaosWorld world, Arrivals arrived)
    {
        var rows = await world.RowsAsync<Row>(RowsSql);
        var plans = rows.GroupBy(r => r.BroadcastId).Select(g => g.ToList()).ToList();
        IEnumerable<string> Where(Func<Row, bool> isWrong) =>
            rows.Where(isWrong).Select(r => $"{r}; {arrived.To(r.BroadcastId, r.ChatId).Count} arrived");

        int Count(DeliveryState state) => rows.Count(r => r.Now == state);
        int Arrived(Row row) => arrived.To(row.BroadcastId, row.ChatId).Count;
        var planned = rows.Select(r => (r.BroadcastId, r.ChatId)).ToHashSet();
        var titles = (await world.RowsAsync<(string Title, int Count, bool IsDraft)>(TitlesSql)).ToDictionary(t => t.Title);
        var wanted = world.Log.Titles.Where(t => t.Value).Select(t => t.Key).ToList();
        var refused = world.Log.Titles.Where(t => !t.Value).Select(t => t.Key);
        var died = rows.Where(r => r.DiedWith).ToList();
        var left = world.Log.LeftBehind.Select(l => (l.Broadcast, l.Seq)).ToHashSet();
        return
        [
            Verdict.Of("Each broadcast asked for was made once, however often, and left being a draft", $"{wanted.Count} asked for",
                wanted.Where(t => titles.GetValueOrDefault(t) is not (_, 1, false)).Select(t => $"\"{t}\" is there {titles.GetValueOrDefault(t).Count} times{(titles.GetValueOrDefault(t).IsDraft ? ", as a draft" : "")}")
                    .Concat(refused.Where(titles.ContainsKey).Select(t => $"\"{t}\" was refused, and is there"))),
            Verdict.Of("Each plan is whole: numbered from 0, each person once", $"{plans.Count} plans, {rows.Count} rows", (await world.RowsAsync<string>(EmptySql)).Concat(
                plans.Where(p => !p.Select(r => r.Seq).SequenceEqual(Enumerable.Range(0, p[0].TotalRecipients)) || p.Select(r => r.ChatId).Distinct().Count() != p.Count)
                    .Select(p => $"broadcast {p[0].BroadcastId}: {p.Count} rows of {p[0].TotalRecipients}, {p.Select(r => r.ChatId).Distinct().Count()} people"))),
            Verdict.Of("Each recipient is in one final state; pending only where cancelled",
                $"{Count(DeliveryState.Sent)} sent, {Count(DeliveryState.Failed)} failed, {Count(DeliveryState.Blocked)} blocked, {Count(DeliveryState.Skipped)} skipped, {Count(DeliveryState.Uncertain)} uncertain, {Count(DeliveryState.Pending)} pending",
                Where(r => r.Now == DeliveryState.Claimed || (r.Now == DeliveryState.Pending && r.Status != (short)BroadcastStatus.Cancelled))),
            Verdict.Of("Nobody got a broadcast twice, unless it resends (then 4 times at most)",
                $"{rows.Count(r => Arrived(r) > 1)} got one that resends more than once",
                Where(r => Arrived(r) > (r.Resends ? DeliveryOptions.SendAttempts : 1))),
            Verdict.Of("What is recorded as sent did arrive, as that message", $"{Count(DeliveryState.Sent)} sent",
                Where(r => r.Now == DeliveryState.Sent && arrived.To(r.BroadcastId, r.ChatId).All(m => m.MessageId != r.MessageId))),
            // A second try of one that resends may be refused, or not be made, after the first has arrived.
            Verdict.Of("What arrived is recorded as sent or uncertain", $"{arrived.All.Count()} arrived, {rows.Count(r => r.Now == DeliveryState.Uncertain && Arrived(r) > 0)} of them uncertain",
                Where(r => Arrived(r) > 0 && r.Now is not (DeliveryState.Sent or DeliveryState.Uncertain) && !r.Resends)
                    .Concat(arrived.Keys.Where(k => !planned.Contains(k)).Select(k => $"chat {k.Chat} got broadcast {k.Broadcast}, which was not planned for it"))),
            .. StateChecks.Run(world, rows),
            Verdict.Of("A dead host leaves at most what it had in flight", $"{world.Log.Kills.Count} ends of hosts left {world.Log.Kills.Sum(k => k.Left)}, {world.Log.Kills.Select(k => k.Left).DefaultIfEmpty().Max()} at most; {ChaosWorld.MaxInFlight} a host",
                world.Log.Kills.Where(k => k.Left > k.Allowed).Select(k => $"{k.What} left {k.Left} claims; {k.Allowed} were allowed")),
            Verdict.Of("Only what a dead host left became uncertain by its death", $"{died.Count} did",
                died.Where(r => !left.Contains((r.BroadcastId, r.Seq))).Select(r => r.ToString())),
        ];
    }
}

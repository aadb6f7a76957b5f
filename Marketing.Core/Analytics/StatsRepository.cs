using Dapper;
using Npgsql;

namespace Marketing.Core.Analytics;

/// <summary>The one definition of each number. Deliveries are never read: their counts are the sums of delivery_batches.</summary>
public sealed class StatsRepository(NpgsqlDataSource source, TimeProvider clock)
{
    private static readonly TimeSpan ProgressSpan = TimeSpan.FromSeconds(10);

    // Batches: 2,000 rows at a million recipients. Clicks and conversions come from covering indexes.
    private const string TotalsSql = """
        SELECT b.id, b.total_recipients::bigint, d.sent, d.failed, d.blocked, d.skipped, d.uncertain,
            c.clicks, c.total_clicks, c.unique_clickers, v.conversions
        FROM broadcasts b
        CROSS JOIN LATERAL (
            SELECT COALESCE(sum(sent), 0) AS sent, COALESCE(sum(failed), 0) AS failed, COALESCE(sum(blocked), 0) AS blocked,
                COALESCE(sum(skipped), 0) AS skipped, COALESCE(sum(uncertain), 0) AS uncertain
            FROM delivery_batches WHERE broadcast_id = b.id) d
        CROSS JOIN LATERAL (
            SELECT count(*) AS clicks, COALESCE(sum(presses), 0) AS total_clicks, count(DISTINCT user_id) AS unique_clickers
            FROM cta_clicks WHERE broadcast_id = b.id) c
        CROSS JOIN LATERAL (SELECT count(*) AS conversions FROM conversions WHERE broadcast_id = b.id) v
        WHERE b.id = ANY(@ids) AND b.planned_at IS NOT NULL
        """;

    // The rate of now is counted over the batches that recorded something lately, each by its own range of the key: 3,240 rows
    // at 27 messages/s.
    private const string ProgressSql = """
        SELECT b.id, least(@span, extract(epoch FROM @now - b.planned_at))::double precision AS seconds, COALESCE(sum(
            (SELECT count(*) FROM deliveries d
             WHERE d.broadcast_id = b.id AND d.seq >= r.first_seq AND d.seq < r.first_seq + r.size
                AND d.finished_at > @now - make_interval(secs => @span) AND d.state <> 5)), 0)::bigint AS messages
        FROM broadcasts b
        LEFT JOIN delivery_batches r ON r.broadcast_id = b.id AND r.recorded_at > @now - make_interval(secs => @span)
        WHERE b.id = ANY(@ids) AND b.planned_at IS NOT NULL AND b.status = 4
        GROUP BY b.id
        """;

    private const string ButtonsSql = """
        SELECT b.id AS broadcast_id, (button ->> 'id')::uuid AS id, button ->> 'label' AS label, count(c.id) AS clicks,
            COALESCE(sum(c.presses), 0) AS total_clicks,
            (SELECT count(*) FROM conversions v JOIN cta_clicks k ON k.id = v.cta_click_id
             WHERE v.broadcast_id = b.id AND k.cta_button_id = (button ->> 'id')::uuid) AS conversions
        FROM broadcasts b
        CROSS JOIN LATERAL jsonb_array_elements(b.cta_buttons) WITH ORDINALITY AS list (button, place)
        LEFT JOIN cta_clicks c ON c.broadcast_id = b.id AND c.cta_button_id = (button ->> 'id')::uuid
        WHERE b.id = ANY(@ids) AND b.planned_at IS NOT NULL
        GROUP BY b.id, button, place
        ORDER BY b.id, place
        """;

    /// <summary>The stats of those of <paramref name="ids"/> that have been planned.</summary>
    public async Task<IReadOnlyDictionary<Guid, BroadcastStats>> ForAsync(Guid[] ids, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        await using var results = await db.QueryMultipleAsync(new CommandDefinition(
            $"{TotalsSql};{ProgressSql};{ButtonsSql}", new { ids, now = clock.GetUtcNow(), span = ProgressSpan.TotalSeconds }, cancellationToken: ct));
        var totals = (await results.ReadAsync<TotalsRow>()).AsList();
        var rates = (await results.ReadAsync<RateRow>()).ToDictionary(r => r.Id, r => Math.Round(r.Messages / Math.Max(1, r.Seconds), 1));
        var buttons = (await results.ReadAsync<ButtonRow>()).ToLookup(
            b => b.BroadcastId, b => new ButtonStats(b.Id, b.Label, b.Clicks, b.TotalClicks, b.Conversions));
        return totals.ToDictionary(t => t.Id, t => new BroadcastStats(
            t.TotalRecipients, t.Sent, t.Failed, t.Blocked, t.Skipped, t.Uncertain,
            t.Clicks, t.TotalClicks, t.UniqueClickers, t.Conversions)
        { Buttons = [.. buttons[t.Id]], Rate = rates.TryGetValue(t.Id, out var rate) ? rate : null });
    }

    private sealed record TotalsRow(
        Guid Id, long TotalRecipients, long Sent, long Failed, long Blocked, long Skipped, long Uncertain,
        long Clicks, long TotalClicks, long UniqueClickers, long Conversions);

    private sealed record RateRow(Guid Id, double Seconds, long Messages);

    private sealed record ButtonRow(Guid BroadcastId, Guid Id, string Label, long Clicks, long TotalClicks, long Conversions);
}

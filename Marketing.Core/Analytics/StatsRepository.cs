using Dapper;
using Npgsql;

namespace Marketing.Core.Analytics;

/// <summary>The one definition of each number. Deliveries are never read: their counts are the sums of delivery_batches.</summary>
public sealed class StatsRepository(NpgsqlDataSource source)
{
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
        await using var results = await db.QueryMultipleAsync(new CommandDefinition($"{TotalsSql};{ButtonsSql}", new { ids }, cancellationToken: ct));
        var totals = (await results.ReadAsync<TotalsRow>()).AsList();
        var buttons = (await results.ReadAsync<ButtonRow>()).ToLookup(
            b => b.BroadcastId, b => new ButtonStats(b.Id, b.Label, b.Clicks, b.TotalClicks, b.Conversions));
        return totals.ToDictionary(t => t.Id, t => new BroadcastStats(
            t.TotalRecipients, t.Sent, t.Failed, t.Blocked, t.Skipped, t.Uncertain,
            t.Clicks, t.TotalClicks, t.UniqueClickers, t.Conversions)
        { Buttons = [.. buttons[t.Id]] });
    }

    private sealed record TotalsRow(
        Guid Id, long TotalRecipients, long Sent, long Failed, long Blocked, long Skipped, long Uncertain,
        long Clicks, long TotalClicks, long UniqueClickers, long Conversions);

    private sealed record ButtonRow(Guid BroadcastId, Guid Id, string Label, long Clicks, long TotalClicks, long Conversions);
}

using Dapper;
using Marketing.Core.Data;
using Npgsql;

namespace Marketing.Core.Analytics;

/// <summary>The numbers of broadcasts. What they count is never read, so they cost the same for any audience.</summary>
public sealed class StatsRepository(NpgsqlDataSource source, TimeProvider clock)
{
    private static readonly TimeSpan ProgressSpan = TimeSpan.FromSeconds(10);

    private const string TheseBroadcasts = "broadcast_id = ANY (@ids)";

    private static readonly string TotalsSql = $"""
        SELECT b.id AS broadcast_id, b.status = 4 AS is_sending, b.total_recipients::bigint, n.sent, n.failed, n.blocked, n.skipped, n.uncertain, n.clicks, n.total_clicks,
            n.clickers AS unique_clickers, n.prefetches, n.conversions, n.converters
        FROM broadcasts b LEFT JOIN ({CounterTable.Broadcasts.Live(TheseBroadcasts)}) AS n ON n.broadcast_id = b.id
        WHERE b.id = ANY (@ids) AND b.planned_at IS NOT NULL
        """;

    private static readonly string ButtonsSql = $"""
        SELECT b.id AS broadcast_id, (button ->> 'id')::uuid AS id, button ->> 'label' AS label, COALESCE(n.clicks, 0) AS clicks,
            COALESCE(n.total_clicks, 0) AS total_clicks, COALESCE(n.prefetches, 0) AS prefetches, COALESCE(n.conversions, 0) AS conversions
        FROM broadcasts b
        CROSS JOIN LATERAL jsonb_array_elements(b.cta_buttons) WITH ORDINALITY AS list (button, place)
        LEFT JOIN ({CounterTable.Buttons.Live(TheseBroadcasts)}) AS n ON n.broadcast_id = b.id AND n.cta_button_id = (button ->> 'id')::uuid
        WHERE b.id = ANY (@ids) AND b.planned_at IS NOT NULL
        ORDER BY b.id, place
        """;

    private static readonly string RevenueSql = $"""
        SELECT broadcast_id, NULLIF(currency, '') AS currency, conversions, trim_scale(value) AS value FROM ({CounterTable.Revenue.Live(TheseBroadcasts)}) AS n
        ORDER BY broadcast_id, currency
        """;

    // Percentiles are found here: the database takes three times as long for them as for the rows.
    private static readonly string DelaysSql = CounterTable.Delays.Parts(TheseBroadcasts);

    // The rate of now is counted over the batches that recorded something lately, each by its own range of the key: 3,240 rows
    // at 27 messages/s.
    private const string ProgressSql = """
        SELECT b.id, least(@span, extract(epoch FROM @now - b.planned_at))::double precision AS seconds, COALESCE(sum(
            (SELECT count(*) FROM deliveries d
             WHERE d.broadcast_id = b.id AND d.seq >= r.first_seq AND d.seq < r.first_seq + r.size
                AND d.finished_at > @now - make_interval(secs => @span) AND d.state <> 5)), 0)::bigint AS messages
        FROM broadcasts b
        LEFT JOIN delivery_batches r ON r.broadcast_id = b.id AND r.recorded_at > @now - make_interval(secs => @span)
        WHERE b.id = ANY (@ids) AND b.planned_at IS NOT NULL
        GROUP BY b.id
        """;

    private static readonly string AllSql = $"{TotalsSql};{ButtonsSql};{RevenueSql};{DelaysSql}";

    /// <summary>The stats of those of <paramref name="ids"/> that have been planned.</summary>
    public Task<IReadOnlyDictionary<Guid, BroadcastStats>> ForAsync(Guid[] ids, CancellationToken ct) =>
        source.ReadAsync(db => ForAsync(db, ids, ct), ct);

    /// <summary>The same, among other reads of one snapshot.</summary>
    internal async Task<IReadOnlyDictionary<Guid, BroadcastStats>> ForAsync(NpgsqlConnection db, Guid[] ids, CancellationToken ct)
    {
        List<BroadcastStats> totals;
        ILookup<Guid, ButtonStats> buttons;
        ILookup<Guid, Revenue> revenue;
        Dictionary<Guid, TimeToClick> delays;
        await using (var results = await db.QueryMultipleAsync(new CommandDefinition(AllSql, new { ids }, cancellationToken: ct)))
        {
            totals = (await results.ReadAsync<BroadcastStats>()).AsList();
            buttons = (await results.ReadAsync<ButtonRow>()).ToLookup(
                b => b.BroadcastId, b => new ButtonStats(b.Id, b.Label, b.Clicks, b.TotalClicks, b.Prefetches, b.Conversions));
            revenue = (await results.ReadAsync<RevenueRow>()).ToLookup(r => r.BroadcastId, r => new Revenue(r.Currency, r.Conversions, r.Value));
            delays = (await results.ReadAsync<DelayRow>()).GroupBy(d => d.BroadcastId).ToDictionary(
                of => of.Key, of => DelayBuckets.Percentiles(of.Select(d => ((int)d.Delay, d.Clickers))));
        }

        var rates = await RatesAsync(db, [.. totals.Where(t => t.IsSending).Select(t => t.BroadcastId)], ct);
        return totals.ToDictionary(t => t.BroadcastId, t => t with
        {
            Buttons = [.. buttons[t.BroadcastId]],
            Revenue = [.. revenue[t.BroadcastId]],
            TimeToClick = delays.GetValueOrDefault(t.BroadcastId, BroadcastStats.None.TimeToClick),
            Rate = rates.TryGetValue(t.BroadcastId, out var rate) ? rate : null,
        });
    }

    private async Task<IReadOnlyDictionary<Guid, double>> RatesAsync(NpgsqlConnection db, Guid[] sending, CancellationToken ct)
    {
        if (sending.Length == 0)
            return new Dictionary<Guid, double>();
        var rows = await db.QueryAsync<RateRow>(new CommandDefinition(
            ProgressSql, new { ids = sending, now = clock.GetUtcNow(), span = ProgressSpan.TotalSeconds }, cancellationToken: ct));
        return rows.ToDictionary(r => r.Id, r => Math.Round(r.Messages / Math.Max(1, r.Seconds), 1));
    }

    private sealed record ButtonRow(Guid BroadcastId, Guid Id, string Label, long Clicks, long TotalClicks, long Prefetches, long Conversions);

    private sealed record RevenueRow(Guid BroadcastId, string? Currency, long Conversions, decimal Value);

    private sealed record DelayRow(Guid BroadcastId, short Delay, long Clickers);

    private sealed record RateRow(Guid Id, double Seconds, long Messages);
}

using System.Globalization;
using Npgsql;

namespace Marketing.Bench;

/// <summary>Broadcasts that were sent and clicked: their rows, and the counters that the app would have kept of them.</summary>
/// <param name="Recipients">Of each broadcast.</param>
/// <param name="Clicks">Of each broadcast: so many people, one button each.</param>
/// <param name="From">They are planned from here on, over 30 days.</param>
/// <param name="Ledger">With its deliveries. The overview never reads them, and 1,000 broadcasts of them would be 20 million rows.</param>
internal sealed record SentBroadcasts(int Count, int Recipients, int Clicks, DateTimeOffset From, bool Ledger)
{
    /// <summary>All of it happened before: the last batch is out within half a day, and the last click comes within two more.</summary>
    public DateTimeOffset To => From.AddDays(33);
}

internal static class AnalyticsData
{
    private const string Button = "01900000-0000-7000-8000-0000000000b";

    private const string Buttons = $$"""
        [{"id":"{{Button}}0","label":"See the prizes","action":"open","url":"https://example.com"},{"id":"{{Button}}1","label":"Join","action":"callback"}]
        """;

    // One batch a row, 500 people in 18 s at 27/s. Clicks are written down once before they become rows and counters.
    private const string TablesSql = """
        CREATE UNLOGGED TABLE bench_broadcasts (id uuid, no bigint, planned_at timestamptz, recipients integer, clicks integer, ledger boolean);
        CREATE UNLOGGED TABLE bench_clicks (
            id uuid, broadcast_id uuid, seq integer, user_id uuid, button_id uuid, presses integer, sent_at timestamptz, clicked_at timestamptz, converts boolean);
        CREATE FUNCTION bench_person(n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS
            $$ SELECT ('01900000-0000-7000-8000-' || lpad(to_hex(1000000001 + n % PEOPLE), 12, '0'))::uuid $$;
        """;

    private const string PlanSql = """
        INSERT INTO bench_broadcasts
        SELECT ('01900000-0000-7000-9000-' || lpad(to_hex(no), 12, '0'))::uuid, no, $2 + n * interval '30 days' / $1, $3, $4, $5
        FROM (SELECT n, n + (SELECT count(*) FROM bench_broadcasts) AS no FROM generate_series(0, $1 - 1) AS n) AS numbered
        """;

    // The k-th click of a broadcast is of the recipient k; most come early, the last after two days.
    private const string ClicksSql = $"""
        INSERT INTO bench_clicks
        SELECT ('01900000-0000-7000-' || lpad(to_hex(40960 + b.no / 65536), 4, '0') || '-' || lpad(to_hex(b.no % 65536 * 4294967296 + k), 12, '0'))::uuid,
            b.id, k, bench_person(b.no * 7919 + k), ('{Button}' || k % 2)::uuid, 1 + (k % 10 = 0)::integer, at.sent,
            at.sent + (k::double precision / b.clicks) ^ 3 * interval '2 days' + interval '1 second', k % 100 = 0
        FROM bench_broadcasts b
        CROSS JOIN LATERAL generate_series(0, b.clicks - 1) AS k
        CROSS JOIN LATERAL (SELECT b.planned_at + k / 500 * interval '18 seconds' AS sent) AS at
        """;

    // Foreign keys are checked by triggers, which a replica leaves to others: they would take longer than the rows.
    private const string RowsSql = $"""
        SET session_replication_role = replica;
        INSERT INTO broadcast_templates (id, name, category, content, created_by)
            SELECT '{Button}0', 'analytics', 'bench', 'x', id FROM admin_tokens LIMIT 1;
        INSERT INTO broadcasts (id, title, template_id, cohort_query, status, sent_at, settled_at, planned_at, content, cta_buttons, template_version,
                recipients, total_recipients, created_by, created_at, updated_at)
            SELECT b.id, 'Broadcast ' || no, t.id, '{"{}"}', 2, planned_at + interval '12 hours', planned_at + interval '12 hours', planned_at, 'x', '{Buttons}', 1,
                b.recipients, b.recipients, t.created_by, planned_at, planned_at
            FROM bench_broadcasts b, broadcast_templates t;
        INSERT INTO delivery_batches (broadcast_id, first_seq, size, sent, recorded_at)
            SELECT id, first, least(500, recipients - first), least(500, recipients - first), planned_at + first / 500 * interval '18 seconds'
            FROM bench_broadcasts, generate_series(0, recipients - 1, 500) AS first;
        INSERT INTO deliveries (broadcast_id, seq, user_id, state, attempts, claimed_at, finished_at, message_id, clicked_at, converted_at)
            SELECT b.id, r.seq, bench_person(b.no * 7919 + r.seq), 2, 1, at.sent, at.sent, r.seq + 1, c.clicked_at, CASE WHEN c.converts THEN c.clicked_at END
            FROM bench_broadcasts b
            CROSS JOIN LATERAL generate_series(0, b.recipients - 1) AS r (seq)
            CROSS JOIN LATERAL (SELECT b.planned_at + r.seq / 500 * interval '18 seconds' AS sent) AS at
            LEFT JOIN bench_clicks c ON c.broadcast_id = b.id AND c.seq = r.seq
            WHERE b.ledger;
        INSERT INTO cta_clicks (id, user_id, broadcast_id, cta_button_id, clicked_at, presses, last_pressed_at, converted)
            SELECT id, user_id, broadcast_id, button_id, clicked_at, presses, clicked_at, converts FROM bench_clicks;
        INSERT INTO conversions (id, idempotency_key, user_id, broadcast_id, cta_click_id, event, value, currency, occurred_at)
            SELECT id, id::text, user_id, broadcast_id, id, 'purchase', 9.99, 'EUR', clicked_at FROM bench_clicks WHERE converts;
        SET session_replication_role = origin;
        """;

    private const string CountersSql = """
        INSERT INTO broadcast_counters (broadcast_id, sent, clicks, total_clicks, clickers, conversions, converters)
            SELECT b.id, b.recipients, c.clicks, c.total_clicks, c.clicks, c.conversions, c.conversions
            FROM bench_broadcasts b JOIN (
                SELECT broadcast_id, count(*) AS clicks, sum(presses) AS total_clicks, count(*) FILTER (WHERE converts) AS conversions
                FROM bench_clicks GROUP BY 1) c ON c.broadcast_id = b.id;
        INSERT INTO button_counters (broadcast_id, cta_button_id, clicks, total_clicks, conversions)
            SELECT broadcast_id, button_id, count(*), sum(presses), count(*) FILTER (WHERE converts) FROM bench_clicks GROUP BY 1, 2;
        INSERT INTO segment_counters (broadcast_id, segment_id, recipients, sent, clicks, total_clicks, clickers, conversions, converters)
            SELECT b.broadcast_id, 0, t.total_recipients, b.sent, b.clicks, b.total_clicks, b.clickers, b.conversions, b.converters
            FROM broadcast_counters b JOIN broadcasts t ON t.id = b.broadcast_id;
        INSERT INTO delay_counters (broadcast_id, delay, clickers)
            SELECT broadcast_id, delay_bucket(sent_at, clicked_at), count(*) FROM bench_clicks GROUP BY 1, 2;
        INSERT INTO revenue_counters (broadcast_id, currency, conversions, value)
            SELECT broadcast_id, 'EUR', conversions, conversions * 9.99 FROM broadcast_counters WHERE conversions > 0;
        INSERT INTO minute_counters (broadcast_id, minute, sent, clicks, conversions)
            SELECT broadcast_id, date_trunc('minute', at), sum(sent), sum(clicks), sum(conversions) FROM (
                SELECT broadcast_id, recorded_at AS at, sent, 0 AS clicks, 0 AS conversions FROM delivery_batches
                UNION ALL SELECT broadcast_id, clicked_at, 0, 1, converts::integer FROM bench_clicks) AS events
            GROUP BY 1, 2;
        INSERT INTO quarter_counters (quarter, sent, clicks, conversions)
            SELECT date_bin('15 minutes', minute, '2000-01-01Z'), sum(sent), sum(clicks), sum(conversions) FROM minute_counters GROUP BY 1;
        DROP TABLE bench_broadcasts, bench_clicks;
        """;

    /// <summary>The ids of each group's broadcasts, in the order of their sending.</summary>
    /// <param name="people">From 1,000,000,001 on, as <see cref="Audience"/> makes them.</param>
    public static async Task<IReadOnlyList<Guid[]>> MakeAsync(NpgsqlDataSource source, int people, IReadOnlyList<SentBroadcasts> groups, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        await ExecuteAsync(TablesSql.Replace("PEOPLE", people.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
        foreach (var group in groups)
            await ExecuteAsync(PlanSql, group.Count, group.From, group.Recipients, group.Clicks, group.Ledger);
        await using var ids = new NpgsqlCommand("SELECT array_agg(id ORDER BY no) FROM bench_broadcasts", db);
        var all = new Queue<Guid>((Guid[])(await ids.ExecuteScalarAsync(ct))!);
        await ExecuteAsync(ClicksSql);
        await ExecuteAsync("ANALYZE bench_clicks");
        await ExecuteAsync(RowsSql);
        await ExecuteAsync(CountersSql);
        await ExecuteAsync("VACUUM ANALYZE");
        return [.. groups.Select(group => Enumerable.Range(0, group.Count).Select(_ => all.Dequeue()).ToArray())];

        async Task ExecuteAsync(string sql, params object[] values)
        {
            await using var command = new NpgsqlCommand(sql, db) { CommandTimeout = 0 };
            foreach (var value in values)
                command.Parameters.AddWithValue(value);
            await command.ExecuteNonQueryAsync(ct);
        }
    }
}

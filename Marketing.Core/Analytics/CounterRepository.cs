using Dapper;
using Npgsql;

namespace Marketing.Core.Analytics;

/// <summary>Writes the tables of counters, which nobody else does, one at a time.</summary>
public sealed class CounterRepository(NpgsqlDataSource source)
{
    /// <summary>Rows of one statement: 10,000 take some 0.1 s.</summary>
    private const int AtMost = 10_000;

    private static readonly string AddSql = string.Join(",\n", CounterTable.OfOneBroadcast.Append(CounterTable.Quarters).Select(table => table.Add("folded")));

    private static readonly string FoldSql = $"""
        WITH turn AS MATERIALIZED (SELECT pg_try_advisory_xact_lock(hashtextextended('counters', 0)) AS is_mine),
        folded AS (
            DELETE FROM counter_deltas
            WHERE ctid = ANY (ARRAY(SELECT ctid FROM counter_deltas WHERE (SELECT is_mine FROM turn) LIMIT @atMost))
            RETURNING *),
        {AddSql}
        SELECT count(*)::integer FROM folded
        """;

    /// <summary>Adds the deltas to the counters, a statement for every 10,000; returns how many there were. None while another does it.</summary>
    public async Task<int> FoldAsync(CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        var (all, folded) = (0, AtMost);
        while (folded == AtMost)
        {
            folded = await db.QuerySingleAsync<int>(new CommandDefinition(FoldSql, new { atMost = AtMost }, commandTimeout: 0, cancellationToken: ct));
            all += folded;
        }

        return all;
    }

    private const string LockSql = "SELECT pg_advisory_xact_lock(hashtextextended('counters', 0))";

    private const string IsCountableSql = """
        SELECT b.planned_at IS NULL OR EXISTS (SELECT FROM deliveries d WHERE d.broadcast_id = b.id) FROM broadcasts b WHERE id = @id
        """;

    // First clicks and conversions that nobody marked: a version before the counters was at work. In the order of the key, in
    // which the delivery loop locks rows too.
    private const string MarkSql = """
        UPDATE deliveries d SET clicked_at = COALESCE(d.clicked_at, found.clicked_at), converted_at = COALESCE(d.converted_at, found.converted_at)
        FROM (
            SELECT l.seq, c.clicked_at, v.converted_at FROM deliveries l
            LEFT JOIN (SELECT user_id, min(clicked_at) AS clicked_at FROM cta_clicks WHERE broadcast_id = @id GROUP BY 1) c ON c.user_id = l.user_id
            LEFT JOIN (SELECT user_id, min(occurred_at) AS converted_at FROM conversions WHERE broadcast_id = @id GROUP BY 1) v ON v.user_id = l.user_id
            WHERE l.broadcast_id = @id AND ((l.clicked_at IS NULL AND c.clicked_at IS NOT NULL) OR (l.converted_at IS NULL AND v.converted_at IS NOT NULL))
            ORDER BY l.seq FOR NO KEY UPDATE OF l) AS found
        WHERE d.broadcast_id = @id AND d.seq = found.seq
        """;

    // The rows themselves in the form of deltas. Fetches by programs have no rows, so what was counted of them stays.
    private static readonly string RawSql = $"""
        raw AS MATERIALIZED (
            SELECT @id AS broadcast_id, date_trunc('minute', finished_at) AS minute, COALESCE(segment_id, 0) AS segment_id, NULL::uuid AS cta_button_id,
                NULL::smallint AS delay, NULL::text AS currency, count(*) AS recipients, count(*) FILTER (WHERE state = 2) AS sent,
                count(*) FILTER (WHERE state = 3) AS failed, count(*) FILTER (WHERE state = 4) AS blocked, count(*) FILTER (WHERE state = 5) AS skipped,
                count(*) FILTER (WHERE state = 6) AS uncertain, 0 AS clicks, 0 AS total_clicks, 0 AS clickers, 0 AS prefetches, 0 AS conversions,
                count(converted_at) AS converters, NULL::numeric AS value
            FROM deliveries WHERE broadcast_id = @id GROUP BY 2, 3
            UNION ALL
            SELECT @id, NULL, COALESCE(segment_id, 0), NULL, delay_bucket(finished_at, clicked_at), NULL, 0, 0, 0, 0, 0, 0, 0, 0, count(*), 0, 0, 0, NULL
            FROM deliveries WHERE broadcast_id = @id AND clicked_at IS NOT NULL GROUP BY 3, 5
            UNION ALL
            SELECT @id, date_trunc('minute', c.clicked_at), COALESCE(d.segment_id, 0), c.cta_button_id, NULL, NULL, 0, 0, 0, 0, 0, 0,
                count(*), sum(c.presses), 0, 0, 0, 0, NULL
            FROM cta_clicks c LEFT JOIN deliveries d ON d.broadcast_id = c.broadcast_id AND d.user_id = c.user_id
            WHERE c.broadcast_id = @id GROUP BY 2, 3, 4
            UNION ALL
            SELECT @id, date_trunc('minute', v.occurred_at), COALESCE(d.segment_id, 0), c.cta_button_id, NULL, v.currency, 0, 0, 0, 0, 0, 0,
                0, 0, 0, 0, count(*), 0, sum(v.value)
            FROM conversions v
            LEFT JOIN cta_clicks c ON c.id = v.cta_click_id
            LEFT JOIN deliveries d ON d.broadcast_id = v.broadcast_id AND d.user_id = v.user_id
            WHERE v.broadcast_id = @id GROUP BY 2, 3, 4, 6, v.value IS NULL
            UNION ALL
            SELECT @id, NULL, 0, cta_button_id, NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, 0, prefetches, 0, 0, NULL
            FROM ({CounterTable.Buttons.Live(OfBroadcast)}) AS fetched)
        """;

    private const string OfBroadcast = "broadcast_id = @id";
    private const string EveryMinute = $"""
        (SELECT minute, sent, clicks, conversions FROM minute_counters WHERE NOT ({OfBroadcast})
            UNION ALL SELECT minute, sent, clicks, conversions FROM raw) AS every_minute
        """;

    private static readonly string RecountSql = $"""
        WITH {RawSql},
        gone AS (DELETE FROM counter_deltas WHERE {OfBroadcast}),
        {string.Join(",\n", CounterTable.OfOneBroadcast.Select(table => table.Replace("raw", OfBroadcast)))},
        {CounterTable.Quarters.Replace(EveryMinute, "true")}
        SELECT {string.Join("\nOR ", CounterTable.OfOneBroadcast.Select(table => table.Differs(OfBroadcast, OfBroadcast)))}
            OR {CounterTable.Quarters.Differs("true", OfBroadcast)}
        """;

    /// <summary>
    /// Makes the counters what the broadcast's rows say, while it may be sending; whether they said anything else. One statement
    /// reads the rows and the deltas that those who made them wrote with them, so none is counted twice or not at all. Null when
    /// the ledger was deleted.
    /// </summary>
    public async Task<bool?> RecountAsync(Guid id, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        await using var transaction = await db.BeginTransactionAsync(ct);
        CommandDefinition Command(string sql) => new(sql, new { id }, transaction, commandTimeout: 0, cancellationToken: ct);
        await db.ExecuteAsync(Command(LockSql));
        if (!await db.QuerySingleAsync<bool>(Command(IsCountableSql)))
            return null;
        var marked = await db.ExecuteAsync(Command(MarkSql));
        var differed = await db.QuerySingleAsync<bool>(Command(RecountSql));
        await transaction.CommitAsync(ct);
        return differed || marked > 0;
    }
}

using System.Diagnostics;
using System.Text.Json;
using Marketing.Core.Cohorts;
using Npgsql;

namespace Marketing.Bench;

/// <summary>The count of typical cohorts over the people that are there, against SQL as somebody would write it by hand.</summary>
internal static class CohortCounts
{
    private const string Broadcast = "01900000-0000-7000-8000-00000000000b";

    // Everybody got one broadcast, one in twenty clicked and a tenth of these converted.
    private const string HistorySql = $"""
        TRUNCATE deliveries, cta_clicks CASCADE;
        INSERT INTO broadcast_templates (id, name, category, content, created_by)
            SELECT '{Broadcast}', 'cohort counts', 'bench', 'x', id FROM admin_tokens LIMIT 1;
        INSERT INTO broadcasts (id, title, template_id, cohort_query, status, created_by)
            SELECT '{Broadcast}', 'cohort counts', '{Broadcast}', '{"{}"}', 2, id FROM admin_tokens LIMIT 1;
        INSERT INTO deliveries (broadcast_id, seq, user_id, state)
            SELECT '{Broadcast}', row_number() OVER () - 1, id, CASE WHEN telegram_user_id % 50 = 0 THEN 4 ELSE 2 END FROM users;
        INSERT INTO cta_clicks (id, user_id, broadcast_id, cta_button_id, converted)
            SELECT gen_random_uuid(), id, '{Broadcast}', '{Broadcast}', telegram_user_id % 200 = 0 FROM users WHERE telegram_user_id % 20 = 0;
        """;

    private const string Reachable = """
        opted_out_at IS NULL AND suppressed_at IS NULL
        AND NOT EXISTS (SELECT 1 FROM suppressions s WHERE s.telegram_user_id = users.telegram_user_id)
        """;

    private static readonly (string Query, string Where)[] Cohorts =
    [
        ("{}", "true"),
        ("""{"user_tier":"premium","region":"EU"}""", "user_tier = 'premium' AND region = 'EU'"),
        ("""{"region":{"in":["EU","US"]},"no_trades_7d":true}""",
            "region IN ('EU', 'US') AND (last_trade_at IS NULL OR last_trade_at < now() - interval '7 days')"),
        ("""{"attributes.balance":{"gte":500},"language":{"ne":"en"}}""",
            "(attributes ->> 'balance')::numeric >= 500 AND language IS DISTINCT FROM 'en'"),
        ($$"""{"received":"{{Broadcast}}","not":{"clicked":"{{Broadcast}}"} }""", $"""
            EXISTS (SELECT 1 FROM deliveries d WHERE d.user_id = users.id AND d.broadcast_id = '{Broadcast}' AND d.state = 2)
            AND NOT EXISTS (SELECT 1 FROM cta_clicks c WHERE c.user_id = users.id AND c.broadcast_id = '{Broadcast}')
            """),
        ($$"""{"any":[{"converted":"{{Broadcast}}"},{"user_tier":"premium"}]}""", $"""
            (user_tier = 'premium' OR EXISTS (
                SELECT 1 FROM cta_clicks c WHERE c.user_id = users.id AND c.broadcast_id = '{Broadcast}' AND c.converted))
            """),
    ];

    public static async Task RunAsync(NpgsqlDataSource source, int people, int rounds, Report report, CancellationToken ct)
    {
        await ExecuteAsync(source, HistorySql, ct);
        await ExecuteAsync(source, "VACUUM ANALYZE", ct);
        var cohorts = new CohortService(new CohortRepository(source), new SavedCohortRepository(source), TimeProvider.System);
        report.Title($"audience: cohort counts over {people:N0} people, {rounds} rounds each");
        foreach (var (query, where) in Cohorts)
        {
            var json = JsonElement.Parse(query);
            var byHand = $"SELECT count(*)::int FROM users WHERE {Reachable} AND {where}";
            var (ours, theirs) = (new List<double>(), new List<double>());
            for (var round = 0; round <= rounds; round++)
            {
                // Each goes first every other time; the first round brings the tables into the cache.
                var (first, second) = round % 2 == 0 ? (ours, theirs) : (theirs, ours);
                var (one, other) = (await TimeAsync(first == ours), await TimeAsync(second == ours));
                if (one.People != other.People)
                    throw new InvalidOperationException($"{query}: {one.People} and {other.People} people");
                if (round == 0)
                    continue;
                first.Add(one.Seconds);
                second.Add(other.Seconds);
            }
            report.Note($"{query.Replace(Broadcast, "ID", StringComparison.Ordinal)}: {ours.Median() * 1000:0} ms, by hand {theirs.Median() * 1000:0} ms");
            report.AtMost("count / count by hand", ours.Median() / theirs.Median(), 1.15, "0.00");

            async Task<(int People, double Seconds)> TimeAsync(bool compiled)
            {
                var watch = Stopwatch.StartNew();
                var found = compiled ? await cohorts.CountAsync(json, ct) : await ExecuteAsync(source, byHand, ct);
                return (found, watch.Elapsed.TotalSeconds);
            }
        }
    }

    private static async Task<int> ExecuteAsync(NpgsqlDataSource source, string sql, CancellationToken ct)
    {
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync(ct) is int count ? count : 0;
    }
}

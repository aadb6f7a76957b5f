using System.Diagnostics;
using System.Text.Json;
using Marketing.Core.Cohorts;
using Npgsql;

namespace Marketing.Bench;

/// <summary>The count of typical cohorts over many people, against SQL as somebody would write it by hand.</summary>
internal static class CohortBench
{
    private const string Broadcast = "01900000-0000-7000-8000-00000000000b";

    // Everybody got one broadcast, one in twenty clicked and a tenth of these converted.
    private const string PeopleSql = $"""
        INSERT INTO users (id, telegram_user_id, chat_id, first_name, last_name, username, language, user_tier, region, attributes, last_trade_at)
            SELECT gen_random_uuid(), n, n, 'Person' || n % 5003, 'Family' || n % 40009, 'person_' || n,
                (ARRAY['en', 'de', 'es', 'pt', 'ru'])[n % 5 + 1], CASE WHEN n % 7 = 0 THEN 'premium' ELSE 'free' END,
                (ARRAY['EU', 'US', 'APAC', 'LATAM'])[n % 4 + 1], jsonb_build_object('balance', n % 1000 + 0.5, 'campaign', 'spring'),
                now() - n % 90 * interval '1 day'
            FROM generate_series(1, @people) AS n;
        INSERT INTO admin_tokens (id, name, role, token_sha256) VALUES ('{Broadcast}', 'owner', 4, sha256('owner'));
        INSERT INTO broadcast_templates (id, name, category, content, created_by)
            VALUES ('{Broadcast}', 'cohort counts', 'bench', 'x', '{Broadcast}');
        INSERT INTO broadcasts (id, title, template_id, cohort_query, status, created_by)
            VALUES ('{Broadcast}', 'cohort counts', '{Broadcast}', '{"{}"}', 2, '{Broadcast}');
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

    public static async Task RunAsync(BenchPostgres postgres, BenchArguments arguments, Report report, CancellationToken ct)
    {
        var people = arguments.Recipients ?? (arguments.Quick ? 20_000 : 1_000_000);
        var rounds = arguments.Rounds ?? (arguments.Quick ? 3 : 9);
        report.Title("cohorts", $"counts over {people:N0} people, {rounds} rounds each");
        // Statements are prepared when they come again, as the app has it.
        await using var source = NpgsqlDataSource.Create(
            $"{await postgres.CreateDatabaseAsync("cohorts", ct)};Command Timeout=0;Max Auto Prepare=64");
        await using (var make = source.CreateCommand(PeopleSql))
        {
            make.Parameters.AddWithValue("people", people);
            await make.ExecuteNonQueryAsync(ct);
        }

        await using (var vacuum = source.CreateCommand("VACUUM ANALYZE"))
            await vacuum.ExecuteNonQueryAsync(ct);
        var cohorts = new CohortService(new CohortRepository(source), new SavedCohortRepository(source), TimeProvider.System);
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
                first.Add(one.Milliseconds);
                second.Add(other.Milliseconds);
            }
            report.AtMost(query.Replace(Broadcast, "ID", StringComparison.Ordinal), new("ms", ours, theirs), 1.15);

            async Task<(int People, double Milliseconds)> TimeAsync(bool compiled)
            {
                var watch = Stopwatch.StartNew();
                var found = compiled ? await cohorts.CountAsync(json, ct) : await CountAsync(source, byHand, ct);
                return (found, watch.Elapsed.TotalMilliseconds);
            }
        }
    }

    private static async Task<int> CountAsync(NpgsqlDataSource source, string sql, CancellationToken ct)
    {
        await using var command = source.CreateCommand(sql);
        return (int)(await command.ExecuteScalarAsync(ct))!;
    }
}

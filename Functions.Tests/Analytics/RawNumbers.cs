using System.Globalization;
using System.Text.Json;
using Dapper;
using Marketing.Functions.Tests.Fixtures;

namespace Marketing.Functions.Tests.Analytics;

/// <summary>The numbers of a broadcast under one name each: from the rows, in plain SQL, and from what the API tells. Zeros are left out.</summary>
internal static class RawNumbers
{
    private const string Sql = """
        SELECT 'total_recipients' AS name, count(*)::numeric AS number FROM deliveries WHERE broadcast_id = @id
        UNION ALL SELECT CASE state WHEN 2 THEN 'sent' WHEN 3 THEN 'failed' WHEN 4 THEN 'blocked' WHEN 5 THEN 'skipped' WHEN 6 THEN 'uncertain' ELSE 'pending' END, count(*)
            FROM deliveries WHERE broadcast_id = @id GROUP BY 1
        UNION ALL SELECT 'clicks', count(*) FROM cta_clicks WHERE broadcast_id = @id
        UNION ALL SELECT 'total_clicks', COALESCE(sum(presses), 0) FROM cta_clicks WHERE broadcast_id = @id
        UNION ALL SELECT 'unique_clickers', count(DISTINCT user_id) FROM cta_clicks WHERE broadcast_id = @id
        UNION ALL SELECT 'conversions', count(*) FROM conversions WHERE broadcast_id = @id
        UNION ALL SELECT 'converters', count(DISTINCT v.user_id) FROM conversions v JOIN deliveries USING (broadcast_id, user_id) WHERE v.broadcast_id = @id
        UNION ALL SELECT 'button ' || cta_button_id || ' clicks', count(*) FROM cta_clicks WHERE broadcast_id = @id GROUP BY cta_button_id
        UNION ALL SELECT 'button ' || cta_button_id || ' total_clicks', sum(presses) FROM cta_clicks WHERE broadcast_id = @id GROUP BY cta_button_id
        UNION ALL SELECT 'button ' || c.cta_button_id || ' conversions', count(*)
            FROM conversions v JOIN cta_clicks c ON c.id = v.cta_click_id WHERE v.broadcast_id = @id GROUP BY c.cta_button_id
        UNION ALL SELECT 'revenue ' || COALESCE(currency, '-') || ' conversions', count(*) FROM conversions WHERE broadcast_id = @id AND value IS NOT NULL GROUP BY currency
        UNION ALL SELECT 'revenue ' || COALESCE(currency, '-') || ' value', sum(value) FROM conversions WHERE broadcast_id = @id AND value IS NOT NULL GROUP BY currency
        """;

    // {0} is a column of users, who do not change meanwhile.
    private const string SegmentSql = """
        WITH people AS (
            SELECT u.id, d.state, d.user_id IS NOT NULL AS is_recipient, CASE WHEN d.user_id IS NULL THEN '-' ELSE COALESCE(NULLIF(u.{0}, ''), '-') END AS is_a
            FROM users u LEFT JOIN deliveries d ON d.user_id = u.id AND d.broadcast_id = @id)
        SELECT '{0} ' || is_a || ' recipients' AS name, count(*)::numeric AS number FROM people WHERE is_recipient GROUP BY is_a
        UNION ALL SELECT '{0} ' || is_a || ' sent', count(*) FROM people WHERE state = 2 GROUP BY is_a
        UNION ALL SELECT '{0} ' || is_a || ' clicks', count(*) FROM people JOIN cta_clicks c ON c.user_id = people.id AND c.broadcast_id = @id GROUP BY is_a
        UNION ALL SELECT '{0} ' || is_a || ' total_clicks', sum(presses) FROM people JOIN cta_clicks c ON c.user_id = people.id AND c.broadcast_id = @id GROUP BY is_a
        UNION ALL SELECT '{0} ' || is_a || ' unique_clickers', count(DISTINCT c.user_id) FROM people JOIN cta_clicks c ON c.user_id = people.id AND c.broadcast_id = @id GROUP BY is_a
        UNION ALL SELECT '{0} ' || is_a || ' conversions', count(*) FROM people JOIN conversions v ON v.user_id = people.id AND v.broadcast_id = @id GROUP BY is_a
        UNION ALL SELECT '{0} ' || is_a || ' converters', count(DISTINCT v.user_id) FROM people JOIN conversions v ON v.user_id = people.id AND v.broadcast_id = @id
            WHERE is_recipient GROUP BY is_a
        """;

    // {0} is a unit; of one broadcast, or of all.
    private const string SeriesSql = """
        SELECT '{0} ' || to_char(date_trunc('{0}', finished_at AT TIME ZONE 'UTC'), 'YYYY-MM-DD HH24:MI') || ' sent' AS name, count(*)::numeric AS number
            FROM deliveries WHERE state = 2 AND (@id::uuid IS NULL OR broadcast_id = @id) GROUP BY 1
        UNION ALL SELECT '{0} ' || to_char(date_trunc('{0}', clicked_at AT TIME ZONE 'UTC'), 'YYYY-MM-DD HH24:MI') || ' clicks', count(*)
            FROM cta_clicks WHERE @id::uuid IS NULL OR broadcast_id = @id GROUP BY 1
        UNION ALL SELECT '{0} ' || to_char(date_trunc('{0}', occurred_at AT TIME ZONE 'UTC'), 'YYYY-MM-DD HH24:MI') || ' conversions', count(*)
            FROM conversions WHERE broadcast_id IS NOT NULL AND (@id::uuid IS NULL OR broadcast_id = @id) GROUP BY 1
        """;

    // From the message to the first click, in order.
    private const string DelaysSql = """
        SELECT greatest(0, COALESCE(extract(epoch FROM clicked_at - finished_at), 0))::double precision FROM deliveries
        WHERE broadcast_id = @id AND clicked_at IS NOT NULL ORDER BY 1
        """;

    private static readonly string[] Attributes = ["user_tier", "region", "language"];
    private static readonly string[] Units = ["minute", "hour", "day"];

    public static async Task<SortedDictionary<string, decimal>> OfRowsAsync(MarketingApp app, string broadcastId)
    {
        var id = Guid.Parse(broadcastId);
        await using var db = await app.Database.OpenConnectionAsync();
        var sql = string.Join("\nUNION ALL ", [Sql, .. Attributes.Select(a => $"SELECT * FROM ({Of(SegmentSql, a)}) s"),
            .. Units.Select(u => Of(SeriesSql, u))]);
        return Sorted(await db.QueryAsync<(string, decimal)>(sql, new { id }));
    }

    public static async Task<SortedDictionary<string, decimal>> OfApiAsync(MarketingApp app, string id)
    {
        var numbers = OfStats(await app.GetAsync($"v1/admin/broadcasts/{id}/stats"));
        foreach (var by in Attributes)
            foreach (var item in (await app.GetAsync($"v1/admin/broadcasts/{id}/stats/segments?by={by}")).GetProperty("items").EnumerateArray())
                Add(numbers, $"{by} {item.GetProperty("value").GetString() ?? "-"}", item);
        foreach (var unit in Units)
            AddSeries(numbers, await app.GetAsync($"v1/admin/broadcasts/{id}/stats/series?unit={unit}"));
        return numbers;
    }

    /// <summary>Those of a broadcast's stats, or of totals.</summary>
    public static SortedDictionary<string, decimal> OfStats(JsonElement stats)
    {
        var numbers = new SortedDictionary<string, decimal>(StringComparer.Ordinal);
        Add(numbers, "", stats);
        foreach (var button in stats.GetProperty("buttons").EnumerateArray())
            Add(numbers, $"button {button.Id()}", button);
        foreach (var revenue in stats.GetProperty("revenue").EnumerateArray())
            Add(numbers, $"revenue {revenue.GetProperty("currency").GetString() ?? "-"}", revenue);
        return numbers;
    }

    public static async Task<SortedDictionary<string, decimal>> TrendOfRowsAsync(MarketingApp app, string unit)
    {
        await using var db = await app.Database.OpenConnectionAsync();
        return Sorted(await db.QueryAsync<(string, decimal)>(Of(SeriesSql, unit), new { id = (Guid?)null }));
    }

    public static SortedDictionary<string, decimal> OfSeries(JsonElement series)
    {
        var numbers = new SortedDictionary<string, decimal>(StringComparer.Ordinal);
        AddSeries(numbers, series);
        return numbers;
    }

    public static async Task<IReadOnlyList<double>> DelaysOfRowsAsync(MarketingApp app, string id)
    {
        await using var db = await app.Database.OpenConnectionAsync();
        return (await db.QueryAsync<double>(DelaysSql, new { id = Guid.Parse(id) })).AsList();
    }

    private static void AddSeries(SortedDictionary<string, decimal> numbers, JsonElement series)
    {
        foreach (var item in series.GetProperty("items").EnumerateArray())
            Add(numbers, $"{series.Text("unit")} {item.GetProperty("at").GetDateTimeOffset().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)}", item);
    }

    // Ratios follow from the rest.
    private static void Add(SortedDictionary<string, decimal> numbers, string of, JsonElement item)
    {
        foreach (var member in item.EnumerateObject().Where(m => m.Value.ValueKind == JsonValueKind.Number))
            if (!member.Name.EndsWith("ctr", StringComparison.Ordinal) && !member.Name.EndsWith("rate", StringComparison.Ordinal) && member.Value.GetDecimal() is not 0 and var number)
                numbers.Add($"{of} {member.Name}".Trim(), number);
    }

    private static string Of(string sql, string name) => sql.Replace("{0}", name, StringComparison.Ordinal);

    private static SortedDictionary<string, decimal> Sorted(IEnumerable<(string Name, decimal Number)> found) =>
        new(found.Where(n => n.Number != 0).ToDictionary(n => n.Name, n => n.Number), StringComparer.Ordinal);
}

using System.Text.Json;

namespace Marketing.Bench.Chaos;

/// <summary>What /stats says against plain counts of the rows, and against the app's own recount.</summary>
internal static class StatsChecks
{
    private const string RawSql = """
        SELECT b.id, COALESCE(b.total_recipients, 0)::bigint AS total_recipients, n.pending, n.sent, n.failed, n.blocked, n.skipped, n.uncertain,
            c.clicks, c.total_clicks, c.unique_clickers, (SELECT count(*) FROM conversions WHERE broadcast_id = b.id) AS conversions
        FROM broadcasts b
        CROSS JOIN LATERAL (
            SELECT count(*) FILTER (WHERE state IN (0, 1)) AS pending, count(*) FILTER (WHERE state = 2) AS sent, count(*) FILTER (WHERE state = 3) AS failed,
                count(*) FILTER (WHERE state = 4) AS blocked, count(*) FILTER (WHERE state = 5) AS skipped, count(*) FILTER (WHERE state = 6) AS uncertain
            FROM deliveries WHERE broadcast_id = b.id) n
        CROSS JOIN LATERAL (
            SELECT count(*) AS clicks, COALESCE(sum(presses), 0)::bigint AS total_clicks, count(DISTINCT user_id) AS unique_clickers
            FROM cta_clicks WHERE broadcast_id = b.id) c
        WHERE b.planned_at IS NOT NULL
        """;

    // Every button that the plan froze, pressed or not, and what was pressed that is none of them.
    private const string ButtonsSql = """
        SELECT b.id AS broadcast_id, button AS id, count(c.id) AS clicks, COALESCE(sum(c.presses), 0)::bigint AS total_clicks,
            COALESCE(sum((SELECT count(*) FROM conversions v WHERE v.cta_click_id = c.id)), 0)::bigint AS conversions
        FROM broadcasts b
        CROSS JOIN LATERAL (
            SELECT (list ->> 'id')::uuid AS button FROM jsonb_array_elements(b.cta_buttons) AS list
            UNION SELECT cta_button_id FROM cta_clicks WHERE broadcast_id = b.id) AS n
        LEFT JOIN cta_clicks c ON c.broadcast_id = b.id AND c.cta_button_id = n.button
        WHERE b.planned_at IS NOT NULL
        GROUP BY 1, 2
        """;

    private sealed record Raw(
        Guid Id, long TotalRecipients, long Pending, long Sent, long Failed, long Blocked, long Skipped, long Uncertain,
        long Clicks, long TotalClicks, long UniqueClickers, long Conversions);

    private sealed record RawButton(Guid BroadcastId, Guid Id, long Clicks, long TotalClicks, long Conversions);

    public static async Task<IReadOnlyList<Verdict>> RunAsync(ChaosWorld world, ChaosApi api, CancellationToken ct)
    {
        var (wrong, repaired) = (new List<string>(), new List<string>());
        var buttons = (await world.RowsAsync<RawButton>(ButtonsSql)).ToLookup(b => b.BroadcastId);
        var broadcasts = await world.RowsAsync<Raw>(RawSql);
        foreach (var raw in broadcasts)
        {
            var stats = await api.MustAsync(HttpMethod.Get, $"v1/admin/broadcasts/{raw.Id}/stats", null, ct);
            var said = Read(raw.Id, stats);
            if (said != raw)
                wrong.Add($"/stats says {said}, and the rows {raw}");
            var listed = stats.GetProperty("buttons").EnumerateArray().Select(b => new RawButton(
                raw.Id, b.GetProperty("id").GetGuid(), Number(b, "clicks"), Number(b, "total_clicks"), Number(b, "conversions"))).ToList();
            wrong.AddRange(listed.Except(buttons[raw.Id]).Select(b => $"/stats says {b}, and the rows do not"));
            wrong.AddRange(buttons[raw.Id].Except(listed).Select(b => $"the rows say {b}, and /stats does not"));
            if (listed.Count == 0 || listed.DistinctBy(b => b.Id).Count() != listed.Count)
                wrong.Add($"/stats lists {listed.Count} buttons of broadcast {raw.Id}, {listed.DistinctBy(b => b.Id).Count()} different ones");
            var recount = await api.MustAsync(HttpMethod.Post, $"v1/admin/broadcasts/{raw.Id}/recount", new { }, ct);
            if (recount.GetProperty("repaired").GetBoolean())
                repaired.Add($"broadcast {raw.Id}: {stats} became {recount.GetProperty("stats")}");
        }

        return
        [
            Verdict.Of("/stats says what the rows say", $"{broadcasts.Count} broadcasts", wrong),
            Verdict.Of("A recount of the analytics finds nothing to repair", $"{broadcasts.Count} recounted", repaired),
        ];
    }

    private static Raw Read(Guid id, JsonElement stats) => new(
        id, Number(stats, "total_recipients"), Number(stats, "pending"), Number(stats, "sent"), Number(stats, "failed"), Number(stats, "blocked"),
        Number(stats, "skipped"), Number(stats, "uncertain"), Number(stats, "clicks"), Number(stats, "total_clicks"), Number(stats, "unique_clickers"),
        Number(stats, "conversions"));

    private static long Number(JsonElement json, string name) => json.GetProperty(name).GetInt64();
}

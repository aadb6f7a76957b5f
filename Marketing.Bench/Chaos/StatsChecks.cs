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

    private const string ButtonsSql = """
        SELECT broadcast_id, cta_button_id AS id, count(*) AS clicks, sum(presses)::bigint AS total_clicks FROM cta_clicks GROUP BY 1, 2
        """;

    private sealed record Raw(
        Guid Id, long TotalRecipients, long Pending, long Sent, long Failed, long Blocked, long Skipped, long Uncertain,
        long Clicks, long TotalClicks, long UniqueClickers, long Conversions);

    private sealed record RawButton(Guid BroadcastId, Guid Id, long Clicks, long TotalClicks);

    public static async Task<IReadOnlyList<Verdict>> RunAsync(ChaosWorld world, ChaosApi api, CancellationToken ct)
    {
        var (wrong, repaired) = (new List<string>(), new List<string>());
        var buttons = (await world.RowsAsync<RawButton>(ButtonsSql)).ToDictionary(b => (b.BroadcastId, b.Id));
        var broadcasts = await world.RowsAsync<Raw>(RawSql);
        foreach (var raw in broadcasts)
        {
            var stats = await api.MustAsync(HttpMethod.Get, $"v1/admin/broadcasts/{raw.Id}/stats", null, ct);
            var said = Read(raw.Id, stats);
            if (said != raw)
                wrong.Add($"/stats says {said}, and the rows {raw}");
            wrong.AddRange(from button in stats.GetProperty("buttons").EnumerateArray()
                           let id = button.GetProperty("id").GetGuid()
                           let row = buttons.GetValueOrDefault((raw.Id, id), new(raw.Id, id, 0, 0))
                           let read = new RawButton(raw.Id, id, Number(button, "clicks"), Number(button, "total_clicks"))
                           where read != row
                           select $"/stats says {read}, and the rows {row}");
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

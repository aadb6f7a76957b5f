using Dapper;
using Marketing.Core.Analytics;
using Marketing.Functions.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.Functions.Tests.Analytics;

/// <summary>What the tests of the counters do to them.</summary>
internal static class Counting
{
    private static readonly double[] Shares = [0.5, 0.9, 0.99];

    /// <summary>Those that do no harm when everything is folded.</summary>
    public static readonly string[] OfDeltas = ["DELETE FROM counter_deltas WHERE broadcast_id = @id"];

    /// <summary>Statements that each make some number of broadcast @id wrong, as no statement of the app does.</summary>
    public static readonly string[] Damages =
    [
        "UPDATE broadcast_counters SET sent = sent + 5, clicks = 0 WHERE broadcast_id = @id", "DELETE FROM broadcast_counters WHERE broadcast_id = @id",
        "UPDATE button_counters SET clicks = clicks + 1, conversions = 7 WHERE broadcast_id = @id", "DELETE FROM segment_counters WHERE broadcast_id = @id",
        "UPDATE segment_counters SET recipients = 0 WHERE broadcast_id = @id", "UPDATE minute_counters SET minute = minute - interval '3 days', clicks = 2 WHERE broadcast_id = @id",
        "INSERT INTO delay_counters (broadcast_id, delay, clickers) VALUES (@id, 299, 9)", "INSERT INTO revenue_counters (broadcast_id, currency, conversions, value) VALUES (@id, 'XXX', 1, 3)",
        "UPDATE quarter_counters SET sent = sent + 1", "INSERT INTO quarter_counters (quarter, clicks) VALUES ('2020-01-01Z', 4)",
        "INSERT INTO counter_deltas (broadcast_id, minute, segment_id, sent, clicks) VALUES (@id, now(), 0, 2, 1)",
        "UPDATE deliveries SET clicked_at = NULL WHERE broadcast_id = @id", "UPDATE deliveries SET converted_at = NULL WHERE broadcast_id = @id", .. OfDeltas,
    ];

    /// <summary>Whether any number was wrong.</summary>
    public static async Task<bool> RecountAsync(this MarketingApp app, string id) =>
        (await app.PostAsync($"v1/admin/broadcasts/{id}/recount", new { })).GetProperty("repaired").GetBoolean();

    public static Task FoldAsync(this MarketingApp app) => app.Host.Services.GetRequiredService<CounterRepository>().FoldAsync(default);

    public static async Task ExecuteAsync(this MarketingApp app, string sql, string id)
    {
        await using var db = await app.Database.OpenConnectionAsync();
        await db.ExecuteAsync(sql, new { id = Guid.Parse(id) });
    }

    /// <summary>Every number that the API has of one broadcast.</summary>
    public static async Task SameAsync(this MarketingApp app, string id, int prefetches)
    {
        var expected = await RawNumbers.OfRowsAsync(app, id);
        var stats = await app.GetAsync($"v1/admin/broadcasts/{id}/stats");
        if (prefetches > 0)
        {
            expected.Add("prefetches", prefetches);
            expected.Add($"button {stats.GetProperty("buttons")[0].Id()} prefetches", prefetches);
        }

        Assert.Equal(expected, await RawNumbers.OfApiAsync(app, id));
        var delays = await RawNumbers.DelaysOfRowsAsync(app, id);
        foreach (var (name, share) in new[] { "p50", "p90", "p99" }.Zip(Shares))
        {
            var exact = delays.Count == 0 ? (double?)null : delays[(int)Math.Ceiling(share * delays.Count) - 1];
            var told = stats.GetProperty("time_to_click").GetProperty(name);
            if (exact is null)
                Assert.Equal(System.Text.Json.JsonValueKind.Null, told.ValueKind);
            else
                Assert.InRange(told.GetDouble(), exact.Value * 0.95 - 0.0011, exact.Value * 1.05 + 0.0011);
        }
    }
}

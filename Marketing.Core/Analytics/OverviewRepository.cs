using Dapper;
using Marketing.Core.Broadcasts;
using Marketing.Core.Data;
using Npgsql;

namespace Marketing.Core.Analytics;

/// <summary>The overview. Of broadcasts beyond the page it reads a row each, so that it hardly grows with them.</summary>
public sealed class OverviewRepository(NpgsqlDataSource source, StatsRepository stats)
{
    private const string Period = "planned_at >= @from AND planned_at < @to";
    private const string OfPeriod = $"broadcast_id IN (SELECT id FROM broadcasts WHERE {Period})";

    // The counters of the period are added up once, and joined with nothing: how many there are, no planner can tell from a period
    // that it does not know yet, and then it compares each with each. 30: below that a single person moves the share by more than 3 %.
    private static readonly string TotalsSql = $$"""
        WITH n AS MATERIALIZED ({{CounterTable.Broadcasts.Live(OfPeriod)}}),
        best AS (SELECT broadcast_id AS id FROM n WHERE sent >= 30 ORDER BY {0} DESC, id DESC LIMIT 5)
        SELECT planned.broadcasts, ARRAY(SELECT id FROM best) AS best, planned.total_recipients, numbers.*
        FROM (SELECT count(*)::integer AS broadcasts, COALESCE(sum(total_recipients), 0) AS total_recipients FROM broadcasts WHERE {{Period}}) AS planned,
            (SELECT sum(sent)::bigint AS sent, sum(failed)::bigint AS failed, sum(blocked)::bigint AS blocked, sum(skipped)::bigint AS skipped,
                sum(uncertain)::bigint AS uncertain, sum(clicks)::bigint AS clicks, sum(total_clicks)::bigint AS total_clicks,
                sum(clickers)::bigint AS unique_clickers, sum(prefetches)::bigint AS prefetches, sum(conversions)::bigint AS conversions,
                sum(converters)::bigint AS converters FROM n) AS numbers
        """;

    private static readonly string RevenueSql = $"""
        SELECT NULLIF(currency, '') AS currency, sum(conversions)::bigint AS conversions, trim_scale(sum(value)) AS value
        FROM ({CounterTable.Revenue.Parts(OfPeriod)}) AS parts GROUP BY currency ORDER BY currency
        """;

    private const string RowColumns = "b.id, b.title, b.status, b.sent_at";

    private const string BestSql = $"SELECT {RowColumns} FROM unnest(@best) WITH ORDINALITY AS list (id, place) JOIN broadcasts b USING (id) ORDER BY place";

    private const string PageSql = $"""
        SELECT {RowColumns} FROM broadcasts b
        WHERE {Period} AND (@after::uuid IS NULL OR (b.planned_at, b.id) < (SELECT a.planned_at, a.id FROM broadcasts a WHERE a.id = @after))
        ORDER BY b.planned_at DESC, b.id DESC LIMIT @limit
        """;

    /// <param name="query">With its From, To and Unit.</param>
    public Task<AnalyticsOverview> ReadAsync(OverviewQuery query, string timeZone, CancellationToken ct) => source.ReadAsync(async db =>
    {
        var (from, to, unit) = (query.From!.Value, query.To!.Value, query.Unit!.Value);
        var totalsSql = TotalsSql.Replace("{0}", Order(query.BestBy), StringComparison.Ordinal);
        var (summary, totals) = (await db.QueryAsync<Summary, BroadcastStats, (Summary, BroadcastStats)>(
            new CommandDefinition(totalsSql, new { from, to }, cancellationToken: ct), (one, other) => (one, other), "total_recipients")).Single();
        List<Revenue> revenue;
        List<Row> best, found;
        await using (var results = await db.QueryMultipleAsync(new CommandDefinition(
            $"{RevenueSql};{BestSql};{PageSql}",
            new { from, to, summary.Best, after = Page.After(query.Cursor), limit = query.Limit + 1 }, cancellationToken: ct)))
        {
            revenue = (await results.ReadAsync<Revenue>()).AsList();
            best = (await results.ReadAsync<Row>()).AsList();
            found = (await results.ReadAsync<Row>()).AsList();
        }

        var page = Page.Of(found, query.Limit, row => ShortId.Encode(row.Id));
        var numbers = await stats.ForAsync(db, [.. page.Items.Concat(best).Select(row => row.Id).Distinct()], ct);
        var trend = await SeriesReader.TrendAsync(db, unit, timeZone, from, to, ct);
        return new AnalyticsOverview(
            from, to, summary.Broadcasts, totals with { Revenue = revenue }, new Trend(unit, timeZone, trend),
            [.. best.Select(Shown)], [.. page.Items.Select(Shown)], page.NextCursor);

        AnalyticsRow Shown(Row row) => new(row.Id, row.Title, row.Status, row.SentAt, numbers[row.Id]);
    }, ct);

    private static string Order(BestBy? by) => by switch
    {
        BestBy.ConversionRate => "conversions::double precision / greatest(clicks, 1)",
        BestBy.Clicks => "clicks",
        BestBy.Conversions => "conversions",
        _ => "clickers::double precision / sent",
    };

    private sealed record Summary
    {
        public int Broadcasts { get; init; }

        /// <summary>The best broadcasts, the best first.</summary>
        public Guid[] Best { get; init; } = [];
    }

    private sealed record Row(Guid Id, string Title, BroadcastStatus Status, DateTimeOffset? SentAt);
}

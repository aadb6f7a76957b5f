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

    private static readonly string TotalsSql = $"""
        SELECT sum(b.total_recipients)::bigint AS total_recipients, sum(n.sent)::bigint AS sent, sum(n.failed)::bigint AS failed,
            sum(n.blocked)::bigint AS blocked, sum(n.skipped)::bigint AS skipped, sum(n.uncertain)::bigint AS uncertain,
            sum(n.clicks)::bigint AS clicks, sum(n.total_clicks)::bigint AS total_clicks, sum(n.clickers)::bigint AS unique_clickers,
            sum(n.prefetches)::bigint AS prefetches, sum(n.conversions)::bigint AS conversions, sum(n.converters)::bigint AS converters
        FROM broadcasts b LEFT JOIN ({CounterTable.Broadcasts.Live(OfPeriod)}) AS n ON n.broadcast_id = b.id
        WHERE {Period}
        """;

    private const string CountSql = $"SELECT count(*)::integer FROM broadcasts WHERE {Period}";

    private static readonly string RevenueSql = $"""
        SELECT NULLIF(currency, '') AS currency, sum(conversions)::bigint AS conversions, trim_scale(sum(value)) AS value
        FROM ({CounterTable.Revenue.Live(OfPeriod)}) AS n GROUP BY 1 ORDER BY 1
        """;

    private const string RowColumns = "b.id, b.title, b.status, b.sent_at";

    // 30: below that a single person moves the share by more than 3 %.
    private static readonly string BestSql = $$"""
        SELECT {{RowColumns}} FROM broadcasts b JOIN ({{CounterTable.Broadcasts.Live(OfPeriod)}}) AS n ON n.broadcast_id = b.id
        WHERE n.sent >= 30 ORDER BY {0} DESC, b.id DESC LIMIT 5
        """;

    private const string PageSql = $"""
        SELECT {RowColumns} FROM broadcasts b
        WHERE {Period} AND (@after::uuid IS NULL OR (b.planned_at, b.id) < (SELECT a.planned_at, a.id FROM broadcasts a WHERE a.id = @after))
        ORDER BY b.planned_at DESC, b.id DESC LIMIT @limit
        """;

    /// <param name="query">With its From, To and Unit.</param>
    public Task<AnalyticsOverview> ReadAsync(OverviewQuery query, string timeZone, CancellationToken ct) => source.ReadAsync(async db =>
    {
        var (from, to, unit) = (query.From!.Value, query.To!.Value, query.Unit!.Value);
        var sql = $"{CountSql};{TotalsSql};{RevenueSql};{BestSql.Replace("{0}", Order(query.BestBy), StringComparison.Ordinal)};{PageSql}";
        int count;
        BroadcastStats totals;
        List<Revenue> revenue;
        List<Row> best, found;
        await using (var results = await db.QueryMultipleAsync(new CommandDefinition(
            sql, new { from, to, after = Page.After(query.Cursor), limit = query.Limit + 1 }, cancellationToken: ct)))
        {
            count = await results.ReadSingleAsync<int>();
            totals = await results.ReadSingleAsync<BroadcastStats>();
            revenue = (await results.ReadAsync<Revenue>()).AsList();
            best = (await results.ReadAsync<Row>()).AsList();
            found = (await results.ReadAsync<Row>()).AsList();
        }

        var page = Page.Of(found, query.Limit, row => ShortId.Encode(row.Id));
        var numbers = await stats.ForAsync(db, [.. page.Items.Concat(best).Select(row => row.Id).Distinct()], ct);
        var trend = await SeriesReader.TrendAsync(db, unit, timeZone, from, to, ct);
        return new AnalyticsOverview(
            from, to, count, totals with { Revenue = revenue }, new Trend(unit, timeZone, trend),
            [.. best.Select(Shown)], [.. page.Items.Select(Shown)], page.NextCursor);

        AnalyticsRow Shown(Row row) => new(row.Id, row.Title, row.Status, row.SentAt, numbers[row.Id]);
    }, ct);

    private static string Order(BestBy? by) => by switch
    {
        BestBy.ConversionRate => "n.conversions::double precision / greatest(n.clicks, 1)",
        BestBy.Clicks => "n.clicks",
        BestBy.Conversions => "n.conversions",
        _ => "n.clickers::double precision / n.sent",
    };

    private sealed record Row(Guid Id, string Title, BroadcastStatus Status, DateTimeOffset? SentAt);
}

using Dapper;
using Npgsql;

namespace Marketing.Core.Analytics;

/// <summary>Numbers by what the recipients were.</summary>
public sealed class SegmentRepository(NpgsqlDataSource source)
{
    /// <summary>Values shown; an attribute with more has no groups to compare.</summary>
    public const int MostItems = 1_000;

    // {0} is a column of segments. What was planned before there were segments, and people who are no recipients, have no value.
    private static readonly string Sql = $$"""
        SELECT NULLIF(s.{0}, '') AS value, sum(recipients)::bigint AS recipients, sum(sent)::bigint AS sent, sum(clicks)::bigint AS clicks,
            sum(total_clicks)::bigint AS total_clicks, sum(clickers)::bigint AS unique_clickers, sum(conversions)::bigint AS conversions,
            sum(converters)::bigint AS converters
        FROM ({{CounterTable.Segments.Live("broadcast_id = @id")}}) AS n LEFT JOIN segments s ON s.id = n.segment_id
        GROUP BY 1 ORDER BY recipients DESC, value LIMIT @atMost
        """;

    /// <summary>The largest first.</summary>
    public async Task<IReadOnlyList<SegmentStats>> ForAsync(Guid id, SegmentBy by, CancellationToken ct)
    {
        var column = by switch { SegmentBy.UserTier => "user_tier", SegmentBy.Region => "region", _ => "language" };
        await using var db = await source.OpenConnectionAsync(ct);
        return (await db.QueryAsync<SegmentStats>(new CommandDefinition(
            Sql.Replace("{0}", column, StringComparison.Ordinal), new { id, atMost = MostItems }, cancellationToken: ct))).AsList();
    }
}

using Dapper;
using Npgsql;

namespace Marketing.Core.Analytics;

/// <summary>Numbers over time.</summary>
internal static class SeriesReader
{
    private const string OfBroadcast = "broadcast_id = @id";

    private static readonly string SpanSql = $"""
        SELECT min(minute), max(minute) + interval '1 minute' FROM ({CounterTable.Minutes.Parts(OfBroadcast)}) AS parts
        """;

    /// <summary>From the broadcast's first event to its last; null when there is none.</summary>
    public static async Task<(DateTimeOffset From, DateTimeOffset To)?> SpanAsync(NpgsqlConnection db, Guid id, CancellationToken ct)
    {
        var (from, to) = await db.QuerySingleAsync<(DateTimeOffset?, DateTimeOffset?)>(new CommandDefinition(SpanSql, new { id }, cancellationToken: ct));
        return from is null || to is null ? null : (from.Value, to.Value);
    }

    private static readonly string BroadcastSql = Sql("minute", CounterTable.Minutes.Parts($"{OfBroadcast} AND minute >= @from AND minute < @to"));

    private static readonly string TrendSql = Sql("quarter", CounterTable.Quarters.Parts("quarter >= @from AND quarter < @to", $"{Quarter} >= @from AND {Quarter} < @to"));

    // Of an event that is not folded yet: at the edges it counts as it will then.
    private const string Quarter = "date_bin('15 minutes', minute, '2000-01-01Z')";

    // A place for every unit, found by steps that are shorter than the shortest one: a day of 23 hours, an hour after clocks were
    // moved by half of one. date_trunc knows the time zone's days, and tells the two hours apart that have one name in autumn.
    private static string Sql(string time, string events) => $"""
        WITH found AS (
            SELECT date_trunc(@unit, {time}, @timeZone) AS at, sum(sent) AS sent, sum(clicks) AS clicks, sum(conversions) AS conversions
            FROM ({events}) AS parts GROUP BY 1),
        places AS (
            SELECT DISTINCT date_trunc(@unit, step, @timeZone) AS at FROM (
                SELECT generate_series(date_trunc(@unit, @from, @timeZone), @to - interval '1 microsecond', @step) AS step
                UNION ALL SELECT @to - interval '1 microsecond' WHERE @from < @to) AS steps)
        SELECT at, COALESCE(sent, 0)::bigint AS sent, COALESCE(clicks, 0)::bigint AS clicks, COALESCE(conversions, 0)::bigint AS conversions
        FROM places LEFT JOIN found USING (at) ORDER BY at
        """;

    public static Task<IReadOnlyList<SeriesItem>> OfBroadcastAsync(
        NpgsqlConnection db, Guid id, SeriesUnit unit, string timeZone, DateTimeOffset from, DateTimeOffset to, CancellationToken ct) =>
        ReadAsync(db, BroadcastSql, id, unit, timeZone, from, to, ct);

    /// <summary>Of all broadcasts, by whole quarters of an hour.</summary>
    public static Task<IReadOnlyList<SeriesItem>> TrendAsync(
        NpgsqlConnection db, SeriesUnit unit, string timeZone, DateTimeOffset from, DateTimeOffset to, CancellationToken ct) =>
        ReadAsync(db, TrendSql, null, unit, timeZone, from, to, ct);

    private static async Task<IReadOnlyList<SeriesItem>> ReadAsync(
        NpgsqlConnection db, string sql, Guid? id, SeriesUnit unit, string timeZone, DateTimeOffset from, DateTimeOffset to, CancellationToken ct)
    {
        var items = (to - from) / SeriesRules.Length(unit);
        if (items > SeriesRules.MostItems + 1)
            SeriesRules.Check(unit, to - from, (long)items);
        var step = unit switch { SeriesUnit.Minute => TimeSpan.FromMinutes(1), SeriesUnit.Hour => TimeSpan.FromMinutes(15), _ => TimeSpan.FromHours(12) };
        var found = (await db.QueryAsync<SeriesItem>(new CommandDefinition(
            sql, new { id, unit = unit.ToString().ToLowerInvariant(), timeZone, from, to, step }, cancellationToken: ct))).AsList();
        SeriesRules.Check(unit, to - from, found.Count);
        return found;
    }
}

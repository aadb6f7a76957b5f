using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Dapper;

namespace Marketing.Core.Cohorts;

/// <summary>
/// A predicate over <c>users u</c> that includes reachability: one boolean expression in parentheses, and its values.
/// Parameters are named cohort_0, cohort_1, .. so that a statement may add its own.
/// </summary>
public sealed record CohortSql(string Where, DynamicParameters Parameters);

/// <summary>Turns a cohort into SQL. Text of the query never enters the SQL: columns come from enums, the rest is parameters.</summary>
public static class CohortCompiler
{
    /// <summary>Of <c>users u</c>: they did not opt out, Telegram did not refuse their chat, and no operator suppressed them.</summary>
    public const string Reachable = """
        u.opted_out_at IS NULL AND u.suppressed_at IS NULL
        AND NOT EXISTS (SELECT FROM suppressions s WHERE s.telegram_user_id = u.telegram_user_id)
        """;

    /// <param name="cohort">From <see cref="CohortParser"/>.</param>
    /// <param name="now">What within, older_than and no_trades count back from.</param>
    public static CohortSql Compile(CohortNode cohort, DateTimeOffset now)
    {
        var writer = new Writer(now);
        var where = $"({Reachable} AND {writer.Write(cohort, wanted: true)})";
        return new CohortSql(where, writer.Parameters);
    }

    private sealed class Writer(DateTimeOffset now)
    {
        private int count;

        public DynamicParameters Parameters { get; } = new();

        // A not is pushed down to the conditions (De Morgan) rather than written around its part: a negated EXISTS stays
        // visible to the planner, which makes one anti-join of it instead of a lookup per person.
        public string Write(CohortNode node, bool wanted) => node switch
        {
            CohortNode.Negated(var part) => Write(part, !wanted),
            CohortNode.All(var parts) => Join(parts, wanted, and: wanted),
            CohortNode.Any(var parts) => Join(parts, wanted, and: !wanted),
            CohortNode.Known(var field) => $"{Nullable(field)} IS {(wanted ? "NOT NULL" : "NULL")}",
            CohortNode.Sampled(var percent, var seed) => (wanted ? "" : "NOT ") + Sampled(percent, seed),
            CohortNode.Did(var what, var broadcasts) => (wanted ? "" : "NOT ") + Did(what, broadcasts),
            // A comparison with an unknown value is null, which WHERE takes for false; IS NOT TRUE makes it true here.
            _ => wanted ? Condition(node) : $"({Condition(node)}) IS NOT TRUE",
        };

        private string Join(IReadOnlyList<CohortNode> parts, bool wanted, bool and)
        {
            var terms = MergeEvents(parts.Select(part => Unwrap(part, wanted)), and)
                // Postgres keeps the order of an OR, so what only reads the row comes before what looks elsewhere.
                .OrderBy(term => term.Node is CohortNode.Did or CohortNode.All or CohortNode.Any)
                .Select(term => Write(term.Node, term.Wanted))
                .ToArray();
            return terms switch
            {
                [] => and ? "TRUE" : "FALSE",
                [var only] => only,
                _ => $"({string.Join(and ? " AND " : " OR ", terms)})",
            };
        }

        // "Clicked A or clicked B", like "clicked neither A nor B", is one EXISTS over both broadcasts: one join, not two.
        private static IEnumerable<(CohortNode Node, bool Wanted)> MergeEvents(
            IEnumerable<(CohortNode Node, bool Wanted)> terms, bool and)
        {
            var byKind = terms.ToLookup(term =>
                term.Node is CohortNode.Did did && term.Wanted != and ? did.Event : (BroadcastEvent?)null);
            return byKind.SelectMany(kind => kind.Key is { } what
                ? [(new CohortNode.Did(what, [.. kind.SelectMany(term => ((CohortNode.Did)term.Node).Broadcasts).Distinct()]), !and)]
                : kind.AsEnumerable());
        }

        private static (CohortNode Node, bool Wanted) Unwrap(CohortNode node, bool wanted)
        {
            for (; node is CohortNode.Negated(var part); node = part)
                wanted = !wanted;
            return (node, wanted);
        }

        private string Condition(CohortNode node) => node switch
        {
            CohortNode.OneOf(CohortField.Text(var column), var values) =>
                In(Column(column), values, value => ((CohortValue.Text)value).Value),
            CohortNode.OneOf(CohortField.Time(var column), var values) =>
                In(Column(column), values, value => ((CohortValue.Time)value).Value.UtcDateTime),
            // jsonb equality: 1 is 1.0, and values of different types are different, never an error.
            CohortNode.OneOf(CohortField.Custom(var key), var values) =>
                In($"u.attributes -> {Add(key)}", values, Json, cast: "jsonb"),
            CohortNode.Compared(CohortField.Time(var column), var comparison, CohortValue.Time(var time)) =>
                $"{Column(column)} {Operator(comparison)} {Add(time.UtcDateTime)}",
            CohortNode.Compared(CohortField.Custom(var key), var comparison, CohortValue.Number(var number)) =>
                AttributeNumber(key, comparison, number),
            CohortNode.Compared(CohortField.Custom(var key), var comparison, CohortValue.Time(var time)) =>
                AttributeTime(key, $"{Operator(comparison)} {Add(time.UtcDateTime)}"),
            CohortNode.Within(CohortField.Time(var column), var age) => $"{Column(column)} >= {Add((now - age).UtcDateTime)}",
            CohortNode.OlderThan(CohortField.Time(var column), var age) => $"{Column(column)} < {Add((now - age).UtcDateTime)}",
            // Unlike the columns, an attribute may hold a time to come, such as the end of a trial.
            CohortNode.Within(CohortField.Custom(var key), var age) =>
                AttributeTime(key, $"BETWEEN {Add((now - age).UtcDateTime)} AND {Add(now.UtcDateTime)}"),
            CohortNode.OlderThan(CohortField.Custom(var key), var age) =>
                AttributeTime(key, $"< {Add((now - age).UtcDateTime)}"),
            _ => throw new ArgumentException($"The parser does not make {node}.", nameof(node)),
        };

        private string In<T>(
            string expression, IReadOnlyList<CohortValue> values, Func<CohortValue, T> read, string? cast = null) where T : notnull
        {
            var single = cast is null ? "" : $"::{cast}";
            return values is [var only]
                ? $"{expression} = {Add(read(only))}{single}"
                : $"{expression} = ANY ({Add(values.Select(read).ToArray())}{(cast is null ? "" : $"{single}[]")})";
        }

        // Compared as jsonb, which orders numbers by value; a cast to numeric would fail on a row that holds something else. The
        // comparison is first, so that only for those who pass it the value is taken out a second time, to see that it is a number.
        private string AttributeNumber(string key, Comparison comparison, decimal number)
        {
            var value = $"u.attributes -> {Add(key)}";
            var bound = Add(Json(new CohortValue.Number(number)));
            return $"({value} {Operator(comparison)} {bound}::jsonb AND jsonb_typeof({value}) = 'number')";
        }

        // A cast of a string that is no time would fail the statement, so only what the patterns admit is cast: real days of
        // the calendar in ISO form. CASE fixes the order of evaluation, which AND does not. 200,000 rows take 0.5 s, a
        // quarter of what jsonpath's datetime() in silent mode takes, and that one reads no Z before Postgres 17.
        private string AttributeTime(string key, string test)
        {
            var value = $"(u.attributes ->> {Add(key)})";
            return $"""
                (CASE WHEN {value} ~ '{IsoTime.WithOffset}' THEN {value}::timestamptz {test}
                WHEN {value} ~ '{IsoTime.WithoutOffset}' THEN ({value}::timestamp AT TIME ZONE 'UTC') {test} ELSE FALSE END)
                """;
        }

        private string Did(BroadcastEvent what, IReadOnlyList<Guid> broadcasts)
        {
            var ids = broadcasts is [var only] ? $"= {Add(only)}" : $"= ANY ({Add(broadcasts.ToArray())})";
            return what switch
            {
                BroadcastEvent.Received =>
                    $"EXISTS (SELECT FROM deliveries e WHERE e.user_id = u.id AND e.broadcast_id {ids} AND e.state = 2)",
                BroadcastEvent.Clicked =>
                    $"EXISTS (SELECT FROM cta_clicks e WHERE e.user_id = u.id AND e.broadcast_id {ids})",
                _ => $"EXISTS (SELECT FROM cta_clicks e WHERE e.user_id = u.id AND e.broadcast_id {ids} AND e.converted)",
            };
        }

        // The hash that partitions tables by uuid, which Postgres keeps as it is from version to version. Its upper 63 bits are
        // even over all people, so that a share of them is all hashes below a bound, and a larger share has the same and more.
        private string Sampled(decimal percent, string seed)
        {
            var bound = (long)(percent / 100 * long.MaxValue);
            return $"((uuid_hash_extended(u.id, {Add(SeedNumber(seed))}) & {long.MaxValue}) <= {Add(bound)})";
        }

        private static long SeedNumber(string seed) =>
            BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(seed)));

        private string Nullable(CohortField field) => field switch
        {
            CohortField.Text(var column) => Column(column),
            CohortField.Time(var column) => Column(column),
            // ->> is null for a missing key and for a JSON null alike.
            CohortField.Custom(var key) => $"(u.attributes ->> {Add(key)})",
            _ => throw new ArgumentOutOfRangeException(nameof(field)),
        };

        private string Add(object value)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"cohort_{count++}");
            Parameters.Add(name, value);
            return $"@{name}";
        }
    }

    private static string Column(TextColumn column) => column switch
    {
        TextColumn.UserTier => "u.user_tier",
        TextColumn.Region => "u.region",
        TextColumn.Language => "u.language",
        _ => throw new ArgumentOutOfRangeException(nameof(column)),
    };

    private static string Column(TimeColumn column) => column switch
    {
        TimeColumn.CreatedAt => "u.created_at",
        TimeColumn.LastTradeAt => "u.last_trade_at",
        TimeColumn.LastSeenAt => "u.last_seen_at",
        _ => throw new ArgumentOutOfRangeException(nameof(column)),
    };

    private static string Operator(Comparison comparison) => comparison switch
    {
        Comparison.Greater => ">",
        Comparison.GreaterOrEqual => ">=",
        Comparison.Less => "<",
        Comparison.LessOrEqual => "<=",
        _ => throw new ArgumentOutOfRangeException(nameof(comparison)),
    };

    private static string Json(CohortValue value) => value switch
    {
        CohortValue.Text(var text) => JsonSerializer.Serialize(text),
        CohortValue.Number(var number) => number.ToString(CultureInfo.InvariantCulture),
        CohortValue.Flag(var flag) => flag ? "true" : "false",
        _ => throw new ArgumentException($"The parser does not compare attributes with {value}.", nameof(value)),
    };
}

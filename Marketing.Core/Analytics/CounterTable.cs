namespace Marketing.Core.Analytics;

/// <summary>
/// A table of counters, and the SQL that adds up, shows and replaces its numbers. A number is always what is in the table and
/// what waits in counter_deltas to be added to it, so that it is exact at any moment and nobody waits for a counter's row.
/// </summary>
/// <param name="Of">SQL: which of the deltas it counts; all when null.</param>
internal sealed record CounterTable(string Name, CounterKey[] Keys, string[] Measures, string? Of = null)
{
    private static readonly CounterKey OfBroadcast = new("broadcast_id");

    public static readonly CounterTable Broadcasts = new("broadcast_counters", [OfBroadcast],
        ["sent", "failed", "blocked", "skipped", "uncertain", "clicks", "total_clicks", "clickers", "prefetches", "conversions", "converters"]);

    public static readonly CounterTable Buttons = new("button_counters", [OfBroadcast, new("cta_button_id")],
        ["clicks", "total_clicks", "prefetches", "conversions"], "cta_button_id IS NOT NULL");

    public static readonly CounterTable Segments = new("segment_counters", [OfBroadcast, new("segment_id")],
        ["recipients", "sent", "clicks", "total_clicks", "clickers", "conversions", "converters"]);

    public static readonly CounterTable Minutes = new("minute_counters", [OfBroadcast, new("minute")],
        ["sent", "clicks", "conversions"], "sent + clicks + conversions <> 0");

    public static readonly CounterTable Delays = new("delay_counters", [OfBroadcast, new("delay")], ["clickers"], "delay IS NOT NULL");

    public static readonly CounterTable Revenue = new("revenue_counters", [OfBroadcast, new("currency", "COALESCE(currency, '')")],
        ["conversions", "value"], "value IS NOT NULL");

    public static readonly CounterTable Quarters = new("quarter_counters", [new("quarter", "date_bin('15 minutes', minute, '2000-01-01Z')")],
        ["sent", "clicks", "conversions"], "sent + clicks + conversions <> 0");

    public static readonly CounterTable[] OfOneBroadcast = [Broadcasts, Buttons, Segments, Minutes, Delays, Revenue];

    private string KeyColumns => string.Join(", ", Keys.Select(key => key.Column));

    private string Columns => $"{KeyColumns}, {string.Join(", ", Measures)}";

    private string Sums => string.Join(", ", Measures.Select(measure => $"sum({measure}){(measure == "value" ? "" : "::bigint")} AS {measure}"));

    private string FromDeltas => $"{string.Join(", ", Keys.Select(key => $"{key.Expression} AS {key.Column}"))}, {string.Join(", ", Measures)}";

    /// <summary>A SELECT of the numbers as they are, a row for each key.</summary>
    /// <param name="filter">SQL: which rows of the table.</param>
    /// <param name="deltas">SQL: the same rows among the deltas; null when it is the same condition.</param>
    public string Live(string filter, string? deltas = null) =>
        $"SELECT {KeyColumns}, {Sums} FROM ({Parts(filter, deltas)}) AS parts GROUP BY {KeyColumns}";

    /// <summary>The same not added up yet, for those who add up more than that.</summary>
    public string Parts(string filter, string? deltas = null) => $"""
        SELECT {Columns} FROM {Name} WHERE {filter}
        UNION ALL
        SELECT {FromDeltas} FROM counter_deltas WHERE {deltas ?? filter}{(Of is null ? "" : $" AND {Of}")}
        """;

    /// <summary>A CTE that adds rows in the form of deltas.</summary>
    public string Add(string source) => $"""
        to_{Name} AS (
            INSERT INTO {Name} AS t ({Columns}) {Sum(source)}
            ON CONFLICT ({KeyColumns}) DO UPDATE SET {string.Join(", ", Measures.Select(m => $"{m} = t.{m} + EXCLUDED.{m}"))})
        """;

    private string Sum(string source) => $"""
        SELECT {KeyColumns}, {Sums} FROM (SELECT {FromDeltas} FROM {source}{(Of is null ? "" : $" WHERE {Of}")}) AS parts
        GROUP BY {KeyColumns}
        """;

    /// <summary>CTEs that make the table what rows in the form of deltas add up to. A row of nothing but zeros is none.</summary>
    /// <param name="scope">SQL: the rows of the table that are replaced.</param>
    public string Replace(string source, string scope) => $"""
        new_{Name} AS MATERIALIZED ({Sum(source)} HAVING {Any}),
        to_{Name} AS (
            INSERT INTO {Name} AS t ({Columns}) SELECT {Columns} FROM new_{Name}
            ON CONFLICT ({KeyColumns}) DO UPDATE SET {string.Join(", ", Measures.Select(m => $"{m} = EXCLUDED.{m}"))}),
        from_{Name} AS (DELETE FROM {Name} WHERE {scope} AND ({KeyColumns}) NOT IN (SELECT {KeyColumns} FROM new_{Name}))
        """;

    /// <summary>SQL: whether the numbers of before a <see cref="Replace"/> in the same statement were others.</summary>
    public string Differs(string scope, string deltas) => $"""
        EXISTS ((SELECT {Columns} FROM new_{Name} EXCEPT ({Live(scope, deltas)} HAVING {Any}))
            UNION ALL (({Live(scope, deltas)} HAVING {Any}) EXCEPT SELECT {Columns} FROM new_{Name}))
        """;

    private string Any => string.Join(" OR ", Measures.Select(measure => $"sum({measure}) <> 0"));
}

/// <param name="Expression">SQL: what it is of a delta.</param>
internal sealed record CounterKey(string Column, string Expression)
{
    public CounterKey(string column) : this(column, column) { }
}

namespace Marketing.Core.Cohorts;

/// <summary>The names of the grammar, and which of them somebody probably meant.</summary>
internal static class CohortNames
{
    public const string AttributePrefix = "attributes.";

    public static readonly IReadOnlyDictionary<string, CohortField> Fields = new Dictionary<string, CohortField>(StringComparer.Ordinal)
    {
        ["user_tier"] = new CohortField.Text(TextColumn.UserTier),
        ["region"] = new CohortField.Text(TextColumn.Region),
        ["language"] = new CohortField.Text(TextColumn.Language),
        ["created_at"] = new CohortField.Time(TimeColumn.CreatedAt),
        ["last_trade_at"] = new CohortField.Time(TimeColumn.LastTradeAt),
        ["last_seen_at"] = new CohortField.Time(TimeColumn.LastSeenAt),
    };

    public static readonly IReadOnlyDictionary<string, BroadcastEvent> Events = new Dictionary<string, BroadcastEvent>(StringComparer.Ordinal)
    {
        ["received"] = BroadcastEvent.Received,
        ["clicked"] = BroadcastEvent.Clicked,
        ["converted"] = BroadcastEvent.Converted,
    };

    public const string Sample = "sample";

    private static readonly string[] SampleMembers = ["percent", "seed"];

    private static readonly string[] Operators = ["in", "ne", "gt", "gte", "lt", "lte", "within", "older_than", "exists"];

    private static readonly string[] Keys = [.. Fields.Keys, .. Events.Keys, Sample, "all", "any", "not"];

    public static string UnknownField(string key)
    {
        if (key.StartsWith("no_trade", StringComparison.Ordinal))
            return "unknown field; did you mean no_trades_7d?";
        var dot = key.IndexOf('.');
        if (NearMiss.Distance(dot < 0 ? key : key[..dot], "attributes") <= 2)
            return dot < 0
                ? "unknown field; did you mean attributes.<key>?"
                : $"unknown field; did you mean {AttributePrefix}{key[(dot + 1)..]}?";
        return Unknown("field", key switch { "and" => "all", "or" => "any", _ => Nearest(key, Keys) });
    }

    public static string UnknownOperator(string key) => key switch
    {
        // By letters these two are nearest to an operator that means the opposite.
        "eq" => "unknown operator; for equality give the value itself",
        "nin" => "unknown operator; put {\"in\": [..]} inside a not",
        _ => Unknown("operator", Nearest(key, Operators)),
    };

    public static string UnknownSampleMember(string key) => Unknown("member", Nearest(key, SampleMembers));

    private static string Unknown(string what, string? meant) =>
        meant is null ? $"unknown {what}" : $"unknown {what}; did you mean {meant}?";

    // Two edits turn any two-letter word into any other, so short names are offered at one edit only.
    private static string? Nearest(string key, IEnumerable<string> names) =>
        NearMiss.Find(key, names, name => Math.Min(key.Length, name.Length) < 4 ? 1 : 2);
}

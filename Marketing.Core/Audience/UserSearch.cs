using System.Globalization;
using Dapper;
using Marketing.Core.Cohorts;

namespace Marketing.Core.Audience;

/// <summary>A filter as SQL over <c>users u</c>. Its text never enters the SQL: the conditions are fixed, the values parameters.</summary>
internal static class UserSearch
{
    private const int MaxSearch = 100;
    private const int MaxValue = 256;

    // Sorts behind whatever may follow a prefix.
    private const string Last = "\U0010FFFF";

    // Word for word the expressions of the indexes.
    private static readonly string[] Names =
    [
        """lower(coalesce(u.first_name, '') || ' ' || coalesce(u.last_name, '')) COLLATE "C" """,
        """lower(u.last_name) COLLATE "C" """,
        Username,
    ];

    private const string Username = """lower(u.username) COLLATE "C" """;

    /// <exception cref="InvalidException">A value that no person could have.</exception>
    public static (string Where, DynamicParameters Parameters) Of(UserFilter filter)
    {
        Check(filter);
        var parameters = new DynamicParameters();
        var conditions = new List<string> { "TRUE" };
        Equal("u.user_tier", "tier", filter.Tier);
        Equal("u.region", "region", filter.Region);
        Equal("u.language", "language", filter.Language);
        if (filter.State is { } state)
            conditions.Add(Of(state));
        if (filter.Search?.Trim() is { Length: > 0 } search)
            conditions.Add(Of(search, parameters));
        return (string.Join(" AND ", conditions), parameters);

        void Equal(string column, string name, string? value)
        {
            if (string.IsNullOrEmpty(value))
                return;
            conditions.Add($"{column} = @{name}");
            parameters.Add(name, value);
        }
    }

    private static string Of(UserState state) => state switch
    {
        UserState.Reachable => $"({CohortCompiler.Reachable})",
        UserState.OptedOut => "u.opted_out_at IS NOT NULL",
        UserState.Suppressed => "(u.suppressed_at IS NOT NULL OR u.telegram_user_id IN (SELECT telegram_user_id FROM suppressions))",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "Not a state."),
    };

    private static string Of(string search, DynamicParameters parameters)
    {
        var name = search.TrimStart('@');
        parameters.Add("first", name);
        parameters.Add("last", name + Last);
        var terms = (search[0] == '@' ? [Username] : Names).Select(column => $"{column} BETWEEN lower(@first) AND lower(@last)").ToList();
        if (search[0] is >= '1' and <= '9' && PersonValues.TryWholeNumber(search, out var prefix))
            terms.AddRange(IdRanges(prefix).Select(range => string.Create(
                CultureInfo.InvariantCulture, $"u.telegram_user_id BETWEEN {range.From} AND {range.To}")));
        return $"({string.Join(" OR ", terms)})";
    }

    /// <summary>The numbers that begin with these digits, as ranges of the index on numbers: 12 is 12, 120 to 129, 1200 to 1299, ...</summary>
    internal static IEnumerable<(long From, long To)> IdRanges(long prefix)
    {
        for (Int128 from = prefix, width = 1; from <= long.MaxValue; from *= 10, width *= 10)
            yield return ((long)from, (long)Int128.Min(from + width - 1, long.MaxValue));
    }

    private static void Check(UserFilter filter)
    {
        var problems = new Problems();
        Text("/search", filter.Search, MaxSearch);
        Text("/tier", filter.Tier, MaxValue);
        Text("/region", filter.Region, MaxValue);
        Text("/language", filter.Language, MaxValue);
        problems.ThrowIfAny();

        void Text(string pointer, string? value, int most)
        {
            if (value is { Length: > 0 })
                problems.Text(pointer, value, most);
        }
    }
}

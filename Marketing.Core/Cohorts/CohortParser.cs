using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Marketing.Core.Cohorts;

/// <summary>Reads a cohort query (docs/cohorts.md) into a tree.</summary>
public static partial class CohortParser
{
    /// <param name="query">The query as sent.</param>
    /// <param name="pointer">JSON pointer of the query in its document, such as /cohort_query; errors start with it.</param>
    /// <exception cref="InvalidException">Everything that is wrong with the query, by JSON pointer.</exception>
    public static CohortNode Parse(JsonElement query, string pointer) => Parse(query, pointer, []);

    /// <param name="query">As above.</param>
    /// <param name="pointer">As above.</param>
    /// <param name="references">Gets the broadcasts that the query names; whether they exist, only the database knows.</param>
    /// <exception cref="InvalidException">As above.</exception>
    public static CohortNode Parse(JsonElement query, string pointer, ICollection<BroadcastReference> references)
    {
        var errors = new CohortErrors();
        var node = new Reader(errors, pointer, references).Query(query, pointer, depth: 1);
        errors.ThrowIfAny();
        return node;
    }

    [GeneratedRegex(@"^no_trades_(?<days>[0-9]+)d\z", RegexOptions.CultureInvariant)]
    private static partial Regex NoTradesPattern();

    private sealed class Reader(CohortErrors errors, string root, ICollection<BroadcastReference> references)
    {
        // Stands for a part that was refused: the tree is thrown away, so only its type matters.
        private static readonly CohortNode Refused = new CohortNode.Any([]);

        private readonly CohortValues values = new(errors);
        private readonly CohortConditions conditions = new(errors, root, references);
        private int queries;

        public CohortNode Query(JsonElement json, string pointer, int depth)
        {
            if (++queries == CohortLimits.Queries + 1)
                errors.Add(root, $"has more than {CohortLimits.Queries} nested queries");
            if (queries > CohortLimits.Queries)
                return Refused;
            if (depth > CohortLimits.Depth)
                return Refuse(pointer, $"is nested too deep; at most {CohortLimits.Depth} queries within one another");
            if (json.ValueKind != JsonValueKind.Object)
                return Refuse(pointer, "must be an object; {} is everyone reachable");

            var parts = new List<CohortNode>();
            foreach (var (key, value, at) in values.Members(json, pointer))
            {
                parts.Add(key switch
                {
                    "all" => new CohortNode.All(Queries(value, at, depth)),
                    "any" => new CohortNode.Any(Queries(value, at, depth)),
                    "not" => new CohortNode.Negated(Query(value, at, depth + 1)),
                    _ => Condition(key, value, at),
                });
            }
            return parts is [var only] ? only : new CohortNode.All(parts);
        }

        // An empty list is refused: "all of nothing" would be everyone, which is what {} says on purpose.
        private List<CohortNode> Queries(JsonElement json, string pointer, int depth)
        {
            if (json.ValueKind != JsonValueKind.Array || json.GetArrayLength() == 0)
            {
                errors.Add(pointer, "must be a list of one or more queries");
                return [];
            }
            var nodes = new List<CohortNode>();
            foreach (var item in json.EnumerateArray())
                nodes.Add(Query(item, CohortErrors.Below(pointer, nodes.Count), depth + 1));
            return nodes;
        }

        private CohortNode Condition(string key, JsonElement value, string pointer)
        {
            if (CohortNames.Fields.TryGetValue(key, out var field))
                return conditions.On(key, field, value, pointer) ?? Refused;
            if (CohortNames.Events.TryGetValue(key, out var what))
                return conditions.Did(what, value, pointer) ?? Refused;
            if (key == CohortNames.Sample)
                return conditions.Sample(value, pointer) ?? Refused;
            if (key.StartsWith(CohortNames.AttributePrefix, StringComparison.Ordinal))
                return Attribute(key, value, pointer);
            if (NoTradesPattern().Match(key) is { Success: true } match)
                return NoTrades(match.Groups["days"].ValueSpan, value, pointer);
            return Refuse(pointer, CohortNames.UnknownField(key));
        }

        private CohortNode Attribute(string key, JsonElement value, string pointer)
        {
            var name = key[CohortNames.AttributePrefix.Length..];
            if (name.Length is 0 or > CohortLimits.AttributeKeyLength)
                return Refuse(pointer, $"needs an attribute's name of 1 to {CohortLimits.AttributeKeyLength} characters");
            if (name.Contains('\0'))
                return Refuse(pointer, "must not contain a NUL character");
            return conditions.On(key, new CohortField.Custom(name), value, pointer) ?? Refused;
        }

        private CohortNode NoTrades(ReadOnlySpan<char> digits, JsonElement value, string pointer)
        {
            if (digits[0] == '0' || !int.TryParse(digits, CultureInfo.InvariantCulture, out var days) || days > CohortLimits.Days)
                return Refuse(pointer, $"must be no_trades_<n>d with n from 1 to {CohortLimits.Days}");
            return conditions.NoTrades(days, value, pointer) ?? Refused;
        }

        private CohortNode Refuse(string pointer, string error)
        {
            errors.Add(pointer, error);
            return Refused;
        }
    }
}

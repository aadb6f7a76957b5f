using System.Text.Json;
using static Marketing.Core.Cohorts.CohortErrors;

namespace Marketing.Core.Cohorts;

/// <summary>Reads what a query says about one field. Each method returns null after noting what is wrong.</summary>
internal sealed class CohortConditions(CohortErrors errors, string root, ICollection<BroadcastReference> references)
{
    private static readonly CohortField LastTrade = new CohortField.Time(TimeColumn.LastTradeAt);

    private readonly CohortValues values = new(errors);
    private int count;
    private int eventCount;

    public CohortNode? On(string name, CohortField field, JsonElement json, string pointer)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                return Operators(name, field, json, pointer);
            case JsonValueKind.Array:
                return Refuse(pointer, "must be one value; for a list write {\"in\": [..]}");
            case JsonValueKind.Null:
                Count();
                return Unknown(field);
            default:
                Count();
                return values.ValueFor(field, json, pointer) is { } value ? new CohortNode.OneOf(field, [value]) : null;
        }
    }

    /// <summary>True also takes in people who never traded; false needs a trade in those days.</summary>
    public CohortNode? NoTrades(int days, JsonElement json, string pointer)
    {
        Count();
        var traded = new CohortNode.Within(LastTrade, TimeSpan.FromDays(days));
        return values.Flag(json, pointer) is { } none ? none ? new CohortNode.Negated(traded) : traded : null;
    }

    public CohortNode? Did(BroadcastEvent what, JsonElement json, string pointer)
    {
        Count();
        if (++eventCount == CohortLimits.EventConditions + 1)
            errors.Add(root, $"has more than {CohortLimits.EventConditions} conditions on broadcasts; list broadcasts with {{\"in\": [..]}}");
        if (json.ValueKind != JsonValueKind.Object)
            return Broadcast(json, pointer) is { } id ? new CohortNode.Did(what, [id]) : null;

        CohortNode? node = null;
        foreach (var (key, value, at) in values.Members(json, pointer))
        {
            if (key != "in")
                errors.Add(at, "takes a broadcast's id or {\"in\": [..]}; for the opposite put it inside a not");
            else if (Ids(value, at) is { } ids)
                node = new CohortNode.Did(what, ids);
        }
        return node ?? Refuse(pointer, "must be a broadcast's id or {\"in\": [..]}");
    }

    public CohortNode.Sampled? Sample(JsonElement json, string pointer)
    {
        Count();
        if (json.ValueKind != JsonValueKind.Object)
        {
            errors.Add(pointer, "must be an object such as {\"percent\": 10, \"seed\": \"a\"}");
            return null;
        }
        decimal? percent = null;
        var (given, seed) = (false, "");
        foreach (var (key, value, at) in values.Members(json, pointer))
        {
            if (key == "percent")
                (given, percent) = (true, values.Percent(value, at));
            else if (key == "seed")
                seed = values.Seed(value, at) ?? "";
            else
                errors.Add(at, CohortNames.UnknownSampleMember(key));
        }
        if (!given)
            errors.Add(pointer, "needs a percent, above 0 and up to 100");
        return percent is { } share ? new CohortNode.Sampled(share, seed) : null;
    }

    private CohortNode.All? Operators(string name, CohortField field, JsonElement json, string pointer)
    {
        var parts = new List<CohortNode>();
        var operators = 0;
        foreach (var (key, value, at) in values.Members(json, pointer))
        {
            Count();
            operators++;
            if (Operator(key, name, field, value, at) is { } part)
                parts.Add(part);
        }
        if (operators == 0)
            errors.Add(pointer, "needs a value or an operator");
        return new CohortNode.All(parts);
    }

    private CohortNode? Operator(string key, string name, CohortField field, JsonElement json, string pointer) => key switch
    {
        "in" => In(field, json, pointer),
        "ne" when json.ValueKind == JsonValueKind.Null => new CohortNode.Known(field),
        "ne" => values.ValueFor(field, json, pointer) is { } value
            ? new CohortNode.Negated(new CohortNode.OneOf(field, [value])) : null,
        "exists" => values.Flag(json, pointer) is { } known
            ? known ? new CohortNode.Known(field) : Unknown(field) : null,
        "gt" or "gte" or "lt" or "lte" or "within" or "older_than" when field is CohortField.Text =>
            Refuse(pointer, $"is for times and numbers; {name} is text"),
        "gt" => Compared(field, Comparison.Greater, json, pointer),
        "gte" => Compared(field, Comparison.GreaterOrEqual, json, pointer),
        "lt" => Compared(field, Comparison.Less, json, pointer),
        "lte" => Compared(field, Comparison.LessOrEqual, json, pointer),
        "within" => values.Duration(json, pointer) is { } age ? new CohortNode.Within(field, age) : null,
        "older_than" => values.Duration(json, pointer) is { } age ? new CohortNode.OlderThan(field, age) : null,
        _ => Refuse(pointer, CohortNames.UnknownOperator(key)),
    };

    private CohortNode.Compared? Compared(CohortField field, Comparison comparison, JsonElement json, string pointer) =>
        values.Bound(field, json, pointer) is { } bound ? new CohortNode.Compared(field, comparison, bound) : null;

    private CohortNode? In(CohortField field, JsonElement json, string pointer)
    {
        if (!IsList(json, pointer))
            return null;
        var known = new List<CohortValue>();
        var index = 0;
        var orUnknown = false;
        foreach (var item in json.EnumerateArray())
        {
            if (item.ValueKind == JsonValueKind.Null)
                orUnknown = true;
            else if (values.ValueFor(field, item, Below(pointer, index)) is { } value)
                known.Add(value);
            index++;
        }
        var oneOf = new CohortNode.OneOf(field, known);
        return orUnknown ? new CohortNode.Any([oneOf, Unknown(field)]) : oneOf;
    }

    private List<Guid>? Ids(JsonElement json, string pointer)
    {
        if (!IsList(json, pointer))
            return null;
        var ids = new List<Guid>();
        var index = 0;
        foreach (var item in json.EnumerateArray())
        {
            if (Broadcast(item, Below(pointer, index++)) is { } id)
                ids.Add(id);
        }
        return ids;
    }

    private Guid? Broadcast(JsonElement json, string pointer)
    {
        if (values.BroadcastId(json, pointer) is not { } id)
            return null;
        references.Add(new BroadcastReference(pointer, id));
        return id;
    }

    // An empty list would match nobody, and everybody inside a not; neither is what a half-filled form means.
    private bool IsList(JsonElement json, string pointer)
    {
        if (json.ValueKind == JsonValueKind.Array && json.GetArrayLength() is >= 1 and <= CohortLimits.ListValues)
            return true;
        errors.Add(pointer, $"must be a list of 1 to {CohortLimits.ListValues} values");
        return false;
    }

    private static CohortNode.Negated Unknown(CohortField field) => new(new CohortNode.Known(field));

    private void Count()
    {
        if (++count == CohortLimits.Conditions + 1)
            errors.Add(root, $"has more than {CohortLimits.Conditions} conditions");
    }

    private CohortNode? Refuse(string pointer, string error)
    {
        errors.Add(pointer, error);
        return null;
    }
}

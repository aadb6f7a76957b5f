using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Marketing.Core.Data;

namespace Marketing.Core.Cohorts;

/// <summary>Reads the scalars of a query. Each method returns null after noting what is wrong.</summary>
internal sealed partial class CohortValues(CohortErrors errors)
{
    private const string NotText = "a lone surrogate, which is not valid Unicode";

    public CohortValue? ValueFor(CohortField field, JsonElement json, string pointer) => field switch
    {
        CohortField.Text => Text(json, pointer, "a string"),
        CohortField.Time => Time(json, pointer),
        _ => json.ValueKind switch
        {
            JsonValueKind.True => new CohortValue.Flag(true),
            JsonValueKind.False => new CohortValue.Flag(false),
            JsonValueKind.Number => Number(json, pointer),
            _ => Text(json, pointer, "a string, a number, true or false"),
        },
    };

    /// <summary>What gt, gte, lt and lte compare with: a time, or for an attribute a number too.</summary>
    public CohortValue? Bound(CohortField field, JsonElement json, string pointer)
    {
        if (field is not CohortField.Custom)
            return Time(json, pointer);
        return json.ValueKind switch
        {
            JsonValueKind.Number => Number(json, pointer),
            JsonValueKind.String => Time(json, pointer),
            _ => Refuse<CohortValue>(pointer, "must be a number, or a time such as 2026-01-31 or 2026-01-31T18:00:00Z"),
        };
    }

    public TimeSpan? Duration(JsonElement json, string pointer)
    {
        if (json.ValueKind == JsonValueKind.String && String(json, pointer) is not { } _)
            return null;
        var match = json.ValueKind == JsonValueKind.String ? DurationPattern().Match(json.GetString()!) : Match.Empty;
        if (match.Success)
        {
            var unit = match.Groups["unit"].Value switch { "m" => 1, "h" => 60, "d" => 24 * 60, _ => 7 * 24 * 60 };
            var minutes = unit * long.Parse(match.Groups["count"].ValueSpan, CultureInfo.InvariantCulture);
            if (minutes <= CohortLimits.Days * 24 * 60)
                return TimeSpan.FromMinutes(minutes);
        }
        errors.Add(pointer, $"must be a duration such as 30m, 12h, 7d or 2w, at most {CohortLimits.Days}d");
        return null;
    }

    public bool? Flag(JsonElement json, string pointer)
    {
        if (json.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return json.GetBoolean();
        errors.Add(pointer, "must be true or false");
        return null;
    }

    public Guid? BroadcastId(JsonElement json, string pointer)
    {
        if (json.ValueKind == JsonValueKind.String && String(json, pointer) is not { } _)
            return null;
        if (json.ValueKind == JsonValueKind.String && Guid.TryParseExact(json.GetString(), "D", out var id))
            return id;
        errors.Add(pointer, "must be the id of a broadcast");
        return null;
    }

    /// <summary>A share of people: above 0, since nobody is no sample, and up to 100.</summary>
    public decimal? Percent(JsonElement json, string pointer)
    {
        if (json.ValueKind == JsonValueKind.Number && json.TryGetDecimal(out var percent) && percent is > 0 and <= 100)
            return percent;
        errors.Add(pointer, "must be a number above 0 and up to 100");
        return null;
    }

    public string? Seed(JsonElement json, string pointer)
    {
        if (Text(json, pointer, "a string")?.Value is not { } seed)
            return null;
        return seed.Length <= CohortLimits.SeedLength ? seed : Refuse<string>(pointer, $"is longer than {CohortLimits.SeedLength} characters");
    }

    /// <summary>The members of an object with their pointers, without those whose name is unusable or a repetition.</summary>
    public IEnumerable<(string Key, JsonElement Value, string Pointer)> Members(JsonElement json, string pointer)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in json.EnumerateObject())
        {
            if (Key(property, pointer) is not { } key)
                continue;
            var at = CohortErrors.Below(pointer, key);
            if (seen.Add(key))
                yield return (key, property.Value, at);
            else
                errors.Add(at, "is given twice");
        }
    }

    // A pointer repeats its keys, so one that is too long or not text is reported where it stands.
    private string? Key(JsonProperty property, string pointer)
    {
        try
        {
            var key = property.Name;
            return key.Length <= CohortLimits.KeyLength
                ? key
                : Refuse<string>(pointer, $"has a key of {key.Length} characters; at most {CohortLimits.KeyLength}");
        }
        catch (InvalidOperationException)
        {
            return Refuse<string>(pointer, $"has a key with {NotText}");
        }
    }

    private CohortValue.Text? Text(JsonElement json, string pointer, string expected)
    {
        if (json.ValueKind == JsonValueKind.String)
            return String(json, pointer) is { } text ? new CohortValue.Text(text) : null;
        return Refuse<CohortValue.Text>(pointer, $"must be {expected}");
    }

    // Attribute numbers are compared as Postgres numeric; decimal keeps 28 digits of them and refuses 1e400.
    private CohortValue.Number? Number(JsonElement json, string pointer) =>
        json.TryGetDecimal(out var number) ? new CohortValue.Number(number) : Refuse<CohortValue.Number>(pointer, "is too large a number");

    private CohortValue.Time? Time(JsonElement json, string pointer)
    {
        if (json.ValueKind != JsonValueKind.String)
            return Refuse<CohortValue.Time>(pointer, UtcTime.Expected);
        if (String(json, pointer) is not { } text)
            return null;
        return UtcTime.TryParse(text, out var time) ? new CohortValue.Time(time) : Refuse<CohortValue.Time>(pointer, UtcTime.Expected);
    }

    private string? String(JsonElement json, string pointer)
    {
        try
        {
            var text = json.GetString()!;
            if (text.Length > CohortLimits.StringLength)
                return Refuse<string>(pointer, $"is longer than {CohortLimits.StringLength} characters");
            return text.Contains('\0') ? Refuse<string>(pointer, "must not contain a NUL character") : text;
        }
        catch (InvalidOperationException)
        {
            return Refuse<string>(pointer, $"contains {NotText}");
        }
    }

    private T? Refuse<T>(string pointer, string error) where T : class
    {
        errors.Add(pointer, error);
        return null;
    }

    [GeneratedRegex(@"^(?<count>[1-9][0-9]{0,6})(?<unit>[mhdw])\z", RegexOptions.CultureInvariant)]
    private static partial Regex DurationPattern();
}

using System.Text.Json;
using System.Text.Json.Nodes;
using Marketing.Core.Data;

namespace Marketing.Core.Audience;

/// <summary>What an operator may change about a person; the rest is Telegram's or the person's own.</summary>
public sealed record UserFields(
    Guid Id, string? UserTier, string? Region, string? Language, DateTimeOffset? LastTradeAt, JsonElement Attributes);

/// <summary>
/// A JSON merge patch (RFC 7386) of a person: what is not named stays, null takes a value away, and objects inside of
/// attributes are merged the same way.
/// </summary>
public static class UserPatch
{
    /// <summary>All attributes of a person as JSON: with them a person's line still fits into an import.</summary>
    public const int MaxAttributes = 32 * 1024;

    private static readonly string[] Members = ["user_tier", "region", "language", "last_trade_at", "attributes"];

    /// <exception cref="InvalidException">Everything that is wrong with the patch, by JSON pointer.</exception>
    public static UserFields Apply(UserFields user, JsonElement patch)
    {
        if (patch.ValueKind != JsonValueKind.Object)
            throw new InvalidException("", "must be a JSON object with what is to change");
        var problems = new Problems();
        foreach (var member in patch.EnumerateObject())
        {
            var pointer = $"/{member.Name}";
            user = member.Name switch
            {
                "user_tier" => user with { UserTier = Text(problems, pointer, member.Value) },
                "region" => user with { Region = Text(problems, pointer, member.Value) },
                "language" => user with { Language = Text(problems, pointer, member.Value) },
                "last_trade_at" => user with { LastTradeAt = Time(problems, pointer, member.Value) },
                "attributes" => user with { Attributes = Attributes(problems, pointer, user.Attributes, member.Value) },
                var unknown => Unknown(problems, unknown, user),
            };
        }
        problems.ThrowIfAny();
        return user;
    }

    private static string? Text(Problems problems, string pointer, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Null)
            return null;
        if (value.ValueKind != JsonValueKind.String)
            problems.Add(pointer, "must be a string or null");
        else if (JsonValues.WhyNotStorable(value) is { } reason)
            problems.Add(pointer, reason);
        else if (value.GetString()!.Trim() is { Length: > 0 } text)
            return text;
        else
            problems.Add(pointer, "must not be empty; null takes the value away");
        return null;
    }

    private static DateTimeOffset? Time(Problems problems, string pointer, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Null)
            return null;
        if (value.ValueKind != JsonValueKind.String || JsonValues.WhyNotStorable(value) is not null || !UtcTime.TryParse(value.GetString(), out var time))
            problems.Add(pointer, UtcTime.Expected);
        else if (!UtcTime.IsPlausible(time))
            problems.Add(pointer, UtcTime.Implausible);
        else
            return time;
        return null;
    }

    private static JsonElement Attributes(Problems problems, string pointer, JsonElement current, JsonElement patch)
    {
        if (patch.ValueKind == JsonValueKind.Null)
            return JsonElement.Parse("{}");
        if (patch.ValueKind != JsonValueKind.Object)
        {
            problems.Add(pointer, "must be an object or null");
            return current;
        }
        if (JsonValues.WhyNotStorable(patch) is { } reason)
        {
            problems.Add(pointer, reason);
            return current;
        }
        var merged = JsonSerializer.SerializeToUtf8Bytes(Merge(JsonObject.Create(current), patch), Json.Options);
        if (merged.Length > MaxAttributes)
            problems.Add(pointer, $"would be {merged.Length} bytes with what is there; at most {MaxAttributes} are kept");
        return JsonElement.Parse(merged);
    }

    private static JsonObject Merge(JsonObject? target, JsonElement patch)
    {
        target ??= [];
        foreach (var member in patch.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.Null)
                target.Remove(member.Name);
            else
                target[member.Name] = member.Value.ValueKind == JsonValueKind.Object
                    ? Merge((target[member.Name] as JsonObject)?.DeepClone() as JsonObject, member.Value)
                    : JsonNode.Parse(member.Value.GetRawText());
        }
        return target;
    }

    private static UserFields Unknown(Problems problems, string name, UserFields user)
    {
        var meant = NearMiss.Find(name, Members, _ => 2);
        problems.Add($"/{name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}",
            meant is null ? $"cannot be changed here; {string.Join(", ", Members)} can" : $"unknown member; did you mean {meant}?");
        return user;
    }
}

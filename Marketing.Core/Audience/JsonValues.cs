using System.Text;
using System.Text.Json;

namespace Marketing.Core.Audience;

/// <summary>Reads JSON members into a line, refusing what is JSON but not jsonb: one such value would fail the whole COPY.</summary>
internal static class JsonValues
{
    // The range of a double. Postgres gives up at 131,072 digits before the point and 16,383 behind it.
    private const int LargestExponent = 308;

    // An answer with a page of people is four levels more, and Json.Options write 32.
    private const int DeepestNesting = 16;

    /// <summary>
    /// Takes the members of the object in <paramref name="document"/> that <paramref name="json"/> stands at; the reason to
    /// reject the line, or null. Without <paramref name="columns"/>, which is inside of attributes, our names are attributes too.
    /// </summary>
    public static string? TakeMembers(ref Utf8JsonReader json, ReadOnlySpan<byte> document, PersonLine person, bool columns)
    {
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = json.GetString()!;
            json.Read();
            var reason = (columns ? PersonColumns.Of(name) : PersonColumn.Attribute) switch
            {
                PersonColumn.Attribute => TakeAttribute(name, ref json, document, person),
                PersonColumn.Attributes when json.TokenType == JsonTokenType.StartObject =>
                    TakeMembers(ref json, document, person, columns: false),
                PersonColumn.Attributes when json.TokenType == JsonTokenType.Null => null,
                PersonColumn.Attributes => $"{name}: {Raw(ref json, document)} is not a JSON object",
                var column => TakeColumn(column, name, ref json, document, person),
            };
            if (reason is not null)
                return reason;
        }
        return null;
    }

    private static string? TakeColumn(
        PersonColumn column, string name, ref Utf8JsonReader json, ReadOnlySpan<byte> document, PersonLine person) => json.TokenType switch
        {
            JsonTokenType.Null => null,
            JsonTokenType.String => person.Set(column, name, json.GetString()!),
            JsonTokenType.Number when column is PersonColumn.TelegramUserId or PersonColumn.ChatId =>
                person.Set(column, name, Encoding.UTF8.GetString(json.ValueSpan)),
            _ => $"{name}: {Raw(ref json, document)} is not a string",
        };

    private static string? TakeAttribute(string name, ref Utf8JsonReader json, ReadOnlySpan<byte> document, PersonLine person)
    {
        if (name.Contains('\0'))
            return $"{PersonValues.Quote(name)}: the name contains a NUL character";
        var start = (int)json.TokenStartIndex;
        var depth = json.CurrentDepth;
        do
        {
            if (NotStorable(ref json, depth) is { } reason)
                return $"{name}: {reason}";
        }
        while ((json.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray || json.CurrentDepth > depth) && json.Read());
        var value = document[start..(int)json.BytesConsumed];
        if (value.Length > PersonValues.MaxCell)
            return PersonValues.TooLong(name, Encoding.UTF8.GetString(value), value.Length);
        person.SetAttribute(name, value);
        return null;
    }

    /// <param name="depth">That of the whole value.</param>
    private static string? NotStorable(ref Utf8JsonReader json, int depth) => json.TokenType switch
    {
        JsonTokenType.StartObject or JsonTokenType.StartArray when json.CurrentDepth - depth >= DeepestNesting =>
            $"is nested more than {DeepestNesting} deep",
        // GetString throws for half a surrogate pair, which the caller answers with the line.
        JsonTokenType.String or JsonTokenType.PropertyName when json.ValueIsEscaped && json.GetString()!.Contains('\0') =>
            "contains a NUL character",
        JsonTokenType.Number when ExponentOf(json.ValueSpan) is > LargestExponent or < -LargestExponent =>
            $"{PersonValues.Quote(Encoding.UTF8.GetString(json.ValueSpan))} is out of range",
        _ => null,
    };

    /// <summary>Why Postgres could not keep a JSON value, or one that the other rules for a value refuse; null when it can be stored.</summary>
    public static string? WhyNotStorable(JsonElement value)
    {
        var document = Encoding.UTF8.GetBytes(value.GetRawText());
        var json = new Utf8JsonReader(document);
        try
        {
            while (json.Read())
            {
                if (NotStorable(ref json, depth: 0) is { } reason)
                    return reason;
                if (json.TokenType is JsonTokenType.String && json.ValueSpan.Length > PersonValues.MaxCell)
                    return $"contains a text of {json.ValueSpan.Length} bytes; at most {PersonValues.MaxCell} are taken";
            }
            return null;
        }
        catch (InvalidOperationException)
        {
            return "contains half a surrogate pair, which is not valid Unicode";
        }
    }

    private static int ExponentOf(ReadOnlySpan<byte> number)
    {
        var e = number.IndexOfAny("eE"u8);
        return e < 0 ? 0 : int.TryParse(number[(e + 1)..], System.Globalization.NumberStyles.AllowLeadingSign, null, out var exponent)
            ? exponent : int.MaxValue;
    }

    private static string Raw(ref Utf8JsonReader json, ReadOnlySpan<byte> document)
    {
        var start = (int)json.TokenStartIndex;
        json.Skip();
        return PersonValues.Quote(Encoding.UTF8.GetString(document[start..(int)json.BytesConsumed]));
    }
}

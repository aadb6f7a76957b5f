using System.Text.Json;
using System.Text.RegularExpressions;
using Marketing.Core;
using Marketing.Core.Data;
using Microsoft.AspNetCore.Http;

namespace Marketing.Functions.Admin;

/// <summary>Reads a JSON body of at most 1 MB; whatever is wrong with it is said with its JSON pointer.</summary>
internal static partial class JsonBody
{
    private const int MaxBytes = 1_000_000;

    /// <exception cref="InvalidException">Malformed, of a wrong type, or with a member that does not exist.</exception>
    /// <exception cref="TooLargeException">Over 1 MB.</exception>
    /// <exception cref="UnsupportedMediaTypeException">It says that it is something else.</exception>
    public static async Task<T> ReadAsync<T>(HttpRequest request, CancellationToken ct)
    {
        CheckContentType(request.ContentType);
        var body = await ReadAsync(request, ct);
        return body.Length == 0 ? throw new InvalidException("", "a JSON body is expected") : Parse<T>(body);
    }

    /// <summary>The same, for a request that may come without a body: null then.</summary>
    public static async Task<T?> ReadOptionalAsync<T>(HttpRequest request, CancellationToken ct) where T : class =>
        await ReadAsync(request, ct) is { Length: > 0 } body ? Parse<T>(body) : null;

    private static T Parse<T>(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(body.Span, Json.Options)
                ?? throw new InvalidException("", "must be a JSON object, not null");
        }
        catch (JsonException e)
        {
            throw new InvalidException(Pointer(e.Path), Explain(e));
        }
    }

    /// <summary>One element of a body's list; the pointers are into the element.</summary>
    /// <exception cref="InvalidException">Of a wrong type, or with a member that does not exist.</exception>
    public static T Read<T>(JsonElement element) => Parse<T>(JsonSerializer.SerializeToUtf8Bytes(element, Json.Options));

    /// <summary>JSON from the query.</summary>
    /// <exception cref="InvalidException">Malformed.</exception>
    public static JsonElement Parse(string text, string pointer)
    {
        try
        {
            return JsonSerializer.Deserialize<JsonElement>(text, Json.Options);
        }
        catch (JsonException e)
        {
            throw new InvalidException(pointer, Explain(e));
        }
    }

    // curl -d says that it sends a form unless it is told otherwise, so that is taken for JSON like no type at all. A form of
    // another site's page, which could only be text/plain, is not.
    private static void CheckContentType(string? contentType)
    {
        var type = contentType?.Split(';')[0].Trim().ToLowerInvariant() ?? "";
        if (type is not ("" or "application/json" or "application/x-www-form-urlencoded")
            && !(type.StartsWith("application/", StringComparison.Ordinal) && type.EndsWith("+json", StringComparison.Ordinal)))
            throw new UnsupportedMediaTypeException($"Content-Type is {type}; send application/json.");
    }

    /// <summary>The raw bytes, at most 1 MB.</summary>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        if (request.ContentLength > MaxBytes)
            throw TooLarge();
        using var buffer = new MemoryStream((int)(request.ContentLength ?? 4096));
        var chunk = new byte[16 * 1024];
        int read;
        while ((read = await request.Body.ReadAsync(chunk, ct)) > 0)
        {
            if (buffer.Length + read > MaxBytes)
                throw TooLarge();
            buffer.Write(chunk, 0, read);
        }

        return buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
    }

    private static TooLargeException TooLarge() => new($"The body is over {MaxBytes:N0} bytes.");

    // "$.cta_buttons[0].label" is /cta_buttons/0/label.
    private static string Pointer(string? path) =>
        path is null or "$" ? "" : PathStep().Replace(path[1..], step => "/" + Escape(step.Groups["name"].Value));

    private static string Escape(string name) =>
        name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    [GeneratedRegex(@"\.(?<name>[^.\[]+)|\[(?<name>\d+)\]|\['(?<name>.*?)'\]", RegexOptions.ExplicitCapture)]
    private static partial Regex PathStep();

    // The serializer says what is wrong in words for its caller; these are for the sender of the JSON.
    private static readonly (string Contains, string Says)[] Explanations =
    [
        ("could not be mapped", "unknown member"),
        ("Duplicate property", "appears twice"),
        ("Guid format", "must be a UUID"),
        ("as a string", "must be a string"),
        ("as a number", "must be a number"),
        ("Int64", "must be a whole number"),
        ("Decimal", "must be a number that fits"),
        ("List`1", "must be a list"),
        ("configured depth", "is nested too deep"),
        ("surrogate", "has half of a surrogate pair, which is not valid Unicode"),
        ("UTF-8", "is not UTF-8"),
        ("could not be converted", "has the wrong type or is not one of the allowed values"),
        (UtcTime.Expected, UtcTime.Expected),
    ];

    private static string Explain(JsonException e)
    {
        var message = $"{e.InnerException?.Message} {e.Message}";
        return Explanations.FirstOrDefault(x => message.Contains(x.Contains, StringComparison.Ordinal)).Says
            ?? $"malformed JSON at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}";
    }
}

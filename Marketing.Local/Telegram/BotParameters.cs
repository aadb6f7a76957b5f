using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Marketing.Local.Telegram;

/// <summary>Parameters of a Bot API call: query string, JSON, form or multipart, as Telegram takes them.</summary>
internal sealed class BotParameters : IDisposable
{
    private readonly JsonDocument? json;
    private readonly Dictionary<string, string> fields;

    private BotParameters(JsonDocument? json, Dictionary<string, string> fields) => (this.json, this.fields) = (json, fields);

    private static readonly Dictionary<string, string> None = [];

    /// <exception cref="BotApiException">400 for a body that cannot be read.</exception>
    public static async ValueTask<BotParameters> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        var fields = request.QueryString.HasValue ? request.Query.ToDictionary(q => q.Key, q => q.Value.ToString()) : None;
        if (request.HasFormContentType)
        {
            var form = await request.ReadFormAsync(ct);
            fields = new(fields);
            foreach (var field in form)
                fields[field.Key] = field.Value.ToString();
            return new(null, fields);
        }

        if (request.ContentType?.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) != true)
            return new(null, fields);
        try
        {
            var json = await JsonDocument.ParseAsync(request.Body, default, ct);
            if (json.RootElement.ValueKind == JsonValueKind.Object)
                return new(json, fields);
            json.Dispose();
        }
        catch (JsonException)
        {
            // Answered below, in the same words.
        }

        throw BotApiException.BadRequest("can't parse JSON object");
    }

    /// <summary>A parameter as text; numbers and objects in JSON.</summary>
    public string? Text(string name) => Find(name) is not { } value ? fields.GetValueOrDefault(name)
        : value.ValueKind == JsonValueKind.String ? value.GetString()
        : value.ValueKind == JsonValueKind.Null ? null
        : value.GetRawText();

    /// <summary>A parameter that is an object or a list, as JSON: Telegram takes it nested or serialised into a string.</summary>
    public string? Json(string name) => Text(name);

    public int? Integer(string name) => int.TryParse(Text(name), NumberStyles.Integer, CultureInfo.InvariantCulture, out var value) ? value : null;

    public bool Flag(string name) => Text(name) is "true" or "True" or "1";

    /// <exception cref="BotApiException">400 when it is missing or names no chat.</exception>
    public long ChatId(string name = "chat_id")
    {
        var text = Text(name);
        if (string.IsNullOrWhiteSpace(text))
            throw BotApiException.BadRequest($"{name} is empty");
        return long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var id)
            ? id
            : throw BotApiException.BadRequest("chat not found");
    }

    public int MessageId() => Integer("message_id") ?? throw BotApiException.BadRequest("message identifier is not specified");

    public void Dispose() => json?.Dispose();

    private JsonElement? Find(string name) => json is not null && json.RootElement.TryGetProperty(name, out var value) ? value : null;
}

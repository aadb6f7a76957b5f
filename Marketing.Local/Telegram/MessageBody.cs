using System.Text.Json;

namespace Marketing.Local.Telegram;

/// <summary>A text as a bot sends it: source, and either a parse mode or entities of its own.</summary>
internal readonly record struct MessageBody(string Source, bool IsHtml, string? GivenEntities)
{
    // Telegram counts UTF-16 units after the markup is taken out (core.telegram.org/bots/api#sendmessage).
    public const int MaxText = 4096;
    public const int MaxCaption = 1024;

    public static MessageBody Read(BotParameters parameters, string text, string entities)
    {
        var mode = parameters.Text("parse_mode")?.ToLowerInvariant();
        var isHtml = mode switch
        {
            null or "" or "none" => false,
            "html" => true,
            // Markdown is Telegram's too; this one answers as Telegram does for a mode that it does not know.
            _ => throw BotApiException.BadRequest("unsupported parse_mode"),
        };
        return new(parameters.Text(text) ?? "", isHtml, isHtml ? null : parameters.Json(entities));
    }

    public FormattedText Parse() =>
        (IsHtml ? MessageHtml.Parse(Source) : new FormattedText(Source, Given())).Trim();

    public FormattedText ParseText() => Parse() switch
    {
        { Text.Length: 0 } => throw BotApiException.BadRequest("message text is empty"),
        { Text.Length: > MaxText } => throw BotApiException.BadRequest("message is too long"),
        var parsed => parsed,
    };

    public FormattedText ParseCaption() => Parse() is { Text.Length: <= MaxCaption } parsed
        ? parsed
        : throw BotApiException.BadRequest("message caption is too long");

    private List<TextEntity> Given()
    {
        if (GivenEntities is null)
            return [];
        try
        {
            return JsonSerializer.Deserialize<List<TextEntity>>(GivenEntities, TelegramJson.Options) ?? [];
        }
        catch (JsonException)
        {
            throw BotApiException.BadRequest("can't parse entities: can't parse entities JSON object");
        }
    }
}

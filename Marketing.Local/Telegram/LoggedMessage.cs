namespace Marketing.Local.Telegram;

/// <summary>
/// A message in a chat. Changed only under a lock on itself. A million of them with keyboards, to a million chats, is a
/// process of 450 MB.
/// </summary>
internal sealed class LoggedMessage
{
    public required int Id { get; init; }
    public required long ChatId { get; init; }
    public required BotAccount Bot { get; init; }

    /// <summary>The Bot API method that made it, or "say" for a person's own.</summary>
    public required string Method { get; init; }

    /// <summary>Unix milliseconds: Telegram tells seconds, and a second of the send rate may begin between two.</summary>
    public required long At { get; init; }

    /// <summary>Unix seconds, good until 2106.</summary>
    public uint Date => (uint)(At / 1000);
    public uint EditDate { get; set; }

    /// <summary>The message before it in the same chat; 0 for the first.</summary>
    public required int Previous { get; init; }
    public bool IsHtml { get; set; }
    public bool Deleted { get; set; }
    public StoredText Source { get; set; }
    public StoredText Markup { get; set; }

    /// <summary>The entities parameter, when the sender gave entities instead of a parse mode.</summary>
    public string? GivenEntities { get; set; }
    public string? Photo { get; init; }

    public bool FromPerson => Method == "say";

    public string? MarkupText => Markup.ToString() is { Length: > 0 } markup ? markup : null;

    public MessageBody Body() => new(Source.ToString(), IsHtml, GivenEntities);

    /// <summary>Parsed again when asked for, so that a text is kept once.</summary>
    public FormattedText Formatted() => FromPerson ? FormattedText.Typed(Source.ToString()) : Body().Parse();
}

/// <summary>A message as a person got it. Html is the text as sent; ReplyMarkup is Telegram's JSON.</summary>
public sealed record ReceivedMessage(
    int MessageId, long ChatId, string Text, string Html, IReadOnlyList<TextEntity> Entities, string? ReplyMarkup,
    DateTimeOffset Date, bool Edited, bool Deleted, string Method, string? Photo)
{
    internal static ReceivedMessage From(LoggedMessage message)
    {
        lock (message)
        {
            var body = message.Formatted();
            return new(message.Id, message.ChatId, body.Text, message.Source.ToString(), body.Entities, message.MarkupText,
                DateTimeOffset.FromUnixTimeMilliseconds(message.At), message.EditDate > 0, message.Deleted, message.Method, message.Photo);
        }
    }
}

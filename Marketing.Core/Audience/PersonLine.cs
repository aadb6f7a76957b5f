using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Marketing.Core.Data;

namespace Marketing.Core.Audience;

/// <summary>One line of an import as the reader fills it. Reused for every line, so that a line costs its strings and no more.</summary>
internal sealed class PersonLine : IDisposable
{
    // The text goes to jsonb and never into a page: escaping only what JSON demands keeps it short.
    private static readonly JsonWriterOptions Unescaped =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly ArrayBufferWriter<byte> json = new(LineBuffer.MaxRecord);
    private readonly Utf8JsonWriter attributes;

    public PersonLine() => attributes = new Utf8JsonWriter(json, Unescaped);

    public long Number { get; private set; }
    public long TelegramUserId { get; private set; }
    public long? ChatId { get; private set; }
    public string? FirstName { get; private set; }
    public string? LastName { get; private set; }
    public string? Username { get; private set; }
    public string? Language { get; private set; }
    public string? UserTier { get; private set; }
    public string? Region { get; private set; }
    public DateTimeOffset? LastTradeAt { get; private set; }
    public DateTimeOffset? CreatedAt { get; private set; }

    /// <summary>A JSON object in UTF-8, valid until the next line starts.</summary>
    public ReadOnlyMemory<byte> Attributes => json.WrittenMemory;

    public void Start(long number)
    {
        Number = number;
        TelegramUserId = 0;
        ChatId = null;
        FirstName = LastName = Username = Language = UserTier = Region = null;
        LastTradeAt = CreatedAt = null;
        json.ResetWrittenCount();
        attributes.Reset();
        attributes.WriteStartObject();
    }

    /// <summary>Ends the line; the reason to reject it, or null.</summary>
    public string? Finish()
    {
        attributes.WriteEndObject();
        attributes.Flush();
        return TelegramUserId == 0 ? $"{PersonColumns.Required}: missing" : null;
    }

    /// <summary>Takes the text of a column of ours, where empty is not given; the reason to reject it, or null.</summary>
    public string? Set(PersonColumn column, string name, string value)
    {
        if (Unfit(name, value) is { } reason)
            return reason;
        var text = value.Trim();
        return text.Length == 0 ? null : column switch
        {
            PersonColumn.TelegramUserId => SetTelegramUserId(name, text),
            PersonColumn.ChatId => SetChatId(name, text),
            PersonColumn.FirstName => Accept(FirstName = text),
            PersonColumn.LastName => Accept(LastName = text),
            PersonColumn.Username => Accept(Username = text.TrimStart('@') is { Length: > 0 } bare ? bare : null),
            PersonColumn.Language => Accept(Language = text),
            PersonColumn.UserTier => Accept(UserTier = text),
            PersonColumn.Region => Accept(Region = text),
            PersonColumn.LastTradeAt => Time(name, text, out var time) ?? Accept(LastTradeAt = time),
            PersonColumn.CreatedAt => Time(name, text, out var time) ?? Accept(CreatedAt = time),
            // Dropping the column would make somebody who said no elsewhere a recipient here.
            PersonColumn.OptedOut =>
                $"{name}: {PersonValues.Quote(text)} says not to write to this person, which an import cannot record; left out",
            _ => throw new ArgumentOutOfRangeException(nameof(column), column, "Not a column of text."),
        };
    }

    /// <summary>Takes a CSV cell as an attribute: a plain number and true or false are JSON values, the rest is text.</summary>
    public string? SetAttribute(JsonEncodedText name, string value)
    {
        if (Unfit(name.Value, value) is { } reason)
            return reason;
        var text = value.AsSpan().Trim();
        if (text.IsEmpty)
            return null;
        attributes.WritePropertyName(name);
        if (PersonValues.IsPlainNumber(text))
            attributes.WriteRawValue(text, skipInputValidation: true);
        else if (text.Equals("true", StringComparison.OrdinalIgnoreCase))
            attributes.WriteBooleanValue(true);
        else if (text.Equals("false", StringComparison.OrdinalIgnoreCase))
            attributes.WriteBooleanValue(false);
        else
            attributes.WriteStringValue(text);
        return null;
    }

    /// <summary>Takes JSON that <see cref="JsonValues"/> has checked as an attribute.</summary>
    public void SetAttribute(string name, ReadOnlySpan<byte> value)
    {
        attributes.WritePropertyName(name);
        attributes.WriteRawValue(value, skipInputValidation: true);
    }

    public void Dispose() => attributes.Dispose();

    private string? SetTelegramUserId(string name, string text)
    {
        if (!PersonValues.TryWholeNumber(text, out var id))
            return $"{name}: {PersonValues.Quote(text)} is not a whole number";
        TelegramUserId = id;
        return id > 0 ? null : $"{name}: {PersonValues.Quote(text)} is not positive";
    }

    // A group's chat id is negative.
    private string? SetChatId(string name, string text)
    {
        if (!PersonValues.TryWholeNumber(text, out var id))
            return $"{name}: {PersonValues.Quote(text)} is not a whole number";
        ChatId = id;
        return id != 0 ? null : $"{name}: {PersonValues.Quote(text)} is not a chat";
    }

    private static string? Time(string name, string text, out DateTimeOffset time) =>
        !UtcTime.TryParse(text, out time) ? $"{name}: {PersonValues.Quote(text)} is not an ISO 8601 date or time"
        : !UtcTime.IsPlausible(time) ? $"{name}: {PersonValues.Quote(text)} {UtcTime.Implausible}"
        : null;

    private static string? Unfit(string name, string value) =>
        PersonValues.IsTooLong(value) ? PersonValues.TooLong(name, value, Encoding.UTF8.GetByteCount(value))
        : value.Contains('\0') ? $"{name}: {PersonValues.Quote(value)} contains a NUL character"
        : null;

    private static string? Accept<T>(T _) => null;
}

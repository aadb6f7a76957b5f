using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Marketing.Local.Telegram;

/// <summary>Telegram's objects, written by hand: an answer of sendMessage costs one pass and no allocation per member.</summary>
internal static class TelegramJson
{
    public static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
    };

    public static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static void WriteBot(Utf8JsonWriter json, BotAccount bot)
    {
        json.WriteNumber("id"u8, bot.Id);
        json.WriteBoolean("is_bot"u8, true);
        json.WriteString("first_name"u8, bot.Name);
        json.WriteString("username"u8, bot.Username);
    }

    public static void WritePerson(Utf8JsonWriter json, long id, ChatCard card)
    {
        json.WriteNumber("id"u8, id);
        json.WriteBoolean("is_bot"u8, false);
        json.WriteString("first_name"u8, card.NameOf(id));
        if (card.Username is { } username)
            json.WriteString("username"u8, username);
        if (card.LanguageCode is { } language)
            json.WriteString("language_code"u8, language);
    }

    public static void WriteChat(Utf8JsonWriter json, long id, ChatCard card)
    {
        json.WriteStartObject("chat"u8);
        json.WriteNumber("id"u8, id);
        if (id > 0)
        {
            json.WriteString("first_name"u8, card.NameOf(id));
            if (card.Username is { } username)
                json.WriteString("username"u8, username);
            json.WriteString("type"u8, "private"u8);
        }
        else
        {
            json.WriteString("title"u8, card.NameOf(id));
            // Ids of supergroups begin with -100, those of basic groups do not.
            json.WriteString("type"u8, id < -1_000_000_000_000 ? "supergroup"u8 : "group"u8);
        }

        json.WriteEndObject();
    }

    /// <summary>A Message object. Body and markup are handed in, since whoever writes one has just parsed them.</summary>
    public static void WriteMessage(Utf8JsonWriter json, LoggedMessage message, ChatCard card, FormattedText body, string? markup)
    {
        json.WriteStartObject();
        WriteMessageMembers(json, message, card, body, markup);
        json.WriteEndObject();
    }

    public static void WriteMessageMembers(Utf8JsonWriter json, LoggedMessage message, ChatCard card, FormattedText body, string? markup)
    {
        json.WriteNumber("message_id"u8, message.Id);
        json.WriteStartObject("from"u8);
        if (message.FromPerson)
            WritePerson(json, message.ChatId, card);
        else
            WriteBot(json, message.Bot);
        json.WriteEndObject();
        WriteChat(json, message.ChatId, card);
        json.WriteNumber("date"u8, message.Date);
        if (message.EditDate > 0)
            json.WriteNumber("edit_date"u8, message.EditDate);
        if (message.Photo is { } photo)
            WritePhoto(json, photo);
        if (body.Text.Length > 0)
        {
            json.WriteString(message.Photo is null ? "text"u8 : "caption"u8, body.Text);
            if (body.Entities.Count > 0)
                WriteEntities(json, message.Photo is null ? "entities"u8 : "caption_entities"u8, body.Entities);
        }

        // Only an inline keyboard belongs to its message; the others replace the person's own keyboard.
        if (markup is not null && markup.Contains("\"inline_keyboard\"", StringComparison.Ordinal))
        {
            json.WritePropertyName("reply_markup"u8);
            json.WriteRawValue(markup, skipInputValidation: true);
        }
    }

    public static void WriteEntities(Utf8JsonWriter json, ReadOnlySpan<byte> name, IReadOnlyList<TextEntity> entities)
    {
        json.WriteStartArray(name);
        foreach (var entity in entities)
        {
            json.WriteStartObject();
            json.WriteString("type"u8, entity.Type);
            json.WriteNumber("offset"u8, entity.Offset);
            json.WriteNumber("length"u8, entity.Length);
            if (entity.Url is { } url)
                json.WriteString("url"u8, url);
            if (entity.Language is { } language)
                json.WriteString("language"u8, language);
            if (entity.CustomEmojiId is { } emoji)
                json.WriteString("custom_emoji_id"u8, emoji);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>One entry of the received-message log.</summary>
    public static void WriteReceived(Utf8JsonWriter json, ReceivedMessage message)
    {
        json.WriteStartObject();
        json.WriteNumber("message_id"u8, message.MessageId);
        json.WriteNumber("chat_id"u8, message.ChatId);
        json.WriteString("text"u8, message.Text);
        json.WriteString("html"u8, message.Html);
        WriteEntities(json, "entities"u8, message.Entities);
        if (message.ReplyMarkup is { } markup)
        {
            json.WritePropertyName("reply_markup"u8);
            json.WriteRawValue(markup);
        }
        else
        {
            json.WriteNull("reply_markup"u8);
        }

        if (message.Photo is { } photo)
            json.WriteString("photo"u8, photo);
        json.WriteNumber("date"u8, message.Date.ToUnixTimeSeconds());
        json.WriteBoolean("edited"u8, message.Edited);
        json.WriteBoolean("deleted"u8, message.Deleted);
        json.WriteString("method"u8, message.Method);
        json.WriteEndObject();
    }

    // A photo that was never fetched: its name stands for its content, so the same photo has the same file_id.
    private static void WritePhoto(Utf8JsonWriter json, string photo)
    {
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(photo)));
        json.WriteStartArray("photo"u8);
        json.WriteStartObject();
        json.WriteString("file_id"u8, photo.Contains("://", StringComparison.Ordinal) ? $"AgAC{hash}" : photo);
        json.WriteString("file_unique_id"u8, hash[..16]);
        json.WriteNumber("width"u8, 1280);
        json.WriteNumber("height"u8, 720);
        json.WriteEndObject();
        json.WriteEndArray();
    }
}

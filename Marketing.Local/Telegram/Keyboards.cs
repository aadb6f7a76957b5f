using System.Text;
using System.Text.Json;

namespace Marketing.Local.Telegram;

/// <summary>Checks reply_markup as Telegram does before a message is accepted.</summary>
internal static class Keyboards
{
    /// <returns>The markup as given (Telegram's own JSON), or null when there is none or its keyboard is empty.</returns>
    /// <exception cref="BotApiException">400 for a button that Telegram would refuse.</exception>
    public static string? Check(string? markup)
    {
        if (string.IsNullOrWhiteSpace(markup))
            return null;
        JsonDocument json;
        try
        {
            json = JsonDocument.Parse(markup);
        }
        catch (JsonException)
        {
            throw BotApiException.BadRequest("can't parse reply keyboard markup JSON object");
        }

        using (json)
        {
            if (json.RootElement.ValueKind != JsonValueKind.Object)
                throw BotApiException.BadRequest("object expected as reply markup");
            if (!json.RootElement.TryGetProperty("inline_keyboard", out var rows))
                return markup;
            if (rows.ValueKind != JsonValueKind.Array)
                throw BotApiException.BadRequest("field \"inline_keyboard\" of the InlineKeyboardMarkup must be an Array");
            var count = 0;
            foreach (var row in rows.EnumerateArray())
            {
                if (row.ValueKind != JsonValueKind.Array)
                    throw BotApiException.BadRequest("field \"inline_keyboard\" of the InlineKeyboardMarkup must be an Array of Arrays");
                foreach (var button in row.EnumerateArray())
                {
                    Check(button);
                    count++;
                }
            }

            return count > 100 ? throw BotApiException.BadRequest("reply markup is too long") : count == 0 ? null : markup;
        }
    }

    private static void Check(JsonElement button)
    {
        if (button.ValueKind != JsonValueKind.Object)
            throw BotApiException.BadRequest("can't parse inline keyboard button: InlineKeyboardButton must be an Object");
        if (!button.TryGetProperty("text", out var text))
            throw BotApiException.BadRequest("can't parse inline keyboard button: Can't find field \"text\"");
        if (text.ValueKind != JsonValueKind.String)
            throw BotApiException.BadRequest("can't parse inline keyboard button: Field \"text\" must be of type String");
        if (button.TryGetProperty("url", out var url))
        {
            if (LinkUrl.Check(url.ToString()) is { } reason)
                throw BotApiException.BadRequest($"inline keyboard button URL '{url}' is invalid: {reason}");
        }
        else if (button.TryGetProperty("callback_data", out var data))
        {
            if (Encoding.UTF8.GetByteCount(data.ToString()) is < 1 or > 64)
                throw BotApiException.BadRequest("BUTTON_DATA_INVALID");
        }
        else if (!button.EnumerateObject().Any(p => p.Name is not ("text" or "style" or "icon_custom_emoji_id")))
        {
            throw BotApiException.BadRequest("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard");
        }
    }

    /// <summary>The chosen button; null if the message has no such button.</summary>
    public static (string? CallbackData, string? Url)? Find(string? markup, ButtonChoice choice)
    {
        if (markup is null)
            return null;
        using var json = JsonDocument.Parse(markup);
        if (!json.RootElement.TryGetProperty("inline_keyboard", out var rows))
            return null;
        var row = 0;
        foreach (var buttons in rows.EnumerateArray())
        {
            var column = 0;
            foreach (var button in buttons.EnumerateArray())
            {
                var data = button.TryGetProperty("callback_data", out var value) ? value.ToString() : null;
                if (choice.Data is null ? (row, column) == (choice.Row, choice.Column) : data == choice.Data)
                    return (data, button.TryGetProperty("url", out var url) ? url.ToString() : null);
                column++;
            }

            row++;
        }

        return null;
    }
}

/// <summary>Links that Telegram takes: http, https, tg and ton; a host needs a dot, so localhost is refused and 127.0.0.1 is not.</summary>
internal static class LinkUrl
{
    /// <returns>Telegram's reason for refusing, or null.</returns>
    public static string? Check(string url)
    {
        var colon = url.IndexOf("://", StringComparison.Ordinal);
        var scheme = colon < 0 ? "http" : url[..colon].ToLowerInvariant();
        if (scheme is "tg" or "ton" || url.StartsWith("mailto:", StringComparison.Ordinal) || url.StartsWith("tel:", StringComparison.Ordinal))
            return null;
        if (scheme is not ("http" or "https"))
            return "Unsupported URL protocol";
        return Uri.TryCreate(colon < 0 ? $"http://{url}" : url, UriKind.Absolute, out var uri)
            && (uri.Host.Contains('.') || uri.HostNameType == UriHostNameType.IPv6)
            && !uri.Host.EndsWith('.')
            ? null
            : "Wrong HTTP URL";
    }
}

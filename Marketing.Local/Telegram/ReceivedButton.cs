using System.Text.Json;

namespace Marketing.Local.Telegram;

/// <summary>A button under a received message; it has either callback data or a url.</summary>
public sealed record ReceivedButton(string Text, string? CallbackData, string? Url)
{
    /// <summary>The message's inline keyboard, row by row.</summary>
    public static IReadOnlyList<ReceivedButton> Of(ReceivedMessage message) => message.ReplyMarkup is null
        ? []
        : [.. JsonElement.Parse(message.ReplyMarkup).GetProperty("inline_keyboard").EnumerateArray()
            .SelectMany(row => row.EnumerateArray())
            .Select(button => new ReceivedButton(
                button.GetProperty("text").GetString()!, Optional(button, "callback_data"), Optional(button, "url")))];

    private static string? Optional(JsonElement button, string name) => button.TryGetProperty(name, out var value) ? value.GetString() : null;
}

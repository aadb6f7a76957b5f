using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Marketing.Local.Telegram;

/// <summary>What the page reads: the list of chats, one conversation, the bot.</summary>
internal sealed class PageApi(SimulatorState state)
{
    // A page that has scrolled back further reads no more than this at each event.
    private const int MostMessages = 500;
    private readonly ChatList chats = new(state);

    private sealed record BotView(long Id, string Name, string Username, string? WebhookUrl, int PendingUpdates, string? LastError);

    public object Chats(HttpRequest request)
    {
        var (total, entries) = chats.Read(request.Query["search"],
            (int)Math.Clamp(ControlApi.Number(request, "offset") ?? 0, 0, int.MaxValue),
            (int)Math.Clamp(ControlApi.Number(request, "limit") ?? 50, 1, 200));
        return new { total, chats = entries };
    }

    public ChatEntry Chat(long chatId) => chats.Entry(chatId);

    public object MarkRead(long chatId, int messageId)
    {
        chats.MarkRead(chatId, messageId);
        return new { chat_id = chatId };
    }

    /// <summary>Null while no bot has called.</summary>
    public object Bot() => new
    {
        bot = state.Bots.Find(null) is { } bot
            ? new BotView(bot.Id, bot.Name, bot.Username, bot.Webhook.Target?.Url, bot.Webhook.Pending, bot.Webhook.LastError?.Message)
            : null,
    };

    /// <summary>The chat, its commands, and its messages: the last ones before an id, or all from an id on.</summary>
    public async Task WriteConversationAsync(HttpContext http, long chatId)
    {
        var before = (int)(ControlApi.Number(http.Request, "before") ?? int.MaxValue);
        var from = (int)(ControlApi.Number(http.Request, "from") ?? 0);
        var limit = (int)Math.Clamp(ControlApi.Number(http.Request, "limit") ?? (from > 0 ? MostMessages : 50), 1, MostMessages);
        var messages = state.Log.ReadBack(chatId, before, from, limit);
        using var buffer = JsonBuffer.Rent();
        var json = buffer.Json;
        json.WriteStartObject();
        json.WritePropertyName("chat"u8);
        JsonSerializer.Serialize(json, chats.Entry(chatId), ControlApi.Json);
        json.WritePropertyName("commands"u8);
        json.WriteRawValue(state.Bots.Find(null)?.CommandsFor(chatId, state.Chats[chatId].LanguageCode) ?? "[]");
        json.WriteBoolean("more"u8, messages.Count > 0 && state.Log.ReadBack(chatId, messages[0].Id, 0, 1).Count > 0);
        json.WriteStartArray("messages"u8);
        foreach (var message in messages)
            TelegramJson.WriteReceived(json, ReceivedMessage.From(message));
        json.WriteEndArray();
        json.WriteEndObject();
        await buffer.SendAsync(http.Response, 200, http.RequestAborted);
    }
}

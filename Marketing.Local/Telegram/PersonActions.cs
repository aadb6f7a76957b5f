using System.Globalization;
using System.Text.Json;

namespace Marketing.Local.Telegram;

/// <summary>
/// What came of a press. Answer is null when the bot did not answer in time; WebhookStatus is null when the webhook could not
/// be reached or there is none; OpenedUrl is set, and nothing is sent to the bot, when the button is a link.
/// </summary>
public sealed record PressResult(int? UpdateId, string? CallbackQueryId, CallbackAnswer? Answer, int? WebhookStatus, string? OpenedUrl);

/// <summary>What came of something a person wrote or a test posted.</summary>
public sealed record UpdateResult(int? UpdateId, int? MessageId, int? WebhookStatus);

/// <summary>The button with this callback data or, without data, the one at row and column. A forged one need not be on the message.</summary>
internal sealed record ButtonChoice(string? Data, int Row = 0, int Column = 0, bool Forged = false);

/// <summary>What people do: press, write, block. Each becomes an update in the bot's queue.</summary>
internal sealed class PersonActions(SimulatorState state)
{
    /// <summary>Presses a button and waits for the bot's answer and the webhook's first status.</summary>
    /// <exception cref="KeyNotFoundException">No such message or button.</exception>
    public async Task<PressResult> PressAsync(long chatId, int messageId, ButtonChoice choice, TimeSpan wait, CancellationToken ct)
    {
        var message = state.Log.Find(chatId, messageId);
        if (message is null or { Deleted: true } && !choice.Forged)
            throw new KeyNotFoundException($"no message {messageId} in chat {chatId}");
        var (data, url) = choice.Forged
            ? (choice.Data, null)
            : Keyboards.Find(message!.MarkupText, choice) ?? throw new KeyNotFoundException($"message {messageId} has no such button");
        if (url is not null)
            return new(null, null, null, null, url);

        var bot = message?.Bot ?? AnyBot();
        var (queryId, answer) = state.Callbacks.Press();
        var card = state.Chats[chatId];
        var update = Enqueue(bot, chatId, "callback_query", json =>
        {
            json.WriteString("id"u8, queryId);
            json.WriteStartObject("from"u8);
            TelegramJson.WritePerson(json, chatId, card);
            json.WriteEndObject();
            if (message is not null)
            {
                json.WritePropertyName("message"u8);
                lock (message)
                    TelegramJson.WriteMessage(json, message, card, message.Formatted(), message.MarkupText);
            }

            json.WriteString("chat_instance"u8, chatId.ToString(CultureInfo.InvariantCulture));
            if (data is not null)
                json.WriteString("data"u8, data);
        });
        if (update is null)
            return new(null, queryId, null, null, null);
        await WaitAsync(Task.WhenAll(answer, update.Attempted), wait, ct);
        return new(update.UpdateId, queryId, answer.IsCompletedSuccessfully ? await answer : null, update.Status, null);
    }

    public async Task<UpdateResult> SayAsync(long chatId, string text, TimeSpan wait, CancellationToken ct)
    {
        // Whoever writes to a bot that they blocked has unblocked it by that.
        if (state.Chats[chatId].Status == ChatStatus.Blocked)
            SetChat(chatId, ChatStatus.Normal, null, notify: true);
        var bot = AnyBot();
        var now = state.Time.GetUtcNow().ToUnixTimeMilliseconds();
        var message = state.Log.Append(chatId, static (id, previous, said) => new LoggedMessage
        {
            Id = id,
            ChatId = said.chatId,
            Bot = said.bot,
            Method = "say",
            At = said.now,
            Previous = previous,
            Source = said.text,
        }, (chatId, bot, now, text: new TextStore().Add(text)));
        var update = Enqueue(bot, chatId, "message",
            json => TelegramJson.WriteMessageMembers(json, message, state.Chats[chatId], message.Formatted(), null));
        await AttemptedAsync(update, wait, ct);
        return new(update?.UpdateId, message.Id, update?.Status);
    }

    /// <returns>The chat: the given one or, without an id, one of its own.</returns>
    public long Introduce(long? chatId, string? firstName, string? username, string? languageCode, bool? admin)
    {
        var id = chatId ?? state.Chats.NewId();
        state.Chats.Introduce(id, firstName, username, languageCode, admin);
        // An admin comes first in the list.
        state.Changes.Add(admin is null ? id : ChangeLog.EveryChat);
        return id;
    }

    /// <summary>
    /// Sets what a chat answers; with <paramref name="notify"/> the bot is told by my_chat_member, as it is when a person blocks it.
    /// </summary>
    public PendingUpdate? SetChat(long chatId, ChatStatus status, long? migratedTo, bool notify)
    {
        var before = state.Chats[chatId];
        state.Chats.Set(chatId, status, migratedTo);
        state.Changes.Add(chatId);
        if (!notify || state.Bots.Find(null) is not { } bot)
            return null;
        var card = state.Chats[chatId];
        return Enqueue(bot, chatId, "my_chat_member", json =>
        {
            TelegramJson.WriteChat(json, chatId, card);
            json.WriteStartObject("from"u8);
            TelegramJson.WritePerson(json, chatId, card);
            json.WriteEndObject();
            json.WriteNumber("date"u8, state.Time.GetUtcNow().ToUnixTimeSeconds());
            WriteMember(json, "old_chat_member"u8, bot, before.Status);
            WriteMember(json, "new_chat_member"u8, bot, status);
        });
    }

    /// <summary>Posts a body as it is, whatever it is, in its own lane.</summary>
    public async Task<UpdateResult> PostRawAsync(byte[] body, TimeSpan wait, CancellationToken ct)
    {
        var bot = AnyBot();
        int? id = null;
        try
        {
            var json = JsonElement.Parse(body);
            if (json.ValueKind == JsonValueKind.Object && json.TryGetProperty("update_id", out var given) && given.TryGetInt32(out var number))
                id = number;
        }
        catch (JsonException)
        {
            // No JSON at all is worth posting too.
        }

        var update = new PendingUpdate(id, lane: 0, body);
        bot.Webhook.Enqueue(update);
        await AttemptedAsync(update, wait, ct);
        return new(id, null, update.Status);
    }

    private BotAccount AnyBot() =>
        state.Bots.Find(null) ?? throw new KeyNotFoundException("no bot has called yet: call getMe or setWebhook first");

    /// <returns>Null when the webhook does not want this kind of update.</returns>
    private static PendingUpdate? Enqueue(BotAccount bot, long chatId, string kind, Action<Utf8JsonWriter> write)
    {
        if (bot.Webhook.Target?.Wants(kind) == false)
            return null;
        var id = bot.Webhook.NextId();
        using var buffer = JsonBuffer.Rent();
        buffer.Json.WriteStartObject();
        buffer.Json.WriteNumber("update_id"u8, id);
        buffer.Json.WriteStartObject(kind);
        write(buffer.Json);
        buffer.Json.WriteEndObject();
        buffer.Json.WriteEndObject();
        var update = new PendingUpdate(id, chatId, buffer.ToArray());
        bot.Webhook.Enqueue(update);
        return update;
    }

    private Task<bool> AttemptedAsync(PendingUpdate? update, TimeSpan wait, CancellationToken ct) =>
        update is null ? Task.FromResult(false) : WaitAsync(update.Attempted, wait, ct);

    private async Task<bool> WaitAsync(Task task, TimeSpan wait, CancellationToken ct)
    {
        try
        {
            await task.WaitAsync(wait, state.Time, ct);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private static void WriteMember(Utf8JsonWriter json, ReadOnlySpan<byte> name, BotAccount bot, ChatStatus status)
    {
        var kicked = status is ChatStatus.Blocked or ChatStatus.Deactivated;
        json.WriteStartObject(name);
        json.WriteStartObject("user"u8);
        TelegramJson.WriteBot(json, bot);
        json.WriteEndObject();
        json.WriteString("status"u8, kicked ? "kicked" : "member");
        if (kicked)
            json.WriteNumber("until_date"u8, 0);
        json.WriteEndObject();
    }
}

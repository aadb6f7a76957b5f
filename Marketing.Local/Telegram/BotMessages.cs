using System.Text.Json;

namespace Marketing.Local.Telegram;

/// <summary>The Bot API methods that make and change messages. Each writes its result or throws Telegram's refusal.</summary>
internal sealed class BotMessages(SimulatorState state)
{
    private readonly TextStore texts = new();
    private readonly TextStore keyboards = new();

    public void SendMessage(BotAccount bot, BotParameters parameters, Utf8JsonWriter json)
    {
        var chatId = parameters.ChatId();
        var body = MessageBody.Read(parameters, "text", "entities");
        var parsed = body.ParseText();
        var markup = Keyboards.Check(parameters.Json("reply_markup"));
        Admit(chatId);
        var message = Append(bot, chatId, "sendMessage", body, markup, null);
        TelegramJson.WriteMessage(json, message, state.Chats[chatId], parsed, markup);
    }

    public void SendPhoto(BotAccount bot, BotParameters parameters, Utf8JsonWriter json)
    {
        var chatId = parameters.ChatId();
        var photo = parameters.Text("photo");
        if (string.IsNullOrEmpty(photo))
            throw BotApiException.BadRequest("there is no photo in the request");
        if (!IsPhoto(photo))
            throw BotApiException.BadRequest("wrong file identifier/HTTP URL specified");
        var body = MessageBody.Read(parameters, "caption", "caption_entities");
        var parsed = body.ParseCaption();
        var markup = Keyboards.Check(parameters.Json("reply_markup"));
        Admit(chatId);
        var message = Append(bot, chatId, "sendPhoto", body, markup, photo);
        TelegramJson.WriteMessage(json, message, state.Chats[chatId], parsed, markup);
    }

    public void CopyMessage(BotAccount bot, BotParameters parameters, Utf8JsonWriter json)
    {
        var chatId = parameters.ChatId();
        var from = parameters.ChatId("from_chat_id");
        var markup = Keyboards.Check(parameters.Json("reply_markup"));
        Admit(chatId);
        if (state.Log.Find(from, parameters.MessageId()) is not { Deleted: false } original)
            throw BotApiException.BadRequest("message to copy not found");
        var body = original.Photo is not null && parameters.Text("caption") is not null
            ? MessageBody.Read(parameters, "caption", "caption_entities")
            : original.Body();
        var message = Append(bot, chatId, "copyMessage", body, markup, original.Photo);
        json.WriteStartObject();
        json.WriteNumber("message_id"u8, message.Id);
        json.WriteEndObject();
    }

    public void EditMessageText(BotAccount bot, BotParameters parameters, Utf8JsonWriter json)
    {
        var body = MessageBody.Read(parameters, "text", "entities");
        var parsed = body.ParseText();
        Edit(bot, parameters, json, message =>
        {
            if (message.Photo is not null)
                throw BotApiException.BadRequest("there is no text in the message to edit");
            return (body, parsed);
        });
    }

    public void EditMessageReplyMarkup(BotAccount bot, BotParameters parameters, Utf8JsonWriter json) =>
        Edit(bot, parameters, json, message => (message.Body(), message.Formatted()));

    public void DeleteMessage(BotParameters parameters, Utf8JsonWriter json)
    {
        if (!Delete(parameters.ChatId(), parameters.MessageId()))
            throw BotApiException.BadRequest("message to delete not found");
        json.WriteBooleanValue(true);
    }

    // Ids that do not exist are skipped, as Telegram documents.
    public void DeleteMessages(BotParameters parameters, Utf8JsonWriter json)
    {
        var chatId = parameters.ChatId();
        int[]? ids;
        try
        {
            ids = JsonSerializer.Deserialize<int[]>(parameters.Json("message_ids") ?? "null");
        }
        catch (JsonException)
        {
            throw BotApiException.BadRequest("can't parse message identifiers JSON object");
        }

        if (ids is null or [])
            throw BotApiException.BadRequest("message identifiers are not specified");
        if (ids.Length > 100)
            throw BotApiException.BadRequest("too many message identifiers specified");
        foreach (var id in ids)
            Delete(chatId, id);
        json.WriteBooleanValue(true);
    }

    private void Edit(
        BotAccount bot, BotParameters parameters, Utf8JsonWriter json, Func<LoggedMessage, (MessageBody Body, FormattedText Parsed)> change)
    {
        var chatId = parameters.ChatId();
        var id = parameters.MessageId();
        // An edit without a keyboard takes the keyboard away.
        var markup = Keyboards.Check(parameters.Json("reply_markup"));
        state.Chats.Admit(chatId);
        if (state.Log.Find(chatId, id) is not { Deleted: false } message)
            throw BotApiException.BadRequest("message to edit not found");
        if (message.FromPerson || message.Bot != bot)
            throw BotApiException.BadRequest("message can't be edited");
        lock (message)
        {
            var (body, parsed) = change(message);
            if (markup == message.MarkupText && parsed.SameAs(message.Formatted()))
                throw BotApiException.BadRequest("message is not modified: specified new message content and reply markup are exactly "
                    + "the same as a current content and reply markup of the message");
            (message.Source, message.IsHtml, message.GivenEntities) = (texts.Add(body.Source), body.IsHtml, body.GivenEntities);
            message.Markup = keyboards.Add(markup ?? "");
            message.EditDate = Now();
            state.Changes.Add(chatId);
            TelegramJson.WriteMessage(json, message, state.Chats[chatId], parsed, markup);
        }
    }

    private bool Delete(long chatId, int id)
    {
        state.Chats.Admit(chatId);
        if (state.Log.Find(chatId, id) is not { } message)
            return false;
        lock (message)
        {
            if (message.Deleted)
                return false;
            message.Deleted = true;
            state.Changes.Add(chatId);
            return true;
        }
    }

    // The rate is counted before the chat is looked at: a message to a blocked chat costs a slot too.
    private void Admit(long chatId)
    {
        if (state.Traffic.Take(chatId) is { } seconds)
            throw BotApiException.TooManyRequests(seconds);
        state.Chats.Admit(chatId);
    }

    private LoggedMessage Append(BotAccount bot, long chatId, string method, MessageBody body, string? markup, string? photo) =>
        state.Log.Append(chatId, static (id, previous, m) => new LoggedMessage
        {
            Id = id,
            ChatId = m.chatId,
            Bot = m.bot,
            Method = m.method,
            At = m.now,
            Previous = previous,
            IsHtml = m.body.IsHtml,
            Source = m.source,
            Markup = m.keyboard,
            GivenEntities = m.body.GivenEntities,
            Photo = m.photo,
        }, (bot, chatId, method, body, photo, source: texts.Add(body.Source), keyboard: keyboards.Add(markup ?? ""), now: state.Time.GetUtcNow().ToUnixTimeMilliseconds()));

    private uint Now() => (uint)state.Time.GetUtcNow().ToUnixTimeSeconds();

    private static bool IsPhoto(string photo) =>
        photo.StartsWith("attach://", StringComparison.Ordinal)
        || (photo.Contains("://", StringComparison.Ordinal)
            ? photo.StartsWith("http", StringComparison.OrdinalIgnoreCase) && LinkUrl.Check(photo) is null
            : photo.Length >= 20 && photo.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'));
}

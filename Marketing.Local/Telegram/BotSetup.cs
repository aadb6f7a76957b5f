using System.Text.Json;

namespace Marketing.Local.Telegram;

/// <summary>The Bot API methods about the bot itself: who it is, its webhook, its commands, and answers to presses.</summary>
internal sealed class BotSetup(SimulatorState state)
{
    public static void GetMe(BotAccount bot, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        TelegramJson.WriteBot(json, bot);
        json.WriteBoolean("can_join_groups"u8, true);
        json.WriteBoolean("can_read_all_group_messages"u8, false);
        json.WriteBoolean("supports_inline_queries"u8, false);
        json.WriteEndObject();
    }

    // http is allowed here, and ports are free: the webhook of a laptop is http://127.0.0.1:7071/...
    public static void SetWebhook(BotAccount bot, BotParameters parameters, Utf8JsonWriter json)
    {
        var url = parameters.Text("url");
        var drop = parameters.Flag("drop_pending_updates");
        if (string.IsNullOrEmpty(url))
        {
            bot.Webhook.SetTarget(null, drop);
            json.WriteBooleanValue(true);
            return;
        }

        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            throw BotApiException.BadRequest("bad webhook: An HTTPS URL must be provided for webhook");
        // A name under .invalid never is one (RFC 6761), and no other is looked up.
        if (uri.Host.EndsWith(".invalid", StringComparison.OrdinalIgnoreCase))
            throw BotApiException.BadRequest("bad webhook: Failed to resolve host: Name or service not known");
        var secret = parameters.Text("secret_token");
        if (secret is { Length: > 256 })
            throw BotApiException.BadRequest("secret token is too long");
        if (secret is not null && !secret.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            throw BotApiException.BadRequest("secret token contains unallowed characters");
        // Without the parameter the former list stays.
        var allowed = parameters.Json("allowed_updates") is { } list ? Strings(list) : bot.Webhook.Target?.AllowedUpdates ?? [];
        var connections = Math.Clamp(parameters.Integer("max_connections") ?? 40, 1, 100);
        bot.Webhook.SetTarget(new(url, string.IsNullOrEmpty(secret) ? null : secret, allowed, connections), drop);
        json.WriteBooleanValue(true);
    }

    public static void DeleteWebhook(BotAccount bot, BotParameters parameters, Utf8JsonWriter json)
    {
        bot.Webhook.SetTarget(null, parameters.Flag("drop_pending_updates"));
        json.WriteBooleanValue(true);
    }

    public static void GetWebhookInfo(BotAccount bot, Utf8JsonWriter json)
    {
        var target = bot.Webhook.Target;
        json.WriteStartObject();
        json.WriteString("url"u8, target?.Url ?? "");
        json.WriteBoolean("has_custom_certificate"u8, false);
        json.WriteNumber("pending_update_count"u8, bot.Webhook.Pending);
        if (target is not null)
        {
            json.WriteNumber("max_connections"u8, target.MaxConnections);
            if (bot.Webhook.LastError is var (date, message))
            {
                json.WriteNumber("last_error_date"u8, date);
                json.WriteString("last_error_message"u8, message);
            }

            if (target.AllowedUpdates.Count > 0)
            {
                json.WriteStartArray("allowed_updates"u8);
                foreach (var kind in target.AllowedUpdates)
                    json.WriteStringValue(kind);
                json.WriteEndArray();
            }
        }

        json.WriteEndObject();
    }

    public static void SetMyCommands(BotAccount bot, BotParameters parameters, Utf8JsonWriter json)
    {
        var commands = parameters.Json("commands") ?? throw BotApiException.BadRequest("commands are not specified");
        var list = Parse(commands);
        if (list.ValueKind != JsonValueKind.Array || list.EnumerateArray().Any(c => c.ValueKind != JsonValueKind.Object))
            throw BotApiException.BadRequest("expected an Array of BotCommand");
        foreach (var command in list.EnumerateArray())
        {
            var name = command.TryGetProperty("command", out var value) ? value.ToString().TrimStart('/') : null;
            if (name is not { Length: >= 1 and <= 32 } || !name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_'))
                throw BotApiException.BadRequest("BOT_COMMAND_INVALID");
            if (!command.TryGetProperty("description", out var description) || description.ToString() is not { Length: >= 1 and <= 256 })
                throw BotApiException.BadRequest("BOT_COMMAND_DESCRIPTION_INVALID");
        }

        bot.Commands[CommandsKey(parameters)] = commands;
        json.WriteBooleanValue(true);
    }

    public static void GetMyCommands(BotAccount bot, BotParameters parameters, Utf8JsonWriter json) =>
        json.WriteRawValue(bot.Commands.GetValueOrDefault(CommandsKey(parameters)) ?? "[]");

    public void AnswerCallbackQuery(BotParameters parameters, Utf8JsonWriter json)
    {
        if (parameters.Text("text") is { Length: > 200 })
            throw BotApiException.BadRequest("MESSAGE_TOO_LONG");
        state.Callbacks.Answer(parameters.Text("callback_query_id"),
            new(parameters.Text("text"), parameters.Flag("show_alert"), parameters.Text("url")));
        json.WriteBooleanValue(true);
    }

    // The seven scopes of core.telegram.org/bots/api#botcommandscope; three of them name a chat, and one a member too.
    private static string CommandsKey(BotParameters parameters)
    {
        var scope = parameters.Json("scope") is { } json ? Parse(json) : JsonElement.Parse("""{"type":"default"}""");
        if (scope.ValueKind != JsonValueKind.Object)
            throw BadScope("BotCommandScope must be an Object");
        var type = Member(scope, "type");
        var (chat, user) = type switch
        {
            "default" or "all_private_chats" or "all_group_chats" or "all_chat_administrators" => ("", ""),
            "chat" or "chat_administrators" => (Member(scope, "chat_id"), ""),
            "chat_member" => (Member(scope, "chat_id"), Member(scope, "user_id")),
            _ => throw BadScope("Unsupported type specified"),
        };
        return $"{type}/{chat}/{user}/{parameters.Text("language_code")}";
    }

    private static string Member(JsonElement scope, string name) =>
        scope.TryGetProperty(name, out var value) ? value.ToString() : throw BadScope($"Can't find field \"{name}\"");

    private static BotApiException BadScope(string reason) => BotApiException.BadRequest($"can't parse BotCommandScope: {reason}");

    private static string[] Strings(string json) =>
        Parse(json) is { ValueKind: JsonValueKind.Array } list ? [.. list.EnumerateArray().Select(e => e.ToString())] : [];

    private static JsonElement Parse(string json)
    {
        try
        {
            return JsonElement.Parse(json);
        }
        catch (JsonException)
        {
            throw BotApiException.BadRequest("can't parse JSON object");
        }
    }
}

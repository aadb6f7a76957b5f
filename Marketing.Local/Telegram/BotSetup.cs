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

    private static string CommandsKey(BotParameters parameters)
    {
        var scope = parameters.Json("scope") is { } json ? Parse(json) : default;
        var type = scope.ValueKind == JsonValueKind.Object && scope.TryGetProperty("type", out var name) ? name.ToString() : "default";
        var chat = scope.ValueKind == JsonValueKind.Object && scope.TryGetProperty("chat_id", out var id) ? id.ToString() : "";
        return $"{type}/{chat}/{parameters.Text("language_code")}";
    }

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

using System.Net.Http.Json;
using Telegram.Bot.Requests.Abstractions;
using Telegram.Bot.Types;
using Telegram.Bot.Types.Enums;
using Telegram.Bot.Types.ReplyMarkups;

namespace Telegram.Bot;

/// <summary>One method per Bot API method in use, parameters in the package's order; the names of the parameters are the API's.</summary>
public static class TelegramBotClientExtensions
{
    public static Task<User> GetMe(this ITelegramBotClient botClient, CancellationToken cancellationToken = default) =>
        botClient.Call<User>("getMe", null, cancellationToken);

    public static Task SetWebhook(
        this ITelegramBotClient botClient, string url, InputFileStream? certificate = default, string? ipAddress = default,
        int? maxConnections = default, IEnumerable<UpdateType>? allowedUpdates = default, bool dropPendingUpdates = default,
        string? secretToken = default, CancellationToken cancellationToken = default) =>
        botClient.Call<bool>(
            "setWebhook",
            new { url, certificate, ipAddress, maxConnections, allowedUpdates, dropPendingUpdates, secretToken },
            cancellationToken);

    public static Task DeleteWebhook(
        this ITelegramBotClient botClient, bool dropPendingUpdates = default, CancellationToken cancellationToken = default) =>
        botClient.Call<bool>("deleteWebhook", new { dropPendingUpdates }, cancellationToken);

    public static Task<WebhookInfo> GetWebhookInfo(this ITelegramBotClient botClient, CancellationToken cancellationToken = default) =>
        botClient.Call<WebhookInfo>("getWebhookInfo", null, cancellationToken);

    public static Task SetMyCommands(
        this ITelegramBotClient botClient, IEnumerable<BotCommand> commands, BotCommandScope? scope = default,
        string? languageCode = default, CancellationToken cancellationToken = default) =>
        botClient.Call<bool>("setMyCommands", new { commands, scope, languageCode }, cancellationToken);

    public static Task<Message> SendMessage(
        this ITelegramBotClient botClient, ChatId chatId, string text, ParseMode parseMode = default,
        ReplyParameters? replyParameters = default, ReplyMarkup? replyMarkup = default, LinkPreviewOptions? linkPreviewOptions = default,
        int? messageThreadId = default, IEnumerable<MessageEntity>? entities = default, bool disableNotification = default,
        bool protectContent = default, string? messageEffectId = default, string? businessConnectionId = default,
        bool allowPaidBroadcast = default, long? directMessagesTopicId = default, SuggestedPostParameters? suggestedPostParameters = default,
        long? receiverUserId = default, string? callbackQueryId = default, CancellationToken cancellationToken = default) =>
        botClient.Call<Message>(
            "sendMessage",
            new
            {
                chatId, text, parseMode, replyParameters, replyMarkup, linkPreviewOptions, messageThreadId, entities, disableNotification,
                protectContent, messageEffectId, businessConnectionId, allowPaidBroadcast, directMessagesTopicId, suggestedPostParameters,
                receiverUserId, callbackQueryId,
            },
            cancellationToken);

    public static Task AnswerCallbackQuery(
        this ITelegramBotClient botClient, string callbackQueryId, string? text = default, bool showAlert = default, string? url = default,
        int? cacheTime = default, CancellationToken cancellationToken = default) =>
        botClient.Call<bool>("answerCallbackQuery", new { callbackQueryId, text, showAlert, url, cacheTime }, cancellationToken);

    public static Task<Message> EditMessageText(
        this ITelegramBotClient botClient, ChatId chatId, int messageId, string? text, ParseMode parseMode = default,
        InlineKeyboardMarkup? replyMarkup = default, LinkPreviewOptions? linkPreviewOptions = default,
        IEnumerable<MessageEntity>? entities = default, InputRichMessage? richMessage = default, string? businessConnectionId = default,
        CancellationToken cancellationToken = default) =>
        botClient.Call<Message>(
            "editMessageText",
            new { chatId, messageId, text, parseMode, replyMarkup, linkPreviewOptions, entities, richMessage, businessConnectionId },
            cancellationToken);

    public static Task<Message> EditMessageReplyMarkup(
        this ITelegramBotClient botClient, ChatId chatId, int messageId, InlineKeyboardMarkup? replyMarkup = default,
        string? businessConnectionId = default, CancellationToken cancellationToken = default) =>
        botClient.Call<Message>("editMessageReplyMarkup", new { chatId, messageId, replyMarkup, businessConnectionId }, cancellationToken);

    private static Task<T> Call<T>(this ITelegramBotClient bot, string method, object? parameters, CancellationToken ct) =>
        bot.SendRequest(new Request<T>(method, parameters), ct);

    // What has its type's default value is not written: the API's defaults are the same.
    private sealed record Request<T>(string MethodName, object? Parameters) : IRequest<T>
    {
        public HttpMethod HttpMethod => HttpMethod.Post;

        public HttpContent? ToHttpContent() =>
            Parameters is null ? null : JsonContent.Create(Parameters, Parameters.GetType(), options: JsonBotAPI.Options);
    }
}

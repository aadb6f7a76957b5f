using Marketing.Core.Delivery;
using Telegram.Bot;
using Telegram.Bot.Exceptions;
using Telegram.Bot.Types.Enums;
using Telegram.Bot.Types.ReplyMarkups;

namespace Marketing.Core.Telegram;

/// <summary>The one message of a chat that is edited in place.</summary>
public sealed class ControlMessage(BotReplies replies)
{
    /// <param name="messageId">Null when there is none yet.</param>
    /// <returns>The message's id: a new one when it was deleted, or cannot be edited any more.</returns>
    public async Task<int> ShowAsync(long chatId, int? messageId, string html, InlineKeyboardMarkup? buttons, CancellationToken ct)
    {
        if (messageId is { } id && await TryEditAsync(chatId, id, html, buttons, ct))
            return id;
        var sent = await replies.CallAsync(
            bot => bot.SendMessage(chatId, html, ParseMode.Html, replyMarkup: buttons, cancellationToken: ct), ct);
        return sent.Id;
    }

    private async Task<bool> TryEditAsync(long chatId, int messageId, string html, InlineKeyboardMarkup? buttons, CancellationToken ct)
    {
        try
        {
            await replies.CallAsync(
                bot => bot.EditMessageText(chatId, messageId, html, ParseMode.Html, buttons, cancellationToken: ct), ct);
            return true;
        }
        catch (ApiRequestException e) when (e.ErrorCode == 400 && Says(e, "message is not modified"))
        {
            return true;
        }
        catch (ApiRequestException e) when (e.ErrorCode == 400 && (Says(e, "message to edit not found") || Says(e, "message can't be edited")))
        {
            return false;
        }
    }

    private static bool Says(ApiRequestException e, string what) => e.Message.Contains(what, StringComparison.OrdinalIgnoreCase);
}

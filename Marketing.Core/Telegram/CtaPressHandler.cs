using System.Net;
using Marketing.Core.Cta;
using Marketing.Core.Delivery;
using Telegram.Bot;
using Telegram.Bot.Exceptions;
using Telegram.Bot.Types;
using Telegram.Bot.Types.Enums;
using Telegram.Bot.Types.ReplyMarkups;

namespace Marketing.Core.Telegram;

/// <summary>A press on a callback button: recorded, answered, then followed by the button's answer or link.</summary>
public sealed class CtaPressHandler(ClickRepository clicks, BotReplies replies, ITelegramBotClient bot)
{
    public async Task HandleAsync(CallbackQuery press, CancellationToken ct)
    {
        // Forged, foreign and old data gets an empty answer, so that the button stops spinning, and leaves no trace.
        var target = CallbackData.Read(press.Data) is { } data ? await clicks.PressAsync(data, press.From.Id, ct) : null;
        await AnswerAsync(press.Id, ct);
        if (target is null or { Answer: null, Url: null })
            return;
        var link = target.Url is null ? null : new InlineKeyboardMarkup(InlineKeyboardButton.WithUrl(target.Label, target.Url));
        await replies.CallAsync(b => b.SendMessage(
            press.Message?.Chat.Id ?? press.From.Id, WebUtility.HtmlEncode(target.Answer ?? target.Label), ParseMode.Html,
            replyMarkup: link, cancellationToken: ct), ct);
    }

    private async Task AnswerAsync(string pressId, CancellationToken ct)
    {
        try
        {
            await bot.AnswerCallbackQuery(pressId, cancellationToken: ct);
        }
        catch (ApiRequestException e) when (e.ErrorCode == 400)
        {
            // Too old to be answered (Telegram sends presses again after an outage of ours); the follow-up still goes out.
        }
    }
}

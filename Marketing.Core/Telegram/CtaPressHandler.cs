using System.Net;
using Marketing.Core.Cta;
using Marketing.Core.Delivery;
using Telegram.Bot;
using Telegram.Bot.Types;
using Telegram.Bot.Types.Enums;
using Telegram.Bot.Types.ReplyMarkups;

namespace Marketing.Core.Telegram;

/// <summary>A press on a button of a broadcast's message: answered, recorded, then followed by the button's answer or link.</summary>
public sealed class CtaPressHandler(PressRepository presses, UpdateRepository updates, UserChat users, BotReplies replies, PressAnswers answers)
{
    public async Task<UpdateTake> HandleAsync(CallbackQuery press, CallbackData data, int updateId, CancellationToken ct)
    {
        // On its way while the database works. Forged, foreign and old data is answered too, and leaves no trace.
        var answer = answers.AnswerAsync(press.Id, ct);
        var taken = await presses.TakeAsync(updateId, data, press.From.Id, ct);
        if (taken is null)
            return await updates.NotTakenAsync(updateId, ct);
        if (taken.IsOpen)
            await FollowUpAsync(taken, press.Message?.Chat.Id ?? press.From.Id, ct);
        return await answer is { } failed ? throw failed : taken.Take;
    }

    private Task FollowUpAsync(TakenPress press, long chatId, CancellationToken ct)
    {
        if (press.IsUnsubscribe)
            return users.AskToStopAsync(chatId, ct);
        var link = press.Url is null ? null : new InlineKeyboardMarkup(InlineKeyboardButton.WithUrl(press.Label!, press.Url));
        return replies.CallAsync(b => b.SendMessage(
            chatId, WebUtility.HtmlEncode(press.Answer ?? press.Label!), ParseMode.Html, replyMarkup: link, cancellationToken: ct), ct);
    }
}

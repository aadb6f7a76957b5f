using Marketing.Core.Cta;
using Marketing.Core.Delivery;
using Telegram.Bot;
using Telegram.Bot.Exceptions;
using Telegram.Bot.Types;
using Telegram.Bot.Types.Enums;
using Telegram.Bot.Types.ReplyMarkups;

namespace Marketing.Core.Telegram;

/// <summary>A person's own private chat with the bot: /start, /stop, /help, and the buttons under the bot's answers.</summary>
public sealed class UserChat(
    PeopleRepository people, UpdateRepository updates, ConversionLinks links, ConversionService conversions, BotReplies replies, PressAnswers answers)
{
    // Telegram's words for it (core.telegram.org/bots/api), as a broadcast's refusal has them.
    private const string Blocked = "Forbidden: bot was blocked by the user";

    /// <summary>A message that was taken. What is no command of these is left unanswered: the bot does not converse.</summary>
    public Task HandleAsync(Message message, int updateId, CancellationToken ct) => ChatCommand.Read(message.Text) switch
    {
        ("start", var payload) => StartAsync(message, updateId, payload, ct),
        ("stop", _) => StopAsync(message, updateId, ct),
        ("help", _) => SayAsync(message.Chat.Id, UserTexts.Help, null, ct),
        _ => Task.CompletedTask,
    };

    private async Task StartAsync(Message message, int updateId, string payload, CancellationToken ct)
    {
        var person = await people.StartAsync(message, updateId, IsDeepLink(payload) ? payload : null, ct);
        var converted = links.Read(payload);
        if (converted is not null)
            await conversions.RecordLinkAsync(person.Id, converted, message.Date, ct);
        if (person.Stands)
            await SayAsync(message.Chat.Id, UserTexts.Welcome(message.From!.FirstName, hasConverted: converted is not null), null, ct);
    }

    private async Task StopAsync(Message message, int updateId, CancellationToken ct)
    {
        if ((await people.StopAsync(message, updateId, ct)).Stands)
            await SayAsync(message.Chat.Id, UserTexts.Stopped, UserButtons.Undo, ct);
    }

    /// <summary>Asks whoever pressed an unsubscribe button whether they mean it.</summary>
    public Task AskToStopAsync(long chatId, CancellationToken ct) => SayAsync(chatId, UserTexts.AskToStop, UserButtons.StopOrKeep, ct);

    /// <summary>A press on one of <see cref="UserButtons"/>; it concerns only the person who pressed it.</summary>
    internal async Task<UpdateTake> PressAsync(CallbackQuery press, UserButton button, int updateId, CancellationToken ct)
    {
        var answer = answers.AnswerAsync(press.Id, ct);
        bool? optsOut = button switch { UserButton.Stop => true, UserButton.Undo => false, _ => null };
        var taken = await people.TakePressAsync(updateId, press.From.Id, optsOut, ct);
        if (taken is null)
            return await updates.NotTakenAsync(updateId, ct);
        if (taken.IsKnown)
        {
            await (button switch
            {
                UserButton.Stop => ShowAsync(press, UserTexts.Stopped, UserButtons.Undo, ct),
                UserButton.Undo => ShowAsync(press, UserTexts.Back, null, ct),
                _ => ShowAsync(press, UserTexts.Kept, null, ct),
            });
        }

        return await answer is { } failed ? throw failed : taken.Take;
    }

    /// <summary>The person blocked the bot, or let it in again.</summary>
    public Task<UpdateTake> TakeMembershipAsync(ChatMemberUpdated change, int updateId, CancellationToken ct) => people.TakeMembershipAsync(
        updateId, change.From.Id, change.Date, change.NewChatMember.Status == ChatMemberStatus.Kicked ? Blocked : null, ct);

    // In place of the question, whose buttons have served; as a message of its own where that cannot be changed any more.
    private async Task ShowAsync(CallbackQuery press, string text, InlineKeyboardMarkup? buttons, CancellationToken ct)
    {
        if (press.Message is { Chat.Type: ChatType.Private } message && message.Chat.Id == press.From.Id)
        {
            try
            {
                await replies.CallAsync(b => b.EditMessageText(message.Chat.Id, message.Id, text, replyMarkup: buttons, cancellationToken: ct), ct);
                return;
            }
            catch (ApiRequestException e) when (e.ErrorCode == 400 && e.Message.Contains("not modified", StringComparison.Ordinal))
            {
                return; // pressed twice: it says so already
            }
            catch (ApiRequestException e) when (e.ErrorCode == 400)
            {
                // Deleted, or too old.
            }
        }

        await SayAsync(press.From.Id, text, buttons, ct);
    }

    private async Task SayAsync(long chatId, string text, InlineKeyboardMarkup? buttons, CancellationToken ct) =>
        await replies.CallAsync(b => b.SendMessage(chatId, text, replyMarkup: buttons, cancellationToken: ct), ct);

    // What Telegram allows in t.me/bot?start=PAYLOAD (core.telegram.org/bots/features#deep-linking).
    private static bool IsDeepLink(string payload) =>
        payload.Length is >= 1 and <= 64 && payload.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');
}

using Marketing.Core.Access;
using Marketing.Core.Analytics;
using Marketing.Core.Delivery;
using Marketing.Core.Telegram.Conversations;
using Telegram.Bot;
using Telegram.Bot.Types;
using Telegram.Bot.Types.Enums;

namespace Marketing.Core.Telegram;

/// <summary>What admins do in their chat with the bot: commands, the conversation of /broadcast, and its buttons.</summary>
public sealed class AdminChat(
    TelegramLinks links, AuditLog audit, ConversationHandler conversations, BroadcastCards cards, AnalyticsService analytics,
    PressAnswers answers, BotReplies replies, BotMenus menus)
{
    private static readonly string[] Commands = ["broadcast", "broadcasts", "stats", "cancel"];

    /// <returns>False when it is not for this conversation but for the users' part: a user's message, /start, /stop.</returns>
    public async Task<bool> TryMessageAsync(Message message, StartDelivery start, CancellationToken ct)
    {
        if (message.Chat.Type != ChatType.Private || message.From is not { } from)
            return false;
        var command = ChatCommand.Read(message.Text);
        if (command is { Name: "start" or "stop" })
            return false;
        if (command is ("link", var code))
        {
            await LinkAsync(from.Id, code, ct);
            return true;
        }

        var admin = await links.FindAsync(from.Id, ct);
        if (admin is null || !Permissions.Allows(admin.Role, Permission.Send))
        {
            if (command is not { } asked || !Commands.Contains(asked.Name))
                return false;
            await RefuseAsync(from.Id, admin, $"/{asked.Name}", ct);
            return true;
        }

        var who = new ChatAdmin(message.Chat.Id, admin);
        if (command is ({ } name, _))
            await CommandAsync(who, name, ct);
        else if (!await conversations.MessageAsync(who, Input(message), edited: false, start, ct))
            await ReplyAsync(who.ChatId, ChatTexts.NoConversation, ct);
        return true;
    }

    /// <summary>A message that was changed after it was sent: taken again when it is what the open step was given last.</summary>
    /// <returns>False when it is nobody's who is an admin.</returns>
    public async Task<bool> TryEditAsync(Message message, StartDelivery start, CancellationToken ct)
    {
        if (message.Chat.Type != ChatType.Private || message.From is not { } from
            || await links.FindAsync(from.Id, ct) is not { } admin || !Permissions.Allows(admin.Role, Permission.Send))
            return false;
        await conversations.MessageAsync(new ChatAdmin(message.Chat.Id, admin), Input(message), edited: true, start, ct);
        return true;
    }

    /// <returns>False when the button is none of this conversation's.</returns>
    public async Task<bool> TryPressAsync(CallbackQuery press, StartDelivery start, CancellationToken ct)
    {
        if (press.Data is not { } data || !(IsConversation(data) || IsBroadcast(data)))
            return false;
        var admin = await links.FindAsync(press.From.Id, ct);
        if (admin is null || !Permissions.Allows(admin.Role, Permission.Send))
        {
            await AuditRefusalAsync(press.From.Id, admin, "button", ct);
            return await answers.AnswerAsync(press.Id, Refusal, ct) is { } failed ? throw failed : true;
        }

        var who = new ChatAdmin(press.From.Id, admin); // a private chat has its person's id
        if (IsConversation(data))
            await conversations.PressAsync(who, ConversationButton.Read(data), press, start, ct);
        else
            await cards.PressAsync(who, BroadcastButton.Read(data), press, start, ct);
        return true;
    }

    private static bool IsConversation(string data) => data.StartsWith(ConversationButton.Prefix, StringComparison.Ordinal);

    private static bool IsBroadcast(string data) => data.StartsWith(BroadcastButton.Prefix, StringComparison.Ordinal);

    private async Task CommandAsync(ChatAdmin who, string command, CancellationToken ct)
    {
        switch (command)
        {
            case "broadcast":
                await conversations.StartAsync(who, ct);
                break;
            case "broadcasts":
                await cards.ListAsync(who, null, ct);
                break;
            case "stats":
                await ReplyAsync(who.ChatId, ChatTexts.Totals(await analytics.OverviewAsync(new OverviewQuery(Limit: 1), ct)), ct);
                break;
            case "cancel":
                await ReplyAsync(who.ChatId, await conversations.CancelAsync(who, ct) ? ChatTexts.Cancelled : ChatTexts.NothingToCancel, ct);
                break;
            case "help":
                await ReplyAsync(who.ChatId, ChatTexts.AdminHelp, ct);
                break;
            default:
                await ReplyAsync(who.ChatId, $"I do not know /{Words.Html(Words.Cut(command, 40))}. /help lists what I do.", ct);
                break;
        }
    }

    private static ChatInput Input(Message message) => message.Text is { } text
        ? new ChatInput.Text(message.Id, text, message.Entities ?? []) : new ChatInput.Other();

    private async Task LinkAsync(long userId, string argument, CancellationToken ct)
    {
        if (argument.Length == 0)
            await ReplyAsync(userId, ChatTexts.LinkUsage, ct);
        else if (await links.RedeemAsync(argument, userId, ct) is not { } admin)
            await ReplyAsync(userId, ChatTexts.WrongCode, ct);
        else
        {
            await audit.WriteAsync(new AuditEntry(admin.Caller, "telegram.link", "token", admin.Id.ToString(), ChatAdmin.Source(userId)), ct);
            await ReplyAsync(userId, ChatTexts.Linked(admin), ct);
            if (Permissions.Allows(admin.Role, Permission.Send))
                await menus.ShowToAdminAsync(userId, ct);
        }
    }

    private const string Refusal = "Sorry, only admins who may send broadcasts can do this.";

    private async Task RefuseAsync(long userId, TelegramAdmin? admin, string command, CancellationToken ct)
    {
        await AuditRefusalAsync(userId, admin, command, ct);
        await ReplyAsync(userId, $"{Refusal} /help lists what I do for you.", ct);
    }

    private Task AuditRefusalAsync(long userId, TelegramAdmin? admin, string what, CancellationToken ct) =>
        audit.WriteAsync(new AuditEntry(admin?.Caller, "telegram.refused", null, null, ChatAdmin.Source(userId), new { what }), ct);

    private async Task ReplyAsync(long chatId, string html, CancellationToken ct) =>
        await replies.CallAsync(bot => bot.SendMessage(chatId, html, ParseMode.Html, cancellationToken: ct), ct);
}

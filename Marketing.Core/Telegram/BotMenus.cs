using Marketing.Core.Delivery;
using Telegram.Bot;
using Telegram.Bot.Types;

namespace Marketing.Core.Telegram;

/// <summary>The commands that Telegram offers beside the message box. An admin's chat has a list of its own.</summary>
public sealed class BotMenus(BotReplies replies)
{
    private static readonly BotCommand[] ForUsers =
        [Command("start", UserTexts.StartHint), Command("stop", UserTexts.StopHint), Command("help", UserTexts.HelpHint)];

    private static readonly BotCommand[] ForAdmins =
    [
        Command("broadcast", "Send a broadcast"),
        Command("broadcasts", "The last ten, with stats and controls"),
        Command("stats", "How the broadcasts are doing"),
        Command("cancel", "Leave what was begun"),
        Command("help", "What can be done here"),
        Command("stop", UserTexts.StopHint),
    ];

    /// <summary>Sets the lists that everybody sees; again changes nothing.</summary>
    /// <exception cref="global::Telegram.Bot.Exceptions.RequestException">Telegram refused it, or could not be reached.</exception>
    public async Task PublishAsync(CancellationToken ct)
    {
        await SetAsync(ForUsers, new BotCommandScopeDefault(), ct);
        await SetAsync(ForUsers, new BotCommandScopeAllPrivateChats(), ct);
    }

    /// <summary>Sets an admin's list in their chat.</summary>
    /// <exception cref="global::Telegram.Bot.Exceptions.RequestException">Telegram refused it, or could not be reached.</exception>
    public Task ShowToAdminAsync(long chatId, CancellationToken ct) =>
        SetAsync(ForAdmins, new BotCommandScopeChat { ChatId = chatId }, ct);

    private async Task SetAsync(BotCommand[] commands, BotCommandScope scope, CancellationToken ct) =>
        await replies.CallAsync(async bot =>
        {
            await bot.SetMyCommands(commands, scope, cancellationToken: ct);
            return true;
        }, ct);

    private static BotCommand Command(string name, string description) => new() { Command = name, Description = description };
}

using Telegram.Bot.Types.Enums;

namespace Marketing.Core.Telegram;

/// <summary>The kinds of update that Telegram is asked for; others would be taken and left.</summary>
public static class UsedUpdates
{
    public static IReadOnlyList<UpdateType> All { get; } =
        [UpdateType.Message, UpdateType.EditedMessage, UpdateType.CallbackQuery, UpdateType.MyChatMember];
}

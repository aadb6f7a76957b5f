using Telegram.Bot.Types.ReplyMarkups;

namespace Marketing.Core.Telegram.Conversations;

/// <param name="Value">Kept short: what it is part of has 64 bytes.</param>
public sealed record ScreenButton(string Label, string Action, string Value = "");

/// <summary>What the control message shows.</summary>
/// <param name="Html">Telegram HTML; names in it are escaped.</param>
/// <param name="Above">The broadcast's own buttons, above those of the conversation.</param>
/// <param name="IsMessage">The text is the broadcast's, word by word: nothing may be written into it.</param>
public sealed record Screen(
    string Html, IReadOnlyList<IReadOnlyList<ScreenButton>> Rows, InlineKeyboardMarkup? Above = null, bool IsMessage = false)
{
    // Actions that several steps have.
    public const string Cancel = "cancel";
    public const string Back = "back";
    public const string Next = "next";
    public const string PageAction = "page";

    public static IReadOnlyList<ScreenButton> BackAndCancel { get; } = [new("‹ Back", Back), new("Cancel", Cancel)];

    public static IReadOnlyList<ScreenButton> OnlyCancel { get; } = [new("Cancel", Cancel)];
}

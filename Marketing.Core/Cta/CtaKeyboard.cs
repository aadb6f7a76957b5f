using Marketing.Core.Delivery;
using Marketing.Core.Templates;
using Telegram.Bot.Types.ReplyMarkups;

namespace Marketing.Core.Cta;

/// <summary>The buttons under one recipient's message.</summary>
public sealed class CtaKeyboard(LinkTokens links, MarketingOptions options)
{
    private readonly string redirect = $"{options.PublicBaseUrl.ToString().TrimEnd('/')}/api/c/";

    /// <summary>One row a button; null when there are none.</summary>
    public InlineKeyboardMarkup? For(FrozenMessage message, int seq) => Rows(
        message.BroadcastId, message.Buttons, button => redirect + links.Sign(new CtaLink(message.BroadcastId, seq, button.Id)));

    /// <summary>For a message that nobody's ledger has: its links are the buttons' own.</summary>
    public static InlineKeyboardMarkup? Untracked(Guid broadcastId, IReadOnlyList<CtaButton> buttons) =>
        Rows(broadcastId, buttons, button => button.Url!);

    private static InlineKeyboardMarkup? Rows(Guid broadcastId, IReadOnlyList<CtaButton> buttons, Func<CtaButton, string> link) =>
        buttons.Count == 0 ? null : new InlineKeyboardMarkup(buttons.Select(button => new[] { Button(broadcastId, button, link) }));

    private static InlineKeyboardButton Button(Guid broadcastId, CtaButton button, Func<CtaButton, string> link) => button.Action switch
    {
        CtaAction.Open => InlineKeyboardButton.WithUrl(button.Label, link(button)),
        CtaAction.Callback or CtaAction.Unsubscribe =>
            InlineKeyboardButton.WithCallbackData(button.Label, new CallbackData(broadcastId, button.Id).ToString()),
        _ => throw new InvalidOperationException($"No button for {button.Action}."),
    };
}

using Marketing.Core.Access;
using Marketing.Core.Broadcasts;
using Telegram.Bot.Types;
using Telegram.Bot.Types.ReplyMarkups;

namespace Marketing.Core.Telegram;

/// <summary>The broadcasts in the chat: the last ten, one's card, and the buttons on it.</summary>
public sealed class BroadcastCards(
    BroadcastService broadcasts, ControlMessage control, PressAnswers answers, AuditLog audit, TimeProvider clock)
{
    private const int Listed = 10;

    public async Task<int> ListAsync(ChatAdmin who, int? messageId, CancellationToken ct)
    {
        var page = await broadcasts.ListAsync(new BroadcastFilter(), Listed, null, ct);
        var buttons = new InlineKeyboardMarkup(page.Items.Select(b => new[]
        {
            InlineKeyboardButton.WithCallbackData(
                $"{Words.Cut(b.Title, 30)} · {BroadcastCard.Name(b.Status)}", new BroadcastButton(b.Id, BroadcastButton.Refresh, FromList: true).ToString()),
        }));
        return page.Items.Count == 0
            ? await control.ShowAsync(who.ChatId, messageId, "There is no broadcast yet. Send /broadcast to make one.", null, ct)
            : await control.ShowAsync(who.ChatId, messageId, "<b>The last broadcasts</b>\nPress one for its numbers and controls.", buttons, ct);
    }

    /// <summary>The card that the progress timer goes on with.</summary>
    public async Task<int> ShowAsync(ChatAdmin who, Guid broadcastId, int? messageId, CancellationToken ct)
    {
        var card = CardFacts.Of(await broadcasts.GetAsync(broadcastId, ct));
        return await control.ShowAsync(who.ChatId, messageId, BroadcastCard.Html(card, who.Zone, asOf: null), BroadcastCard.Buttons(card, fromList: false), ct);
    }

    public async Task PressAsync(ChatAdmin who, BroadcastButton? button, CallbackQuery press, StartDelivery start, CancellationToken ct)
    {
        var refusal = button is { } pressed ? await TryActAsync(who, pressed, start, ct) : "This button is out of date.";
        var failed = await answers.AnswerAsync(press.Id, refusal, ct);
        if (button is { Action: BroadcastButton.List })
            await ListAsync(who, press.Message?.Id, ct);
        else if (button is { } shown)
            await RefreshAsync(who, shown, press.Message?.Id, ct);
        if (failed is not null)
            throw failed;
    }

    /// <returns>Why it was refused, such as the pause of what is paused already; null when it was done.</returns>
    private async Task<string?> TryActAsync(ChatAdmin who, BroadcastButton pressed, StartDelivery start, CancellationToken ct)
    {
        try
        {
            await ActAsync(who, pressed, start, ct);
            return null;
        }
        catch (RefusalException e)
        {
            return e.Message;
        }
    }

    private async Task ActAsync(ChatAdmin who, BroadcastButton pressed, StartDelivery start, CancellationToken ct)
    {
        BroadcastStatus? to = pressed.Action switch
        {
            BroadcastButton.Pause => BroadcastStatus.Paused,
            BroadcastButton.Resume => BroadcastStatus.Sending,
            BroadcastButton.Cancel => BroadcastStatus.Cancelled,
            _ => null,
        };
        if (to is not { } status)
            return;
        await broadcasts.MoveAsync(pressed.BroadcastId, status, ct);
        await audit.WriteAsync(who.Audit($"broadcast.{pressed.Action}", pressed.BroadcastId), ct);
        if (status == BroadcastStatus.Sending)
            await start(pressed.BroadcastId, ct);
    }

    private async Task RefreshAsync(ChatAdmin who, BroadcastButton pressed, int? messageId, CancellationToken ct)
    {
        try
        {
            var card = CardFacts.Of(await broadcasts.GetAsync(pressed.BroadcastId, ct));
            await control.ShowAsync(
                who.ChatId, messageId, BroadcastCard.Html(card, who.Zone, clock.GetUtcNow()), BroadcastCard.Buttons(card, pressed.FromList), ct);
        }
        catch (NotFoundException)
        {
            await control.ShowAsync(who.ChatId, messageId, "This broadcast was deleted. /broadcasts lists those that are there.", null, ct);
        }
    }
}

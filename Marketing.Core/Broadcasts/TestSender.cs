using Marketing.Core.Audience;
using Marketing.Core.Cta;
using Marketing.Core.Delivery;
using Marketing.Core.Templates;
using Telegram.Bot.Types.ReplyMarkups;

namespace Marketing.Core.Broadcasts;

/// <param name="Outcome">sent, or why not.</param>
public sealed record TestSendRow(long ChatId, string Outcome);

/// <summary>Sends a broadcast's message to a few named chats only. It leaves no delivery, so its buttons lead straight to their urls and count nothing.</summary>
public sealed class TestSender(
    PlanRepository plans, AudienceRepository audience, SendLane lane, TelegramSender telegram, TimeProvider clock)
{
    private const int MaxChats = 10;

    // Of the 230 s that Azure gives a request (learn.microsoft.com/azure/azure-functions/functions-scale#timeout); a message that
    // went before the end is waited for, 30 s at most.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    public async Task<IReadOnlyList<TestSendRow>> SendAsync(Guid broadcastId, TestSendInput input, CancellationToken ct)
    {
        if (input.ChatIds is not { Count: > 0 and <= MaxChats } chats)
            throw new InvalidException("/chat_ids", $"must name 1 to {MaxChats} chats");
        Languages.Check(input.Language, "/language");
        var texts = new MessageTexts(
            await plans.MessageAsync(broadcastId, ct) ?? throw new NotFoundException($"There is no broadcast {broadcastId}."));

        using var limit = new CancellationTokenSource(Limit, clock);
        using var slot = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        var rows = new List<TestSendRow>();
        foreach (var chatId in chats)
        {
            var user = await audience.FindByTelegramIdAsync(chatId, ct);
            var model = user is null ? TemplateModel.Sample : TemplateModel.Of(user);
            var (template, message) = texts.For(input.Language ?? model.Language);
            rows.Add(new TestSendRow(chatId, await SendAsync(chatId, template, model, CtaKeyboard.Untracked(broadcastId, message.Buttons), slot.Token, ct)));
        }

        return rows;
    }

    private async Task<string> SendAsync(
        long chatId, CompiledTemplate template, TemplateModel model, InlineKeyboardMarkup? buttons, CancellationToken slot, CancellationToken ct)
    {
        try
        {
            var html = template.Render(model);
            await lane.ReserveAsync(1, slot);
            var outcome = await telegram.SendAsync(chatId, html, buttons);
            if (outcome is SendOutcome.RateLimited limited)
                await lane.BackOffAsync(limited.RetryAfter, ct);
            return Describe(outcome);
        }
        catch (TemplateRenderException e)
        {
            return e.Message;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return $"not sent: no turn came within {Limit.TotalSeconds} s, as when Telegram asked the bot to wait; try again later";
        }
    }

    private static string Describe(SendOutcome outcome) => outcome switch
    {
        SendOutcome.Sent => "sent",
        SendOutcome.Blocked blocked => blocked.Reason,
        SendOutcome.Rejected rejected => rejected.Reason,
        SendOutcome.BotRefused refused => refused.Reason,
        SendOutcome.RateLimited limited => $"Telegram asks to wait {limited.RetryAfter.TotalSeconds} s",
        SendOutcome.Unavailable failed => failed.Reason,
        SendOutcome.Unknown unknown => unknown.Reason,
        _ => throw new InvalidOperationException($"No words for {outcome}."),
    };
}

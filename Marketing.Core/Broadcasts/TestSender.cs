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
    PlanRepository plans, AudienceRepository audience, SendLane lane, TelegramSender telegram)
{
    private const int MaxChats = 10;

    public async Task<IReadOnlyList<TestSendRow>> SendAsync(Guid broadcastId, TestSendInput input, CancellationToken ct)
    {
        if (input.ChatIds is not { Count: > 0 and <= MaxChats } chats)
            throw new InvalidException("/chat_ids", $"must name 1 to {MaxChats} chats");
        Languages.Check(input.Language, "/language");
        var texts = new MessageTexts(
            await plans.MessageAsync(broadcastId, ct) ?? throw new NotFoundException($"There is no broadcast {broadcastId}."));

        var rows = new List<TestSendRow>();
        foreach (var chatId in chats)
        {
            var user = await audience.FindByTelegramIdAsync(chatId, ct);
            var model = user is null ? TemplateModel.Sample : TemplateModel.Of(user);
            var (template, message) = texts.For(input.Language ?? model.Language);
            rows.Add(new TestSendRow(chatId, await SendAsync(chatId, template, model, CtaKeyboard.Untracked(broadcastId, message.Buttons), ct)));
        }

        return rows;
    }

    private async Task<string> SendAsync(
        long chatId, CompiledTemplate template, TemplateModel model, InlineKeyboardMarkup? buttons, CancellationToken ct)
    {
        try
        {
            var html = template.Render(model);
            await lane.ReserveAsync(1, ct);
            var outcome = await telegram.SendAsync(chatId, html, buttons);
            if (outcome is SendOutcome.RateLimited limited)
                await lane.BackOffAsync(limited.RetryAfter, ct);
            return Describe(outcome);
        }
        catch (TemplateRenderException e)
        {
            return e.Message;
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

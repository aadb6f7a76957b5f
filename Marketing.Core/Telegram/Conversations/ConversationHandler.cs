using Marketing.Core.Access;
using Marketing.Core.Delivery;
using Npgsql;
using Telegram.Bot;
using Telegram.Bot.Types;
using Telegram.Bot.Types.ReplyMarkups;

namespace Marketing.Core.Telegram.Conversations;

/// <summary>
/// Carries an input through its step: loads the conversation, lets the step decide, stores the transition unless another was
/// first, does what the step wants done, and edits the message.
/// </summary>
public sealed class ConversationHandler(
    ConversationRepository conversations, FactsReader reader, Confirmation confirmation, BroadcastCards cards, ControlMessage control,
    PressAnswers answers, BotReplies replies, Profiles profiles, TimeProvider clock)
{
    private const string OutOfDate = "This button is out of date; send /broadcast to start again.";
    private const string OnItsWay = "The broadcast is on its way.";
    private const string Over = "This conversation was left for more than a day and is over. Send /broadcast to start again.";

    // A worker that took Yes and died is followed by Telegram's second delivery, or by the admin's second press, after this.
    private static readonly TimeSpan ConfirmLease = TimeSpan.FromMinutes(1);

    public async Task StartAsync(ChatAdmin who, CancellationToken ct)
    {
        var (started, ended) = await conversations.StartAsync(who.ChatId, who.Admin.Id, ct);
        if (started is not null)
            await ShowAsync(started, who, null, ct);
        if (ended is { MessageId: { } old })
            await control.ShowAsync(who.ChatId, old, "Ended by a new /broadcast. Nothing was sent.", null, ct);
    }

    /// <summary>Ends the open conversation; false when there is none.</summary>
    public async Task<bool> CancelAsync(ChatAdmin who, CancellationToken ct)
    {
        if (await conversations.OpenAsync(who.ChatId, ct) is not { } open)
            return false;
        await EndAsync(open, who, null, ct);
        return true;
    }

    public async Task PressAsync(ChatAdmin who, ConversationButton? button, CallbackQuery press, StartDelivery start, CancellationToken ct)
    {
        var reaction = button is { } pressed && await conversations.GetAsync(pressed.ConversationId, ct) is { } conversation
            ? await ReactAsync(who, conversation, pressed, press.Id, start, ct) : new Reaction(OutOfDate);
        var failed = await answers.AnswerAsync(press.Id, reaction.Answer, ct);
        if (reaction.Then is { } then)
            await then();
        if (failed is not null)
            throw failed;
    }

    /// <param name="Answer">Shown for a moment.</param>
    /// <param name="Then">What takes longer than the button should spin.</param>
    private sealed record Reaction(string? Answer, Func<Task>? Then = null);

    private async Task<Reaction> ReactAsync(
        ChatAdmin who, Conversation conversation, ConversationButton button, string pressId, StartDelivery start, CancellationToken ct)
    {
        // Only the conversation of this chat and of the token that it is linked to now.
        if (conversation.ChatId != who.ChatId || conversation.AdminId != who.Admin.Id || conversation.Step == ChatStep.Ended)
            return new Reaction(OutOfDate);
        if (conversation.IsOver(clock.GetUtcNow()))
            return new Reaction(Over, () => EndAsync(conversation, who, Over, ct));
        if (conversation.Step == ChatStep.Watching || (conversation.Step == ChatStep.Confirmed && IsUnderWay(conversation, pressId)))
            return new Reaction(OnItsWay);

        // The screen was left with Yes, so its version is the one before.
        var version = conversation.Step == ChatStep.Confirmed ? conversation.Version - 1 : conversation.Version;
        var input = new ChatInput.Press(button.Action, button.Value, pressId);
        if (button.Version == version && await TakeAsync(conversation, who, input, ct) is { } taken)
            return new Reaction(null, () => GoOnAsync(taken, who, start, ct));
        return new Reaction("This button is out of date.", () => ShowAgainAsync(conversation.Id, who, ct));
    }

    // What the chat shows may be older than what is stored, when an edit of it failed.
    private async Task ShowAgainAsync(Guid conversationId, ChatAdmin who, CancellationToken ct)
    {
        if (await conversations.GetAsync(conversationId, ct) is { IsOpen: true } current)
            await ShowAsync(current, who, null, ct);
    }

    /// <summary>Something typed or sent; <paramref name="edited"/> when it is a message of before, changed. False without an open conversation.</summary>
    public async Task<bool> MessageAsync(ChatAdmin who, ChatInput input, bool edited, StartDelivery start, CancellationToken ct)
    {
        if (await conversations.OpenAsync(who.ChatId, ct) is not { } conversation || conversation.AdminId != who.Admin.Id)
            return false;
        if (edited && !IsLastInput(conversation.Draft, input))
            return true;
        if (conversation.IsOver(clock.GetUtcNow()))
        {
            await EndAsync(conversation, who, Over, ct);
            await ReplyAsync(who, Over, ct);
            return true;
        }

        if (edited && conversation.Draft.InputStep != conversation.Step)
            await ReplyAsync(who, "Your edit was not taken: that step is over. Go back to it to change what you wrote.", ct);
        else if (await TakeAsync(conversation, who, input, ct) is { } move)
            await GoOnAsync(move, who, start, ct);
        else
            await ReplyAsync(who, "Something else was entered at the same moment, so this was not taken. Look at the message above and send it again.", ct);
        return true;
    }

    private static bool IsLastInput(Draft draft, ChatInput input) => input is ChatInput.Text text && text.MessageId == draft.LastInput;

    private bool IsUnderWay(Conversation conversation, string pressId) =>
        pressId != conversation.Draft.ConfirmPress && clock.GetUtcNow() - conversation.UpdatedAt < ConfirmLease;

    private sealed record Taken(Conversation Conversation, Move Move);

    // Null when the step has no such button, or another input was first: nothing has changed then.
    private async Task<Taken?> TakeAsync(Conversation conversation, ChatAdmin who, ChatInput input, CancellationToken ct)
    {
        var draft = input is ChatInput.Text text
            ? conversation.Draft with { LastInput = text.MessageId, InputStep = conversation.Step } : conversation.Draft;
        var now = clock.GetUtcNow();
        var facts = await reader.ForInputAsync(conversation.Step, who.Admin, ct);
        if (Steps.Take(conversation.Step, draft, input, facts, now) is not { } move)
            return null;
        // Stays as it is: its broadcast is what is to be finished.
        if (conversation.Step == ChatStep.Confirmed)
            return new Taken(conversation, move);
        return await StoreAsync(conversation, move, ct) is { } stored ? new Taken(stored, move) : null;
    }

    private Task<Conversation?> StoreAsync(Conversation conversation, Move move, CancellationToken ct) => conversations.MoveAsync(conversation with
    {
        Step = move.Step,
        Draft = move.Draft,
        BroadcastId = move.Step == ChatStep.Confirm ? conversation.BroadcastId ?? Guid.CreateVersion7(clock.GetUtcNow()) : conversation.BroadcastId,
    }, ct);

    // Back at a step, it would be the chat's second open one where the admin has begun another meanwhile.
    private async Task<Conversation?> StoreOrEndAsync(Conversation conversation, Move move, CancellationToken ct)
    {
        try
        {
            return await StoreAsync(conversation, move, ct);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return await StoreAsync(conversation, move with { Step = ChatStep.Ended }, ct);
        }
    }

    private async Task GoOnAsync(Taken taken, ChatAdmin who, StartDelivery start, CancellationToken ct)
    {
        var (conversation, move) = taken;
        switch (move.Effect)
        {
            case Effect.KeepZone(var zone):
                await profiles.ChangeAsync(who.Admin.Caller, new ProfileChanges(zone), ct);
                who = who with { Admin = who.Admin with { TimeZone = zone } };
                break;
            case Effect.Send:
                var instead = await confirmation.SendAsync(conversation, who, start, ct);
                move = instead ?? new Move(ChatStep.Watching, conversation.Draft);
                if (await StoreOrEndAsync(conversation, move, ct) is not { } stored)
                    return; // The same Yes, taken again elsewhere, was first to finish.
                conversation = stored;
                break;
        }

        await ShowAsync(conversation, who, move.Note, ct);
    }

    private async Task EndAsync(Conversation conversation, ChatAdmin who, string? why, CancellationToken ct)
    {
        if (await conversations.MoveAsync(conversation with { Step = ChatStep.Ended }, ct) is { } ended)
            await ShowAsync(ended, who, why, ct);
    }

    private async Task ShowAsync(Conversation conversation, ChatAdmin who, string? note, CancellationToken ct)
    {
        if (conversation.Step == ChatStep.Watching)
        {
            await KeepAsync(conversation, await cards.ShowAsync(who, conversation.BroadcastId!.Value, conversation.MessageId, ct), ct);
            return;
        }

        var facts = await reader.ForScreenAsync(conversation, who.Admin, ct);
        var screen = Steps.Show(conversation.Step, conversation.Draft, facts, clock.GetUtcNow());
        if (note is not null && screen.IsMessage)
            await ReplyAsync(who, note, ct);
        var html = note switch
        {
            null => screen.Html,
            _ when screen.IsMessage => screen.Html,
            _ when conversation.Step == ChatStep.Ended => Words.Html(note),
            _ => $"⚠️ {Words.Html(Words.Cut(note, MaxNote))}\n\n{screen.Html}",
        };
        await KeepAsync(conversation, await control.ShowAsync(who.ChatId, conversation.MessageId, html, Keyboard(screen, conversation), ct), ct);
    }

    // A screen has 2,600 characters at most, and a message 4,096.
    private const int MaxNote = 1_400;

    private Task KeepAsync(Conversation conversation, int messageId, CancellationToken ct) =>
        messageId == conversation.MessageId ? Task.CompletedTask : conversations.KeepMessageAsync(conversation.Id, messageId, ct);

    private static InlineKeyboardMarkup? Keyboard(Screen screen, Conversation conversation)
    {
        InlineKeyboardButton Button(ScreenButton button) => InlineKeyboardButton.WithCallbackData(
            button.Label, new ConversationButton(conversation.Id, conversation.Version, button.Action, button.Value).ToString());

        var rows = screen.Rows.Select(row => row.Select(Button));
        return screen.Rows.Count == 0 ? null
            : new InlineKeyboardMarkup(screen.Above is { } above ? above.InlineKeyboard.Concat(rows) : rows);
    }

    private async Task ReplyAsync(ChatAdmin who, string text, CancellationToken ct) =>
        await replies.CallAsync(bot => bot.SendMessage(who.ChatId, text, cancellationToken: ct), ct);
}

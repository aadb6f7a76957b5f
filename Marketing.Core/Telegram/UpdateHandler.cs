using Marketing.Core.Cta;
using Microsoft.Extensions.Logging;
using Telegram.Bot.Types;
using Telegram.Bot.Types.Enums;

namespace Marketing.Core.Telegram;

/// <summary>Handles each update once, whatever kind it is; kinds that the bot does not use are taken and left.</summary>
public sealed class UpdateHandler(
    UpdateRepository updates, CtaPressHandler presses, PeopleRepository people, UserChat users, AdminChat admins, PressAnswers answers,
    MarketingTelemetry telemetry, TimeProvider clock, ILogger<UpdateHandler> logger)
{
    /// <param name="start">Starts what an admin sends from the chat.</param>
    /// <returns>False when another worker has it under way: Telegram is to send it again, in case that one fails.</returns>
    /// <exception cref="Npgsql.NpgsqlException">It could not be stored: Telegram is to send it again.</exception>
    public async Task<bool> HandleAsync(Update update, StartDelivery start, CancellationToken ct)
    {
        string? error = null;
        var take = UpdateTake.Taken;
        try
        {
            take = await TakeAndHandleAsync(update, start, ct);
        }
        catch (Exception e) when (e is not (OperationCanceledException or Npgsql.NpgsqlException { IsTransient: true }))
        {
            // Kept with its error and not sent again: what failed once for a reason of its own would fail for ever.
            Log.UpdateFailed(logger, update.Id, e);
            error = e.ToString();
        }

        if (take == UpdateTake.Taken)
            await updates.FinishAsync(update.Id, error, ct);
        if (take is UpdateTake.Taken or UpdateTake.Done && SentAt(update) is { } at)
            telemetry.UpdateHandled(clock.GetUtcNow() - at);
        return take != UpdateTake.UnderWay;
    }

    // A handler of Taken has done all of its work.
    private Task<UpdateTake> TakeAndHandleAsync(Update update, StartDelivery start, CancellationToken ct) => update switch
    {
        { CallbackQuery: { } press } => PressAsync(press, update.Id, start, ct),
        { Message: { From: { } from, Chat.Type: ChatType.Private } message } => MessageAsync(message, from, update.Id, start, ct),
        { EditedMessage: { From: { } from, Chat.Type: ChatType.Private } edited } => EditAsync(edited, from, update.Id, start, ct),
        { MyChatMember: { Chat.Type: ChatType.Private } change } => users.TakeMembershipAsync(change, update.Id, ct),
        _ => updates.TakeAsync(update.Id, isDone: true, ct),
    };

    private async Task<UpdateTake> PressAsync(CallbackQuery press, int updateId, StartDelivery start, CancellationToken ct)
    {
        if (CallbackData.Read(press.Data) is { } data)
            return await presses.HandleAsync(press, data, updateId, ct);
        if (UserButtons.Read(press.Data) is { } button)
            return await users.PressAsync(press, button, updateId, ct);
        var take = await updates.TakeAsync(updateId, isDone: false, ct);
        if (take == UpdateTake.Taken && !await admins.TryPressAsync(press, start, ct) && await answers.AnswerAsync(press.Id, ct) is { } failed)
            throw failed;
        return take;
    }

    private async Task<UpdateTake> MessageAsync(Message message, User from, int updateId, StartDelivery start, CancellationToken ct)
    {
        var take = await people.TakeMessageAsync(updateId, from.Id, ChatCommand.Read(message.Text) is not null, ct);
        if (take == UpdateTake.Taken && !await admins.TryMessageAsync(message, start, ct))
            await users.HandleAsync(message, updateId, ct);
        return take;
    }

    private async Task<UpdateTake> EditAsync(Message edited, User from, int updateId, StartDelivery start, CancellationToken ct)
    {
        var take = await people.TakeMessageAsync(updateId, from.Id, isCommand: false, ct);
        if (take == UpdateTake.Taken)
            await admins.TryEditAsync(edited, start, ct);
        return take;
    }

    // A press has no date of its own; that of its message is when the message was sent.
    private static DateTimeOffset? SentAt(Update update) => (update.Message?.Date ?? update.MyChatMember?.Date) is { } date
        ? new DateTimeOffset(date, TimeSpan.Zero) : null;
}

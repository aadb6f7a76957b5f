using Microsoft.Extensions.Logging;
using Telegram.Bot.Types;

namespace Marketing.Core.Telegram;

/// <summary>Handles each update once, whatever kind it is; kinds that the bot does not use are taken and left.</summary>
public sealed class UpdateHandler(
    UpdateRepository updates, CtaPressHandler presses, MarketingTelemetry telemetry, TimeProvider clock, ILogger<UpdateHandler> logger)
{
    /// <returns>False when another worker has it under way: Telegram is to send it again, in case that one fails.</returns>
    /// <exception cref="Npgsql.NpgsqlException">It could not be stored: Telegram is to send it again.</exception>
    public async Task<bool> HandleAsync(Update update, CancellationToken ct)
    {
        switch (await updates.TakeAsync(update.Id, ct))
        {
            case UpdateTake.HandledBefore:
                return true;
            case UpdateTake.UnderWay:
                return false;
        }

        string? error = null;
        try
        {
            if (update.CallbackQuery is { } press)
                await presses.HandleAsync(press, ct);
        }
        catch (Exception e) when (e is not (OperationCanceledException or Npgsql.NpgsqlException { IsTransient: true }))
        {
            // Kept with its error and not sent again: what failed once for a reason of its own would fail for ever.
            Log.UpdateFailed(logger, update.Id, e);
            error = e.ToString();
        }

        await updates.FinishAsync(update.Id, error, ct);
        if (SentAt(update) is { } at)
            telemetry.UpdateHandled(clock.GetUtcNow() - at);
        return true;
    }

    // A press has no date of its own; that of its message is when the message was sent.
    private static DateTimeOffset? SentAt(Update update) => (update.Message?.Date ?? update.MyChatMember?.Date) is { } date
        ? new DateTimeOffset(date, TimeSpan.Zero) : null;
}

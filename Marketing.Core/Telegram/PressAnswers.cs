using Telegram.Bot;
using Telegram.Bot.Exceptions;

namespace Marketing.Core.Telegram;

/// <summary>Answers to presses, which make a button stop spinning. No message, so no slot of the lane is taken.</summary>
public sealed class PressAnswers(ITelegramBotClient bot)
{
    // core.telegram.org/bots/api#answercallbackquery
    private const int MaxText = 200;

    /// <returns>Why it could not be given; not thrown, because what else the press asks for is done all the same.</returns>
    public Task<RequestException?> AnswerAsync(string pressId, CancellationToken ct) => AnswerAsync(pressId, null, ct);

    /// <param name="text">Shown for a moment; what is longer than Telegram takes is cut.</param>
    /// <returns>Why it could not be given.</returns>
    public async Task<RequestException?> AnswerAsync(string pressId, string? text, CancellationToken ct)
    {
        try
        {
            await bot.AnswerCallbackQuery(pressId, text is null ? null : Words.Cut(text, MaxText), cancellationToken: ct);
            return null;
        }
        catch (ApiRequestException e) when (e.ErrorCode == 400)
        {
            return null; // too old to be answered: Telegram sends presses again after an outage of ours
        }
        catch (RequestException e)
        {
            return e;
        }
    }
}

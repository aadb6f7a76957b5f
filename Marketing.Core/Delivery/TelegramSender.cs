using System.Net;
using Telegram.Bot;
using Telegram.Bot.Exceptions;
using Telegram.Bot.Types.Enums;
using Telegram.Bot.Types.ReplyMarkups;

namespace Marketing.Core.Delivery;

/// <summary>Sends one message and says how it ended.</summary>
public sealed class TelegramSender(ITelegramBotClient bot, TimeProvider clock)
{
    /// <summary>
    /// Not cancellable: a request that was written cannot be taken back, so it is given its time (30 s) to be answered.
    /// </summary>
    public async Task<SendOutcome> SendAsync(long chatId, string html, InlineKeyboardMarkup? buttons)
    {
        long? movedTo = null;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var message = await bot.SendMessage(movedTo ?? chatId, html, ParseMode.Html, replyMarkup: buttons);
                return new SendOutcome.Sent(message.Id, movedTo);
            }
            catch (ApiRequestException e) when (e.Parameters?.MigrateToChatId is { } to && movedTo is null)
            {
                movedTo = to;
            }
            catch (RequestException e) when (SurelyNotSent(e))
            {
                if (attempt >= DeliveryOptions.SendAttempts)
                    return new SendOutcome.Rejected(e.Message);
                await Task.Delay(DeliveryOptions.FirstRetry * (1 << (attempt - 1)), clock);
            }
            catch (RequestException e)
            {
                return Outcome(e);
            }
        }
    }

    private static SendOutcome Outcome(RequestException e) => e is not ApiRequestException answer
        ? Unanswered(e)
        : answer.ErrorCode switch
        {
            // 401: wrong token; 404: not even of a token's form (core.telegram.org/bots/api#making-requests).
            401 or 404 => new SendOutcome.BotRefused(answer.Message),
            403 => new SendOutcome.Blocked(answer.Message),
            429 => new SendOutcome.RateLimited(TimeSpan.FromSeconds(answer.Parameters?.RetryAfter ?? 1)),
            _ => new SendOutcome.Rejected(answer.Message),
        };

    // What stands before the Bot API answered, or nobody did. A refusal (4xx) was not passed on; a gateway's 502 or 504 may
    // come after the message was.
    private static SendOutcome Unanswered(RequestException e) => e.HttpStatusCode switch
    {
        HttpStatusCode.TooManyRequests => new SendOutcome.RateLimited(TimeSpan.FromSeconds(1)),
        >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError => new SendOutcome.Rejected(e.Message),
        _ => new SendOutcome.Unknown(e.Message),
    };

    // The Bot API itself answered 5xx, or the connection was never taken: the message has not been delivered.
    private static bool SurelyNotSent(RequestException e) => e switch
    {
        ApiRequestException answer => answer.ErrorCode >= 500,
        { HttpStatusCode: HttpStatusCode.InternalServerError or HttpStatusCode.ServiceUnavailable } => true,
        { InnerException: HttpRequestException failure } => failure.HttpRequestError
            is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError,
        _ => false,
    };
}

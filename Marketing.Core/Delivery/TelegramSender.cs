using System.Net;
using Telegram.Bot;
using Telegram.Bot.Exceptions;
using Telegram.Bot.Types.Enums;
using Telegram.Bot.Types.ReplyMarkups;

namespace Marketing.Core.Delivery;

/// <summary>Sends one message and says how it ended.</summary>
public sealed class TelegramSender(ITelegramBotClient bot)
{
    /// <summary>
    /// Not cancellable: a request that was written cannot be taken back, so it is given its time (30 s) to be answered.
    /// </summary>
    public async Task<SendOutcome> SendAsync(long chatId, string html, InlineKeyboardMarkup? buttons)
    {
        try
        {
            return await SendAsync(chatId, null, html, buttons);
        }
        catch (ApiRequestException e) when (e.Parameters?.MigrateToChatId is { } movedTo)
        {
            return await MovedAsync(movedTo, html, buttons);
        }
        catch (RequestException e)
        {
            return Outcome(e);
        }
    }

    /// <summary>Whether Telegram answers the bot at all.</summary>
    public async Task<bool> AnswersAsync()
    {
        try
        {
            await bot.GetMe();
            return true;
        }
        catch (RequestException)
        {
            return false; // the answer to the question, whatever was wrong
        }
    }

    private async Task<SendOutcome> MovedAsync(long chatId, string html, InlineKeyboardMarkup? buttons)
    {
        try
        {
            return await SendAsync(chatId, chatId, html, buttons);
        }
        catch (RequestException e)
        {
            return Outcome(e);
        }
    }

    private async Task<SendOutcome> SendAsync(long chatId, long? movedTo, string html, InlineKeyboardMarkup? buttons) =>
        new SendOutcome.Sent((await bot.SendMessage(chatId, html, ParseMode.Html, replyMarkup: buttons)).Id, movedTo);

    private static SendOutcome Outcome(RequestException e) => e is not ApiRequestException answer
        ? Unanswered(e)
        : answer.ErrorCode switch
        {
            >= 500 => new SendOutcome.Unavailable(answer.Message), // said by the Bot API itself: it was not delivered
            // 401: wrong token; 404: not even of a token's form (core.telegram.org/bots/api#making-requests).
            401 or 404 => new SendOutcome.BotRefused(answer.Message),
            403 => new SendOutcome.Blocked(answer.Message),
            429 => new SendOutcome.RateLimited(TimeSpan.FromSeconds(answer.Parameters?.RetryAfter ?? 1)),
            _ => new SendOutcome.Rejected(answer.Message),
        };

    // What stands before the Bot API answered, or nobody did. A refusal (4xx) was not passed on; a gateway's 502 or 504 may
    // come after the message was.
    private static SendOutcome Unanswered(RequestException e) => e switch
    {
        { HttpStatusCode: HttpStatusCode.TooManyRequests } => new SendOutcome.RateLimited(TimeSpan.FromSeconds(1)),
        { HttpStatusCode: >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError } => new SendOutcome.Rejected(e.Message),
        { HttpStatusCode: HttpStatusCode.InternalServerError or HttpStatusCode.ServiceUnavailable } => new SendOutcome.Unavailable(e.Message),
        { InnerException: HttpRequestException { HttpRequestError: var error } } when NeverConnected(error) => new SendOutcome.Unavailable(e.Message),
        _ => new SendOutcome.Unknown(e.Message),
    };

    private static bool NeverConnected(HttpRequestError error) =>
        error is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError
            or HttpRequestError.ProxyTunnelError;
}

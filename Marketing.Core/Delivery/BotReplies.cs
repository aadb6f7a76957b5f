using Telegram.Bot;
using Telegram.Bot.Exceptions;

namespace Marketing.Core.Delivery;

/// <summary>
/// Calls of the bot that are no broadcast: replies, edits and menus. Each takes a slot of the lane before it goes. A 429 holds up
/// nobody else: it may be of this one chat (about a message a second, core.telegram.org/bots/faq), and whoever presses a button in a
/// loop would stop all broadcasts. If it is the bot's, the next message of a broadcast is told so too.
/// </summary>
public sealed class BotReplies(ITelegramBotClient bot, SendLane lane, TimeProvider clock)
{
    // The webhook waits meanwhile, and Telegram gives it a minute (core.telegram.org/bots/webhooks).
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(15);

    /// <exception cref="RequestException">Telegram refused it, or could not be reached; also a 429 of more than 15 s, or a second one.</exception>
    public async Task<T> CallAsync<T>(Func<ITelegramBotClient, Task<T>> call, CancellationToken ct)
    {
        try
        {
            return await TakeAndCallAsync(call, ct);
        }
        catch (ApiRequestException e) when (e.ErrorCode == 429)
        {
            var wait = TimeSpan.FromSeconds(e.Parameters?.RetryAfter ?? 1);
            if (wait > LongestWait)
                throw;
            await Task.Delay(wait, clock, ct);
        }

        return await TakeAndCallAsync(call, ct);
    }

    private async Task<T> TakeAndCallAsync<T>(Func<ITelegramBotClient, Task<T>> call, CancellationToken ct)
    {
        await lane.TakeAsync(ct);
        return await call(bot);
    }
}

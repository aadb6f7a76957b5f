using Marketing.Core;
using Microsoft.Azure.Functions.Worker;
using Telegram.Bot;

namespace Marketing.Functions.Telegram;

public sealed class WebhookTimers(ITelegramBotClient bot, MarketingTelemetry telemetry)
{
    /// <summary>Updates wait at Telegram when the webhook does not take them; asked for here, since a metric's reader asks far more often.</summary>
    [Function(nameof(WatchWebhook))]
    public async Task WatchWebhook([TimerTrigger("20 * * * * *")] TimerInfo timer, CancellationToken ct) =>
        telemetry.WebhookPending((await bot.GetWebhookInfo(ct)).PendingUpdateCount);
}

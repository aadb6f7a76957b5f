using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Marketing.Core;
using Marketing.Core.Telegram;
using Marketing.Functions.Admin;
using Marketing.Functions.Delivery;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Telegram.Bot;
using Telegram.Bot.Types;

namespace Marketing.Functions.Telegram;

public sealed class WebhookFunctions(
    UpdateHandler updates, DeliveryStarter delivery, MarketingOptions options, ILogger<WebhookFunctions> logger)
{
    private readonly byte[] secret = Encoding.UTF8.GetBytes(options.TelegramWebhookSecret);

    /// <summary>Telegram's updates. Any answer but 2xx makes Telegram send the update again.</summary>
    [Function(nameof(TelegramWebhook))]
    public Task<IResult> TelegramWebhook(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "telegram/webhook")] HttpRequest request,
        [DurableClient] DurableTaskClient durable, CancellationToken ct) =>
        ProblemResults.GuardAsync(request, logger, async () =>
        {
            var given = Encoding.UTF8.GetBytes(request.Headers["X-Telegram-Bot-Api-Secret-Token"].ToString());
            if (!CryptographicOperations.FixedTimeEquals(given, secret))
                throw new UnauthenticatedException("The header X-Telegram-Bot-Api-Secret-Token is missing or wrong.");
            var update = Read((await JsonBody.ReadAsync(request, ct)).Span);
            return await updates.HandleAsync(update, (id, cancelled) => delivery.TryStartAsync(durable, id, cancelled), ct)
                ? Results.Ok() : throw new UnderWayException("Another request has this update under way; send it again.");
        });

    private static Update Read(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize<Update>(body, JsonBotAPI.Options) is { Id: not 0 } update
                ? update : throw new InvalidException("/update_id", "is missing");
        }
        catch (JsonException e)
        {
            throw new InvalidException("", $"not an update of Telegram's: {e.Message}");
        }
    }
}

using System.Net;

namespace Marketing.Core.Delivery;

/// <summary>Counts Telegram's 429s where every request of the bot passes: broadcasts, test messages and replies alike.</summary>
internal sealed class RateLimitCounter(MarketingTelemetry telemetry, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        if (response.StatusCode == HttpStatusCode.TooManyRequests)
            telemetry.RateLimited();
        return response;
    }
}

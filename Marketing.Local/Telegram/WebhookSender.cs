using System.Net.Http.Headers;
using System.Net.Sockets;

namespace Marketing.Local.Telegram;

/// <summary>Where updates go. An empty list of kinds means all but those that Telegram sends only when asked.</summary>
internal sealed record WebhookTarget(string Url, string? Secret, IReadOnlyList<string> AllowedUpdates, int MaxConnections)
{
    public SemaphoreSlim Connections { get; } = new(MaxConnections);

    public bool Wants(string kind) => AllowedUpdates.Count > 0
        ? AllowedUpdates.Contains(kind)
        : kind is not ("chat_member" or "message_reaction" or "message_reaction_count");
}

/// <summary>Posts updates over one pool of connections for all bots.</summary>
internal sealed class WebhookSender : IDisposable
{
    // Telegram waits a minute for a webhook's answer.
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(5) })
    {
        Timeout = TimeSpan.FromSeconds(60),
    };

    /// <returns>The status, or null and the reason when there was no answer; both in the words of getWebhookInfo.</returns>
    public async Task<(int? Status, string? Error)> PostAsync(WebhookTarget target, ReadOnlyMemory<byte> body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, target.Url) { Content = new ReadOnlyMemoryContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (target.Secret is { } secret)
            request.Headers.TryAddWithoutValidation("X-Telegram-Bot-Api-Secret-Token", secret);
        try
        {
            using var response = await http.SendAsync(request, ct);
            return response.IsSuccessStatusCode
                ? ((int)response.StatusCode, null)
                : ((int)response.StatusCode, $"Wrong response from the webhook: {(int)response.StatusCode} {response.ReasonPhrase}");
        }
        catch (HttpRequestException failure)
        {
            return (null, failure.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused }
                ? "Connection refused"
                : "Connection reset by peer");
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return (null, "Read timeout expired");
        }
    }

    public void Dispose() => http.Dispose();
}

using System.Net;
using System.Net.Http.Headers;

namespace Marketing.Bench;

/// <param name="Id">The update's number.</param>
internal sealed record BenchUpdate(int Id, byte[] Body);

/// <summary>Posts updates as Telegram does: so many at once, each again until it is answered 200.</summary>
internal static class UpdateLoad
{
    // A repeated update that another request has under way is answered 503; Telegram waits longer before it tries again.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <returns>And how many posts were answered 503 and posted again.</returns>
    /// <exception cref="InvalidOperationException">Something else than 200 or 503 was answered.</exception>
    public static async Task<(Load Load, int Refused)> PostAsync(
        IReadOnlyList<BenchUpdate> updates, Func<BenchUpdate, Uri> address, int connections, CancellationToken ct)
    {
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = connections, UseProxy = false });
        http.DefaultRequestHeaders.Add("X-Telegram-Bot-Api-Secret-Token", MarketingApi.WebhookSecret);
        var refused = 0;
        var load = await Load.RunAsync(updates.Count, connections, async (_, i) =>
        {
            while (!await IsTakenAsync(http, address(updates[i]), updates[i].Body, ct))
            {
                Interlocked.Increment(ref refused);
                await Task.Delay(Pause, ct);
            }
        });
        return (load, refused);
    }

    private static async Task<bool> IsTakenAsync(HttpClient http, Uri address, byte[] body, CancellationToken ct)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var response = await http.PostAsync(address, content, ct);
        return response.StatusCode switch
        {
            HttpStatusCode.OK => true,
            HttpStatusCode.ServiceUnavailable => false,
            var other => throw new InvalidOperationException($"{address}: {(int)other} {await response.Content.ReadAsStringAsync(ct)}"),
        };
    }
}

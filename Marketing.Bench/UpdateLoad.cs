using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;

namespace Marketing.Bench;

/// <param name="Id">The update's number.</param>
internal sealed record BenchUpdate(int Id, byte[] Body);

/// <param name="Seconds">From the first post to the last answer.</param>
/// <param name="Milliseconds">Each post's time, sorted.</param>
/// <param name="Refused">Posts that were answered 503 and posted again.</param>
internal sealed record LoadResult(double Seconds, double[] Milliseconds, int Refused)
{
    public double Percentile(double share) => Milliseconds[(int)(share * (Milliseconds.Length - 1))];
}

/// <summary>Posts updates as Telegram does: so many at once, each again until it is answered 200.</summary>
internal static class UpdateLoad
{
    // A repeated update that another request has under way is answered 503; Telegram waits longer before it tries again.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <exception cref="InvalidOperationException">Something else than 200 or 503 was answered.</exception>
    public static async Task<LoadResult> PostAsync(
        IReadOnlyList<BenchUpdate> updates, Func<BenchUpdate, Uri> address, int connections, CancellationToken ct)
    {
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = connections, UseProxy = false });
        http.DefaultRequestHeaders.Add("X-Telegram-Bot-Api-Secret-Token", MarketingApi.WebhookSecret);
        var times = new double[updates.Count];
        var (next, refused) = (-1, 0);
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(async () =>
        {
            for (var i = Interlocked.Increment(ref next); i < updates.Count; i = Interlocked.Increment(ref next))
            {
                var begun = Stopwatch.GetTimestamp();
                while (!await IsTakenAsync(http, address(updates[i]), updates[i].Body, ct))
                {
                    Interlocked.Increment(ref refused);
                    await Task.Delay(Pause, ct);
                }

                times[i] = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
            }
        }, ct)));
        var seconds = watch.Elapsed.TotalSeconds;
        Array.Sort(times);
        return new LoadResult(seconds, times, refused);
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

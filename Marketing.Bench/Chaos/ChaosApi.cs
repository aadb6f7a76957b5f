using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;

namespace Marketing.Bench.Chaos;

/// <summary>The HTTP side as its callers see it: whoever gets no answer, or a 5xx, asks the other host.</summary>
internal sealed class ChaosApi : IDisposable
{
    public const string OwnerToken = "owner-token-of-the-chaos-0123456789abcdef";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    // No disaster lasts that long.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly ChaosWorld world;
    private readonly HttpClient http;
    private int turn;

    public ChaosApi(ChaosWorld world)
    {
        this.world = world;
        http = new HttpClient(new SocketsHttpHandler { UseProxy = false })
        {
            Timeout = TimeSpan.FromSeconds(30),
        };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", OwnerToken);
    }

    /// <summary>Asks until there is an answer below 500, of any host.</summary>
    /// <param name="path">Below /api/.</param>
    /// <exception cref="InvalidOperationException">There was none in three minutes.</exception>
    public async Task<(HttpStatusCode Status, JsonElement Body)> AskAsync(
        HttpMethod method, string path, object? body, CancellationToken ct, string? key = null, string? token = null)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            using var request = new HttpRequestMessage(method, new Uri(NextHost().Address, $"api/{path}"));
            request.Content = body is null ? null : JsonContent.Create(body);
            if (key is not null)
                request.Headers.Add("Idempotency-Key", key);
            if (token is not null)
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            var (status, text) = await TryAsync(request, ct);
            if (status < HttpStatusCode.InternalServerError)
                return (status.Value, text!.StartsWith('{') ? JsonElement.Parse(text) : default);
            if (Stopwatch.GetElapsedTime(started) > Patience)
                throw new InvalidOperationException($"{method} {path} has no answer after {Patience}; the last was {(int?)status} {text}");
            await Task.Delay(Pause, ct);
        }
    }

    /// <summary>As <see cref="AskAsync"/>, and the answer has to be a success.</summary>
    /// <exception cref="InvalidOperationException">It is not.</exception>
    public async Task<JsonElement> MustAsync(HttpMethod method, string path, object? body, CancellationToken ct, string? token = null)
    {
        var (status, answer) = await AskAsync(method, path, body, ct, token: token);
        return (int)status < 300 ? answer : throw new InvalidOperationException($"{method} {path}: {(int)status} {answer}");
    }

    /// <summary>Opens a link at a host as a browser would. Null when no answer came.</summary>
    /// <returns>
    /// Connections: HttpClient sends again by itself when one breaks early, and the request may have been taken on each of them.
    /// </returns>
    public async Task<(HttpStatusCode? Status, int Connections)> OpenAsync(
        HttpMethod method, string path, Action<HttpRequestHeaders> change, CancellationToken ct)
    {
        var connections = 0;
        using var browser = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            ConnectCallback = async (context, stop) =>
            {
                var stream = await ConnectAsync(context.DnsEndPoint, stop);
                Interlocked.Increment(ref connections);
                return stream;
            },
        });
        browser.Timeout = http.Timeout;
        using var request = new HttpRequestMessage(method, new Uri(NextHost().Address, path));
        request.Headers.UserAgent.ParseAdd("Mozilla/5.0 (chaos)");
        change(request.Headers);
        try
        {
            using var response = await browser.SendAsync(request, ct);
            return (response.StatusCode, connections);
        }
        catch (HttpRequestException)
        {
            return (null, connections); // the host is down, or died over it
        }
        catch (TaskCanceledException) when (!ct.IsCancellationRequested)
        {
            return (null, connections); // it took longer than 30 s
        }
    }

    private static async Task<Stream> ConnectAsync(DnsEndPoint host, CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(host, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose(); // whatever it was, nobody else would
            throw;
        }
    }

    /// <summary>Runs a timer of a host now.</summary>
    public async Task RunTimerAsync(HostSlot host, string name, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(host.Address, $"admin/functions/{name}"));
        await TryAsync(request, ct); // a host that is down has no timers
    }

    /// <summary>Posts an update to the webhook, with a secret or without. Null when no answer came.</summary>
    public async Task<HttpStatusCode?> PostUpdateAsync(object update, string? secret, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(NextHost().Address, "api/telegram/webhook"));
        request.Content = JsonContent.Create(update);
        if (secret is not null)
            request.Headers.Add("X-Telegram-Bot-Api-Secret-Token", secret);
        return (await TryAsync(request, ct)).Status;
    }

    private async Task<(HttpStatusCode? Status, string? Text)> TryAsync(HttpRequestMessage request, CancellationToken ct)
    {
        try
        {
            using var response = await http.SendAsync(request, ct);
            return (response.StatusCode, await response.Content.ReadAsStringAsync(ct));
        }
        catch (HttpRequestException)
        {
            return default; // the host is down, or died over it
        }
        catch (TaskCanceledException) when (!ct.IsCancellationRequested)
        {
            return default; // it took longer than 30 s
        }
    }

    private HostSlot NextHost()
    {
        var first = Interlocked.Increment(ref turn) & 1;
        return world.Hosts[first].IsUp ? world.Hosts[first] : world.Hosts[1 - first];
    }

    public void Dispose() => http.Dispose();
}

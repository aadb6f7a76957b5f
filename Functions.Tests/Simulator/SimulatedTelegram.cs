using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Marketing.Local.Telegram;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Telegram.Bot;

namespace Marketing.Functions.Tests.Simulator;

/// <summary>A simulator, a bot that talks to it through Telegram.Bot, and a webhook that answers as a test says.</summary>
internal sealed class SimulatedTelegram : IAsyncDisposable
{
    private readonly WebApplication webhook;
    private readonly HttpClient http;

    private SimulatedTelegram(TelegramSimulator simulator, WebApplication webhook)
    {
        (Simulator, this.webhook) = (simulator, webhook);
        http = new HttpClient { BaseAddress = simulator.Address, Timeout = TimeSpan.FromSeconds(20) };
        Bot = new TelegramBotClient(new TelegramBotClientOptions("4711:secret", simulator.Address.ToString()) { RetryCount = 0 }, http);
    }

    public TelegramSimulator Simulator { get; }
    public ITelegramBotClient Bot { get; }
    public string WebhookUrl => webhook.Urls.First() + "/hook";
    public ConcurrentQueue<(JsonElement Update, string Secret)> Updates { get; } = [];
    public ConcurrentQueue<int> WebhookStatuses { get; } = [];
    public Func<JsonElement, Task> OnUpdate { get; set; } = _ => Task.CompletedTask;

    public static async Task<SimulatedTelegram> StartAsync(TelegramSimulatorOptions? options = null)
    {
        var simulator = await TelegramSimulator.StartAsync(
            options ?? new() { WebhookRetryDelay = TimeSpan.FromMilliseconds(10) }, CancellationToken.None);
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var telegram = new SimulatedTelegram(simulator, builder.Build());
        telegram.webhook.Run(telegram.ReceiveAsync);
        await telegram.webhook.StartAsync();
        return telegram;
    }

    public async Task<JsonElement> PostAsync(string path, object body)
    {
        using var response = await http.PostAsJsonAsync(path, body);
        return JsonElement.Parse(await response.Content.ReadAsStringAsync());
    }

    public Task<JsonElement> GetAsync(string path) => http.GetFromJsonAsync<JsonElement>(path);

    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent content) =>
        http.SendAsync(new HttpRequestMessage(method, path) { Content = content });

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await Simulator.DisposeAsync();
        await webhook.DisposeAsync();
    }

    private async Task ReceiveAsync(HttpContext context)
    {
        using var body = await JsonDocument.ParseAsync(context.Request.Body);
        var update = body.RootElement.Clone();
        Updates.Enqueue((update, context.Request.Headers["X-Telegram-Bot-Api-Secret-Token"].ToString()));
        context.Response.StatusCode = WebhookStatuses.TryDequeue(out var status) ? status : 200;
        if (context.Response.StatusCode == 200)
            await OnUpdate(update);
    }
}

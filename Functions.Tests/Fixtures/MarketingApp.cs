using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Dapper;
using Marketing.Core.Telegram;
using Marketing.Core.Tests.Fixtures;
using Marketing.Functions.Tests.OpenApi;
using Marketing.Local.Hosting;
using Marketing.Local.Telegram;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Telegram.Bot;

namespace Marketing.Functions.Tests.Fixtures;

/// <summary>The whole app for one test class: its own database, Telegram simulator and function host, reached over HTTP.</summary>
public class MarketingApp : IAsyncLifetime
{
    public const string OwnerToken = "owner-token-of-the-tests-0123456789";
    public const string WebhookSecret = "webhook-secret-of-the-tests";
    public const string PublicBaseUrl = "https://go.example.test";

    private static long nextTelegramId = 1_000_000;

    public HttpClient Api { get; private set; } = null!;

    public TelegramSimulator Telegram { get; private set; } = null!;

    public FunctionHost Host { get; private set; } = null!;

    public NpgsqlDataSource Database { get; private set; } = null!;

    protected virtual bool RunTimers => true;

    /// <summary>Changed or added for one class of tests.</summary>
    protected virtual IReadOnlyDictionary<string, string?> Settings { get; } = new Dictionary<string, string?>();

    // Faults are what many tests make.
    protected virtual void ConfigureLogging(ILoggingBuilder logging) => logging.AddConsole().SetMinimumLevel(LogLevel.Critical);

    public async Task InitializeAsync()
    {
        var connectionString = await TestPostgres.CreateDatabaseAsync();
        Database = NpgsqlDataSource.Create(connectionString);
        Telegram = await TelegramSimulator.StartAsync(new TelegramSimulatorOptions(), default);
        Host = await StartHostAsync(connectionString);
        Api = new HttpClient(new OpenApiHandler(new SocketsHttpHandler { AllowAutoRedirect = false })) { BaseAddress = new Uri(Host.Address, "api/") };
        Api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", OwnerToken);
        await Host.Services.GetRequiredService<ITelegramBotClient>().SetWebhook(
            new Uri(Host.Address, "api/telegram/webhook").ToString(), allowedUpdates: UsedUpdates.All, secretToken: WebhookSecret);
    }

    private Task<FunctionHost> StartHostAsync(string connectionString)
    {
        var settings = new Dictionary<string, string?>
        {
            ["ConnectionStrings__Marketing"] = connectionString,
            ["Telegram__BotToken"] = "42:token-of-the-tests",
            ["Telegram__ApiBaseUrl"] = Telegram.Address.ToString(),
            ["Telegram__WebhookSecret"] = WebhookSecret,
            ["Marketing__PublicBaseUrl"] = PublicBaseUrl,
            ["Marketing__LinkSigningKey"] = Convert.ToBase64String(new byte[32]),
            ["Marketing__OwnerToken"] = OwnerToken,
            ["Marketing__SendRate"] = "100000", // no cap, as far as a test can tell
        };
        foreach (var (key, value) in Settings)
            settings[key] = value;
        return FunctionHost.StartAsync(new FunctionHostOptions
        {
            Assembly = typeof(FunctionServices).Assembly,
            Settings = settings,
            ConfigureServices = (services, configuration) => services.AddMarketingFunctions(configuration),
            RunTimers = RunTimers,
            ConfigureLogging = ConfigureLogging,
        }, default);
    }

    public async Task DisposeAsync()
    {
        Api.Dispose();
        await Host.DisposeAsync();
        await Telegram.DisposeAsync();
        await Database.DisposeAsync();
    }

    /// <summary>Telegram ids that no other test uses.</summary>
    public static long[] NewTelegramIds(int count)
    {
        var first = Interlocked.Add(ref nextTelegramId, count) - count;
        return [.. Enumerable.Range(0, count).Select(i => first + i)];
    }

    /// <summary>Imports people in a region of their own, so that a cohort of that region is exactly them.</summary>
    public async Task<(string Region, long[] TelegramIds)> AudienceAsync(int count, string tier = "free")
    {
        var ids = NewTelegramIds(count);
        var region = $"R{ids[0]}";
        var csv = new StringBuilder("telegram_user_id,first_name,user_tier,region\n");
        foreach (var id in ids)
            csv.Append(System.Globalization.CultureInfo.InvariantCulture, $"{id},Name{id},{tier},{region}\n");
        await PostCsvAsync(csv.ToString());
        return (region, ids);
    }

    public async Task<JsonElement> PostCsvAsync(string csv)
    {
        using var content = new StringContent(csv, Encoding.UTF8, "text/csv");
        return await ReadAsync(await Api.PostAsync("v1/admin/audience/import", content), HttpStatusCode.OK);
    }

    /// <summary>A template with an open and a callback button, under a name of its own.</summary>
    public Task<JsonElement> TemplateAsync(string content = "Hi <b>{{ first_name }}</b>", object[]? buttons = null) =>
        PostAsync("v1/admin/templates", new
        {
            name = $"Template {Guid.CreateVersion7()}",
            category = "tests",
            content,
            cta_buttons = buttons ??
            [
                new { label = "Open", action = "open", url = "https://example.com/prizes?a=1&b=2" },
                new { label = "Join", action = "callback", answer = "You are in <3" },
            ],
        }, HttpStatusCode.Created);

    public async Task<string> BroadcastAsync(object cohort, string? templateId = null, DateTimeOffset? scheduledAt = null)
    {
        templateId ??= (await TemplateAsync()).Id();
        var broadcast = await PostAsync("v1/admin/broadcasts", new
        {
            title = "Test", template_id = templateId, cohort_query = cohort, scheduled_at = scheduledAt,
        }, HttpStatusCode.Created);
        return broadcast.Id();
    }

    /// <returns>The name.</returns>
    public async Task<string> SaveCohortAsync(string name, object query)
    {
        await using var db = await Database.OpenConnectionAsync();
        await db.ExecuteAsync("INSERT INTO cohorts (id, name, cohort_query) VALUES (@id, @name, @query::jsonb)",
            new { id = Guid.CreateVersion7(), name, query = JsonSerializer.Serialize(query) });
        return name;
    }

    /// <summary>Sends it and waits for its end.</summary>
    public async Task<JsonElement> SendAsync(string broadcastId)
    {
        await PostAsync($"v1/admin/broadcasts/{broadcastId}/send", new { }, HttpStatusCode.Accepted);
        return await EndAsync(broadcastId);
    }

    /// <summary>Waits until it is neither scheduled nor sending.</summary>
    public Task<JsonElement> EndAsync(string broadcastId) =>
        UntilAsync(() => GetAsync($"v1/admin/broadcasts/{broadcastId}"), b => b.Text("status") is not ("sending" or "scheduled"));

    public static async Task<T> UntilAsync<T>(Func<Task<T>> read, Func<T, bool> isGood)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var value = await read();
            if (isGood(value))
                return value;
            await Task.Delay(50, limit.Token);
        }
    }

    public async Task<JsonElement> GetAsync(string path, HttpStatusCode expected = HttpStatusCode.OK) =>
        await ReadAsync(await Api.GetAsync(path), expected);

    public async Task<JsonElement> PostAsync(string path, object body, HttpStatusCode expected = HttpStatusCode.OK) =>
        await ReadAsync(await Api.PostAsJsonAsync(path, body), expected);

    public async Task<JsonElement> PutAsync(string path, object body, HttpStatusCode expected = HttpStatusCode.OK) =>
        await ReadAsync(await Api.PutAsJsonAsync(path, body), expected);

    /// <summary>A request with headers of its own.</summary>
    public async Task<HttpResponseMessage> RequestAsync(HttpMethod method, string path, object? body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Content = body is null ? null : JsonContent.Create(body);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await Api.SendAsync(request);
    }

    /// <summary>Posts a body as it is.</summary>
    public async Task<JsonElement> PostRawAsync(string path, string body, HttpStatusCode expected)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        return await ReadAsync(await Api.PostAsync(path, content), expected);
    }

    public static async Task<JsonElement> ReadAsync(HttpResponseMessage response, HttpStatusCode expected)
    {
        using (response)
        {
            var text = await response.Content.ReadAsStringAsync();
            Assert.True(response.StatusCode == expected, $"expected {expected}, got {(int)response.StatusCode}: {text}");
            if ((int)expected >= 400)
                Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
            return text.Length == 0 ? default : JsonElement.Parse(text);
        }
    }

    /// <summary>The one message that this chat received, with its buttons.</summary>
    public (ReceivedMessage Message, IReadOnlyList<ReceivedButton> Buttons) TheMessage(long telegramId)
    {
        var message = Assert.Single(Telegram.Messages(telegramId));
        return (message, ReceivedButton.Of(message));
    }

    /// <summary>Presses a button, whether the message still has it or not; what the bot answered for a moment.</summary>
    public async Task<string?> PressAsync(long telegramId, int messageId, string data)
    {
        using var http = new HttpClient { BaseAddress = Telegram.Address };
        var response = await http.PostAsJsonAsync("sim/press", new { chat_id = telegramId, message_id = messageId, button = data, forge = true });
        var pressed = await ReadAsync(response, HttpStatusCode.OK);
        Assert.Equal(200, pressed.Number("webhook_status"));
        return pressed.GetProperty("answer") is { ValueKind: JsonValueKind.Object } answer ? answer.GetProperty("text").GetString() : null;
    }

    /// <summary>Deletes a message from its chat.</summary>
    public async Task DeleteMessageAsync(long chatId, int messageId)
    {
        using var http = new HttpClient();
        using var deleted = await http.PostAsJsonAsync(new Uri(Telegram.Address, "/bot42:token-of-the-tests/deleteMessage"), new { chat_id = chatId, message_id = messageId });
        Assert.Equal(HttpStatusCode.OK, deleted.StatusCode);
    }

    /// <summary>Opens a tracked link as a browser would; the link names the public address, which is this host's here.</summary>
    public Task<HttpResponseMessage> OpenAsync(ReceivedButton button, Action<HttpRequestMessage>? change = null)
    {
        Assert.StartsWith($"{PublicBaseUrl}/api/c/", button.Url, StringComparison.Ordinal);
        var request = new HttpRequestMessage(HttpMethod.Get, button.Url![$"{PublicBaseUrl}/api/".Length..]);
        request.Headers.Add("User-Agent", "Mozilla/5.0 (test)");
        change?.Invoke(request);
        return Api.SendAsync(request);
    }
}

using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Marketing.Local.Telegram;

namespace Marketing.Local.Demo;

/// <summary>
/// At the first start: the demo audience and one finished broadcast with clicks and conversions, all through the API and the
/// simulated Telegram, as an operator and their users would.
/// </summary>
internal sealed class DemoData(Uri host, string ownerToken, TelegramSimulator simulator)
{
    private const string Title = "Autumn trading cup";

    private const string Content = """
        <b>Hi {{ first_name ?? "trader" }}!</b>

        The autumn trading cup starts on Monday. {{ if user_tier == "free" }}Join with any trade.{{ else }}As a {{ user_tier }} member you are already in.{{ end }}
        """;

    public async Task SeedAsync(CancellationToken ct)
    {
        using var api = new HttpClient { BaseAddress = new Uri(host, "api/") };
        api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ownerToken);
        if ((await GetAsync(api, "v1/admin/broadcasts?limit=1", ct)).GetProperty("items").GetArrayLength() > 0)
            return;

        Console.Write($"  Demo data: {DemoAudience.Size:N0} people ... ");
        using var csv = new StringContent(DemoAudience.Csv(TimeProvider.System.GetUtcNow()), Encoding.UTF8, "text/csv");
        await ReadAsync(await api.PostAsync("v1/admin/audience/import", csv, ct), ct);
        Console.Write("a broadcast ... ");
        var broadcast = await SendAsync(api, ct);
        Console.Write("clicks ... ");
        await ClickAsync(api, ct);
        Console.WriteLine($"ready (broadcast {broadcast})");
    }

    private static async Task<string> SendAsync(HttpClient api, CancellationToken ct)
    {
        // A first start that was ended half way may have made it already.
        var made = (await GetAsync(api, "v1/admin/templates", ct)).GetProperty("items").EnumerateArray()
            .Where(t => t.GetProperty("name").GetString() == Title).ToList();
        var template = made.Count > 0 ? made[0] : await PostAsync(api, "v1/admin/templates", new
        {
            name = Title,
            category = "events",
            content = Content,
            cta_buttons = new object[]
            {
                new { label = "See the prizes", action = "open", url = "https://example.com/cup" },
                new { label = "Count me in", action = "callback", answer = "You are in. Good luck!" },
            },
        }, ct);
        var broadcast = await PostAsync(api, "v1/admin/broadcasts", new
        {
            title = Title,
            template_id = template.GetProperty("id").GetString(),
            cohort_query = new { },
        }, ct);
        var id = broadcast.GetProperty("id").GetString()!;
        await PostAsync(api, $"v1/admin/broadcasts/{id}/send", new { }, ct);
        while ((await GetAsync(api, $"v1/admin/broadcasts/{id}", ct)).GetProperty("status").GetString() == "sending")
            await Task.Delay(200, ct);
        return id;
    }

    // About a tenth presses the callback, a tenth follows the link, and a few of those convert.
    private async Task ClickAsync(HttpClient api, CancellationToken ct)
    {
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        for (var i = 0; i < DemoAudience.Size; i += 5)
        {
            var telegramId = DemoAudience.FirstTelegramId + i;
            if (simulator.Messages(telegramId) is not [var message, ..])
                continue;
            var buttons = ReceivedButton.Of(message);
            if (i % 2 == 0)
            {
                await simulator.PressAsync(telegramId, message.MessageId, buttons.Single(b => b.CallbackData is not null).CallbackData!, ct);
                continue;
            }

            // The link names the public address; this host is where it leads. No token goes with it, as from a browser.
            using var opened = await browser.GetAsync(new Uri(host, new Uri(buttons.Single(b => b.Url is not null).Url!).PathAndQuery), ct);
            if (i % 3 == 0)
                await PostAsync(api, "v1/conversions", new
                {
                    telegram_user_id = telegramId, @event = "first_trade", value = 25 + i % 200, currency = "EUR",
                    idempotency_key = $"demo-{telegramId}",
                }, ct);
        }
    }

    private static async Task<JsonElement> GetAsync(HttpClient api, string path, CancellationToken ct) =>
        await ReadAsync(await api.GetAsync(path, ct), ct);

    private static async Task<JsonElement> PostAsync(HttpClient api, string path, object body, CancellationToken ct) =>
        await ReadAsync(await api.PostAsJsonAsync(path, body, ct), ct);

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response, CancellationToken ct)
    {
        using (response)
        {
            var text = await response.Content.ReadAsStringAsync(ct);
            return response.IsSuccessStatusCode
                ? JsonElement.Parse(text)
                : throw new InvalidOperationException(
                    $"Demo data: {response.RequestMessage?.RequestUri?.AbsolutePath} answered {(int)response.StatusCode}: {text}");
        }
    }
}

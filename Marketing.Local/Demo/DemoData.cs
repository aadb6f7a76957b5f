using System.Text;
using Marketing.Local.Telegram;

namespace Marketing.Local.Demo;

/// <summary>
/// At the first start: the demo audience and one finished broadcast with clicks and conversions, all through the API and the
/// simulated Telegram, as an operator and their users would.
/// </summary>
internal sealed class DemoData(DemoApi api, TelegramSimulator simulator)
{
    public async Task SeedAsync(CancellationToken ct)
    {
        if ((await api.GetAsync("v1/admin/broadcasts?limit=1", ct)).GetProperty("items").GetArrayLength() > 0)
            return;

        Console.Write($"  Demo data: {DemoAudience.Size:N0} people ... ");
        using var csv = new StringContent(DemoAudience.Csv(TimeProvider.System.GetUtcNow()), Encoding.UTF8, "text/csv");
        await api.PostAsync("v1/admin/audience/import", csv, ct);
        Console.Write("a broadcast ... ");
        var broadcast = await SendAsync(await TemplatesAsync(ct), ct);
        Console.Write("clicks ... ");
        await ClickAsync(ct);
        Console.WriteLine($"ready (broadcast {broadcast})");
    }

    /// <returns>The id of the first one.</returns>
    private async Task<string> TemplatesAsync(CancellationToken ct)
    {
        // A first start that was ended half way may have made some already.
        var made = (await api.GetAsync("v1/admin/templates", ct)).GetProperty("items").EnumerateArray()
            .ToDictionary(t => t.GetProperty("name").GetString()!, t => t.GetProperty("id").GetString()!);
        foreach (var template in DemoTemplates.All.Where(t => !made.ContainsKey(t.Name)))
            made[template.Name] = (await api.PostAsync("v1/admin/templates", template, ct)).GetProperty("id").GetString()!;
        return made[DemoTemplates.All[0].Name];
    }

    private async Task<string> SendAsync(string templateId, CancellationToken ct)
    {
        var broadcast = await api.PostAsync("v1/admin/broadcasts", new
        {
            title = DemoTemplates.All[0].Name, template_id = templateId, cohort_query = new { },
        }, ct);
        var id = broadcast.GetProperty("id").GetString()!;
        await api.PostAsync($"v1/admin/broadcasts/{id}/send", new { }, ct);
        while ((await api.GetAsync($"v1/admin/broadcasts/{id}", ct)).GetProperty("status").GetString() == "sending")
            await Task.Delay(200, ct);
        return id;
    }

    // About a tenth presses the callback, a tenth follows the link, and a few of those convert.
    private async Task ClickAsync(CancellationToken ct)
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
            using var opened = await browser.GetAsync(new Uri(api.Host, new Uri(buttons.Single(b => b.Url is not null).Url!).PathAndQuery), ct);
            if (i % 3 == 0)
                await api.PostAsync("v1/conversions", new
                {
                    telegram_user_id = telegramId, @event = "first_trade", value = 25 + i % 200, currency = "EUR",
                    idempotency_key = $"demo-{telegramId}",
                }, ct);
        }
    }
}

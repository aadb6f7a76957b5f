using Marketing.Local.Telegram;

namespace Marketing.Local.Demo;

/// <summary>Somebody in the simulated Telegram who acts with the owner's role, so that /broadcast works at once.</summary>
internal static class DemoAdmin
{
    private const long ChatId = 1;

    /// <summary>Links them anew at each start, since the simulator forgot their chat; the code is used up by that.</summary>
    public static async Task LinkAsync(DemoApi api, TelegramSimulator simulator, CancellationToken ct)
    {
        simulator.Introduce(ChatId, "Admin", languageCode: "en", admin: true);
        var code = (await api.PostAsync("v1/admin/me/telegram-link", new { }, ct)).GetProperty("code").GetString();
        var said = await simulator.SayAsync(ChatId, $"/link {code}", ct);
        if (said.WebhookStatus != 200)
            throw new InvalidOperationException($"Demo admin: the webhook answered {said.WebhookStatus?.ToString() ?? "nothing"} to /link.");
    }
}

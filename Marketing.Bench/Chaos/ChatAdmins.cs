using Marketing.Local.Telegram;

namespace Marketing.Bench.Chaos;

/// <summary>An admin at their phone who walks through /broadcast, presses again when nothing happens, and begins anew in the end.</summary>
internal sealed class ChatAdmins(ChaosWorld world, string token, ChaosApi api, Random random)
{
    public const string Template = "Greeting";
    public const string Category = "soak";
    public const long Chat = 900_001;

    private const int PressesAtMost = 30;
    private const int ConversationsAtMost = 5;

    // A press's answer; whoever waits longer presses again.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly string[] Cohorts = ["All", "Premium", "EU"];

    private readonly List<Task> under = [];

    public async Task LinkAsync(CancellationToken ct)
    {
        var code = await api.MustAsync(HttpMethod.Post, "v1/admin/me/telegram-link", new { }, ct, token);
        await world.Telegram.SayAsync(Chat, $"/link {code.GetProperty("code").GetString()}", ct);
    }

    public async Task RunAsync(CancellationToken storm, CancellationToken ct)
    {
        while (await Cast.PauseAsync(random, 500, 3_000, storm))
            await ConverseAsync(storm, ct);
        await Task.WhenAll(under);
    }

    private const string ConfirmedSql = $"SELECT count(*) FROM conversations c WHERE {ChatChecks.Confirmed}";

    /// <summary>After the storm: on a slow machine none may have come to its Yes, and then there would be nothing to compare.</summary>
    public async Task ConfirmAsync(CancellationToken ct)
    {
        for (var tries = 0; tries < ConversationsAtMost && await world.ScalarAsync<long>(ConfirmedSql) == 0; tries++)
            await ConverseAsync(ct, ct);
    }

    private async Task ConverseAsync(CancellationToken storm, CancellationToken ct)
    {
        var before = world.Telegram.Messages(Chat).Select(m => m.MessageId).DefaultIfEmpty().Max();
        world.Log.Count("conversations begun");
        await SayAsync("/broadcast", ct);
        for (var presses = 0; presses < PressesAtMost && await Cast.PauseAsync(random, 100, 400, storm); presses++)
        {
            if (Control(before) is not { } control)
                continue; // the bot's answer did not come through yet
            if (Next(control) is not { } label)
                return; // the broadcast's card
            if (label.Length == 0)
                await SayAsync("Hello {{ first_name }}, this was written in the chat", ct);
            else
                await PressAsync(control, label, times: label == "Yes" && random.Next(3) == 0 ? 2 : 1, ct);
        }
    }

    /// <summary>What is pressed of a screen, by its buttons: empty when something is to be typed, null when there is nothing left to do.</summary>
    private string? Next(ReceivedMessage control)
    {
        var labels = ReceivedButton.Of(control).Select(b => b.Text).ToList();
        string? Find(string start) => labels.Find(l => l.StartsWith(start, StringComparison.Ordinal));
        if (Find("Pause") is not null || Find("Refresh") is not null || Find("Resume") is not null)
            return null;
        if (control.Text.StartsWith("Send the new text", StringComparison.Ordinal))
            return "";
        if (Find("Next") is { } next)
            return random.Next(4) == 0 ? Find("Edit") : next;
        return Find("Yes") ?? Find("Now") ?? Find($"{Cohorts[random.Next(Cohorts.Length)]} ·") ?? Find(Template) ?? Find(Category) ?? Find("Cancel");
    }

    /// <summary>After the storm: leaves what is open, and has what was confirmed finished, as somebody who still sees the Yes would.</summary>
    public async Task FinishAsync(bool isConfirmed, CancellationToken ct)
    {
        if (!isConfirmed)
            await SayAsync("/cancel", ct);
        else if (Control(0) is { } control && ReceivedButton.Of(control).Any(b => b.Text == "Yes"))
            await PressAsync(control, "Yes", times: 1, ct);
    }

    private ReceivedMessage? Control(int after) =>
        world.Telegram.Messages(Chat).LastOrDefault(m => m.ReplyMarkup is not null && !m.Deleted && m.MessageId > after);

    private async Task SayAsync(string text, CancellationToken ct)
    {
        var said = await world.Telegram.SayAsync(Chat, text, ct);
        world.Log.Updates.Add(said.UpdateId!.Value);
    }

    private async Task PressAsync(ReceivedMessage control, string label, int times, CancellationToken ct)
    {
        var data = ReceivedButton.Of(control).First(b => b.Text == label).CallbackData!;
        var presses = Task.WhenAll(Enumerable.Range(0, times).Select(_ => PressAsync(control.MessageId, data, ct)));
        under.Add(presses);
        world.Log.Count(label == "Yes" ? "confirmed in the chat" : "presses in the chat", times);
        await Task.WhenAny(presses, Task.Delay(Patience, ct));
        under.RemoveAll(p => p.IsCompletedSuccessfully);
    }

    private async Task PressAsync(int messageId, string data, CancellationToken ct)
    {
        try
        {
            world.Log.Updates.Add((await world.Telegram.PressAsync(Chat, messageId, data, ct)).UpdateId!.Value);
        }
        catch (KeyNotFoundException)
        {
            // The screen changed under the finger.
        }
    }
}

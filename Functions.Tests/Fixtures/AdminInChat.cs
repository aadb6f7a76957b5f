using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Marketing.Core.Access;
using Marketing.Local.Telegram;

namespace Marketing.Functions.Tests.Fixtures;

/// <summary>An admin at their phone: writes to the bot, and presses what its message shows.</summary>
public sealed class AdminInChat(MarketingApp app, long telegramId)
{
    private static int nextUpdateId = 800_000;

    public long TelegramId => telegramId;

    /// <summary>The token that the chat acts for.</summary>
    public Guid TokenId { get; private init; }

    /// <summary>Somebody with a token of their own, whose chat is linked to it.</summary>
    public static async Task<AdminInChat> LinkedAsync(MarketingApp app, Role role = Role.Sender, string timeZone = "UTC")
    {
        var (token, id) = ($"token-{Guid.CreateVersion7()}", Guid.CreateVersion7());
        await using (var db = await app.Database.OpenConnectionAsync())
        {
            await db.ExecuteAsync(
                "INSERT INTO admin_tokens (id, name, role, token_sha256, time_zone) VALUES (@id, @name, @role, @hash, @timeZone)",
                new { id, name = $"Admin {id}", role = (short)role, hash = SHA256.HashData(Encoding.UTF8.GetBytes(token)), timeZone });
        }

        var admin = new AdminInChat(app, MarketingApp.NewTelegramIds(1)[0]) { TokenId = id };
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/admin/me/telegram-link") { Headers = { Authorization = new("Bearer", token) } };
        var code = (await MarketingApp.ReadAsync(await app.Api.SendAsync(request), HttpStatusCode.OK)).Text("code");
        await admin.SayAsync($"/link {code}");
        return admin;
    }

    /// <summary>What the bot wrote, oldest first.</summary>
    public IReadOnlyList<ReceivedMessage> Messages => app.Telegram.Messages(telegramId);

    public ReceivedMessage Last => Messages[^1];

    /// <summary>The last message with buttons, which is the one that is edited in place.</summary>
    public ReceivedMessage Control => Messages.Last(m => m.ReplyMarkup is not null && !m.Deleted);

    public IReadOnlyList<ReceivedButton> Buttons => ReceivedButton.Of(Control);

    public IReadOnlyList<string> Labels => [.. Buttons.Select(b => b.Text)];

    /// <returns>The message's id.</returns>
    public async Task<int> SayAsync(string text)
    {
        var said = await app.Telegram.SayAsync(telegramId, text, default);
        Assert.Equal(200, said.WebhookStatus);
        return said.MessageId!.Value;
    }

    /// <summary>Presses the button whose label begins so; the answer is what is shown for a moment.</summary>
    public async Task<string?> PressAsync(string label) => await PressDataAsync(Button(label));

    public ReceivedButton Button(string label) =>
        Buttons.FirstOrDefault(b => b.Text.StartsWith(label, StringComparison.Ordinal)) ?? throw new ArgumentException(
            $"No button \"{label}\" among {string.Join(", ", Labels)} under:\n{Control.Text}");

    /// <summary>Presses a button that was read before, whether the message still has it or not.</summary>
    public Task<string?> PressDataAsync(ReceivedButton button) => app.PressAsync(telegramId, Control.MessageId, button.CallbackData!);

    /// <summary>Presses one after the other.</summary>
    public async Task WalkAsync(params string[] labels)
    {
        foreach (var label in labels)
            await PressAsync(label);
    }

    /// <summary>Sends /broadcast and chooses a template of its own: up to the preview.</summary>
    public async Task<string> PreviewAsync(string content = "Hi <b>{{ first_name }}</b>")
    {
        var template = await app.TemplateAsync(content);
        await SayAsync("/broadcast");
        await PressAsync("tests");
        var name = template.Text("name")[..39]; // of which a button shows no more
        while (!Labels.Any(label => label.StartsWith(name, StringComparison.Ordinal)))
            await PressAsync("Page");
        await PressAsync(name);
        return template.Id();
    }

    /// <summary>Goes on to the question for the time, with a saved cohort of this query.</summary>
    public async Task TimeAsync(object cohort)
    {
        var name = await app.SaveCohortAsync($"{Guid.CreateVersion7()}", cohort);
        await PreviewAsync();
        await PressAsync("Next");
        while (!Labels.Any(label => label.StartsWith(name, StringComparison.Ordinal)))
            await PressAsync("Page");
        await PressAsync(name);
    }

    /// <summary>Goes on to the last question.</summary>
    public async Task ConfirmAsync(object cohort)
    {
        await TimeAsync(cohort);
        await PressAsync("Now");
    }

    /// <summary>What the audit log has of this chat, oldest first.</summary>
    public async Task<IReadOnlyList<string>> AuditAsync()
    {
        await using var db = await app.Database.OpenConnectionAsync();
        return (await db.QueryAsync<string>("SELECT action FROM audit_log WHERE source = @source ORDER BY id", new { source = $"telegram:{telegramId}" })).AsList();
    }

    /// <summary>The broadcasts that this admin made.</summary>
    public async Task<IReadOnlyList<Guid>> BroadcastsAsync()
    {
        await using var db = await app.Database.OpenConnectionAsync();
        return (await db.QueryAsync<Guid>("SELECT id FROM broadcasts WHERE created_by = @TokenId", new { TokenId })).AsList();
    }

    /// <summary>Posts an update that the simulator does not make, such as a photo, to the webhook.</summary>
    public async Task PostAsync(string kind, object content)
    {
        var update = new Dictionary<string, object> { ["update_id"] = Interlocked.Increment(ref nextUpdateId), [kind] = content };
        using var request = new HttpRequestMessage(HttpMethod.Post, "telegram/webhook") { Content = JsonContent.Create(update) };
        request.Headers.Add("X-Telegram-Bot-Api-Secret-Token", MarketingApp.WebhookSecret);
        using var response = await app.Api.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    /// <summary>A message's members, with <paramref name="content"/> such as text or photo.</summary>
    public Dictionary<string, object> Message(int messageId, params (string Name, object Value)[] content)
    {
        var person = new { id = telegramId, is_bot = false, first_name = "Admin" };
        var message = new Dictionary<string, object>
        {
            ["message_id"] = messageId, ["from"] = person, ["date"] = 1_790_000_000, ["chat"] = new { id = telegramId, type = "private", first_name = "Admin" },
        };
        foreach (var (name, value) in content)
            message[name] = value;
        return message;
    }
}

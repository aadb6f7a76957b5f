using System.Net;
using System.Net.Http.Json;
using Dapper;
using Marketing.Functions.Tests.Fixtures;
using Marketing.Local.Telegram;

namespace Marketing.Functions.Tests.Telegram;

/// <summary>Updates as Telegram posts them, with numbers and dates of the test's choosing.</summary>
internal static class TelegramUpdates
{
    private static int lastId = 1_000_000;

    public static int NextId() => Interlocked.Increment(ref lastId);

    public static object Press(int id, long from, string? data, object? message = null) =>
        new { update_id = id, callback_query = new { id = $"{id}", from = Person(from), message, chat_instance = "1", data } };

    public static object Message(int id, long from, string text, DateTimeOffset? date = null, object? person = null, object? chat = null) =>
        new { update_id = id, message = Said(from, text, date, person, chat) };

    public static object Edited(int id, long from, string text) => new { update_id = id, edited_message = Said(from, text, null, null, null) };

    public static object Membership(int id, long from, bool kicked, DateTimeOffset date) => new
    {
        update_id = id,
        my_chat_member = new
        {
            chat = Private(from), from = Person(from), date = date.ToUnixTimeSeconds(),
            old_chat_member = Member(!kicked), new_chat_member = Member(kicked),
        },
    };

    public static object Private(long id) => new { id, type = "private", first_name = "X" };

    private static object Person(long id) => new { id, is_bot = false, first_name = "X" };

    private static object Said(long from, string text, DateTimeOffset? date, object? person, object? chat) => new
    {
        message_id = 7, from = person ?? Person(from), chat = chat ?? Private(from), text,
        date = (date ?? TimeProvider.System.GetUtcNow()).ToUnixTimeSeconds(),
    };

    private static object Member(bool kicked) =>
        new { status = kicked ? "kicked" : "member", until_date = 0, user = new { id = 42, is_bot = true, first_name = "Bot" } };

    public static async Task<HttpStatusCode> PostAsync(this MarketingApp app, object update, CancellationToken ct = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "telegram/webhook") { Content = JsonContent.Create(update) };
        request.Headers.Add("X-Telegram-Bot-Api-Secret-Token", MarketingApp.WebhookSecret);
        using var response = await app.Api.SendAsync(request, ct);
        return response.StatusCode;
    }

    /// <summary>Posts an update that must be taken without an error.</summary>
    public static async Task HandleAsync(this MarketingApp app, object update)
    {
        Assert.Equal(HttpStatusCode.OK, await app.PostAsync(update));
        await using var db = await app.Database.OpenConnectionAsync();
        var id = System.Text.Json.JsonSerializer.SerializeToElement(update).GetProperty("update_id").GetInt32();
        var error = await db.QuerySingleAsync<string?>("SELECT error FROM telegram_updates WHERE update_id = @id AND handled_at IS NOT NULL", new { id });
        Assert.True(error is null, error);
    }

    /// <summary>
    /// Posts an update whose worker stops for ever at a request to Telegram, its effect being stored. Tests of a class run one by
    /// one, so nobody else has this weather.
    /// </summary>
    public static async Task DieAtTelegramAsync(this MarketingApp app, object update, Func<Task<bool>> isStored)
    {
        app.Telegram.Settings = new SimulatorSettings { LatencyMs = int.MaxValue };
        using var death = new CancellationTokenSource();
        var post = app.PostAsync(update, death.Token);
        await MarketingApp.UntilAsync(async () => app.Telegram.HeldCount > 0 && await isStored(), isTrue => isTrue);
        await death.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => post);
        await MarketingApp.UntilAsync(() => Task.FromResult(app.Telegram.HeldCount), held => held == 0);
        app.Telegram.Settings = new SimulatorSettings();
    }

    public static async Task<Person?> PersonAsync(this MarketingApp app, long telegramId)
    {
        await using var db = await app.Database.OpenConnectionAsync();
        return await db.QuerySingleOrDefaultAsync<Person>("""
            SELECT chat_id, first_name, last_name, username, language, source, opted_out_at IS NOT NULL AS is_out, suppression_reason, last_seen_at
            FROM users WHERE telegram_user_id = @telegramId
            """, new { telegramId });
    }

    public static Task AudienceOfOneAsync(this MarketingApp app, long telegramId) =>
        app.PostCsvAsync($"telegram_user_id,first_name,region\n{telegramId},Name{telegramId},R{telegramId}\n");

    public static IReadOnlyList<string> Texts(this MarketingApp app, long telegramId) => [.. app.Telegram.Messages(telegramId).Select(m => m.Text)];
}

internal sealed record Person(
    long ChatId, string? FirstName, string? LastName, string? Username, string? Language, string? Source, bool IsOut,
    string? SuppressionReason, DateTimeOffset? LastSeenAt);

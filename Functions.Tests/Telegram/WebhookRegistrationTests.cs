using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Dapper;
using Marketing.Core.Telegram;
using Marketing.Functions.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.Functions.Tests.Telegram;

public sealed class WebhookRegistrationTests(MarketingApp app) : IClassFixture<MarketingApp>
{
    private const string Route = "v1/admin/telegram/webhook";

    private string Here => new Uri(app.Host.Address, "api/telegram/webhook").ToString();

    [Fact]
    public async Task RegisterWebhook_NoBody_RegistersThePublicAddressWithTheUsedKinds()
    {
        var registered = await MarketingApp.ReadAsync(await app.Api.PostAsync(Route, null), HttpStatusCode.OK);

        Assert.Equal($"{MarketingApp.PublicBaseUrl}/api/telegram/webhook", registered.Text("url"));
        Assert.Equal((true, 40, 0), (registered.GetProperty("is_ours").GetBoolean(), registered.Number("max_connections"), registered.Number("pending_update_count")));
        Assert.Equal(
            ["message", "edited_message", "callback_query", "my_chat_member"],
            registered.GetProperty("allowed_updates").EnumerateArray().Select(k => k.GetString()));
        Assert.Equal(JsonValueKind.Null, registered.GetProperty("last_error_at").ValueKind);
    }

    [Fact]
    public async Task RegisterWebhook_OtherAddress_ReceivesUpdatesWithTheSecret()
    {
        var registered = await app.PostAsync(Route, new { url = Here, max_connections = 7, drop_pending_updates = true });
        var said = await app.Telegram.SayAsync(MarketingApp.NewTelegramIds(1)[0], "/help", default);

        Assert.Equal((Here, false, 7), (registered.Text("url"), registered.GetProperty("is_ours").GetBoolean(), registered.Number("max_connections")));
        Assert.Equal(200, said.WebhookStatus);
    }

    [Fact]
    public async Task GetWebhook_AfterARefusedUpdate_TellsTheErrorAndItsTime()
    {
        await app.PostAsync(Route, new { url = new Uri(app.Host.Address, "api/nowhere").ToString() });
        await app.Telegram.SayAsync(MarketingApp.NewTelegramIds(1)[0], "hello", default);

        var webhook = await app.GetAsync(Route);
        await app.PostAsync(Route, new { url = Here, drop_pending_updates = true });

        Assert.Equal("Wrong response from the webhook: 404 Not Found", webhook.Text("last_error_message"));
        Assert.InRange(webhook.GetProperty("last_error_at").GetDateTimeOffset(), TimeProvider.System.GetUtcNow().AddMinutes(-1), TimeProvider.System.GetUtcNow().AddMinutes(1));
        Assert.Equal(1, webhook.Number("pending_update_count"));
    }

    [Theory]
    [InlineData("""{"url":"telegram"}""", "/url")]
    [InlineData("""{"url":"ftp://example.com/"}""", "/url")]
    [InlineData("""{"max_connections":0}""", "/max_connections")]
    [InlineData("""{"max_connections":101}""", "/max_connections")]
    [InlineData("""{"maxConnections":4}""", "/maxConnections")]
    public async Task RegisterWebhook_BadInput_SaysWhere(string body, string pointer) =>
        Assert.NotEmpty((await app.PostRawAsync(Route, body, HttpStatusCode.BadRequest)).Error(pointer));

    [Fact]
    public async Task RegisterWebhook_RefusedByTelegram_PassesItsWordsOn()
    {
        var problem = await app.PostAsync(Route, new { url = "https://bot.invalid/hook" }, HttpStatusCode.UnprocessableEntity);

        Assert.Contains("Failed to resolve host", problem.Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Webhook_OfAViewer_MayBeReadOnly()
    {
        const string Token = "a-viewer's-token";
        await using var db = await app.Database.OpenConnectionAsync();
        await db.ExecuteAsync("INSERT INTO admin_tokens (id, name, role, token_sha256) VALUES (gen_random_uuid(), 'viewer', 1, sha256(convert_to(@Token, 'UTF8')))", new { Token });
        using var viewer = new HttpClient { BaseAddress = app.Api.BaseAddress };
        viewer.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);

        await MarketingApp.ReadAsync(await viewer.GetAsync(Route), HttpStatusCode.OK);
        await MarketingApp.ReadAsync(await viewer.PostAsync(Route, null), HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("""{"type":"default"}""")]
    [InlineData("""{"type":"all_private_chats"}""")]
    public async Task RegisterWebhook_Always_PublishesTheMenusOfUsers(string scope)
    {
        await app.PostAsync(Route, new { url = Here });

        Assert.Equal(["start", "stop", "help"], await CommandsAsync(scope));
    }

    [Fact]
    public async Task ShowToAdmin_Chat_IsTheirsAlone()
    {
        var id = MarketingApp.NewTelegramIds(1)[0];

        await app.Host.Services.GetRequiredService<BotMenus>().ShowToAdminAsync(id, default);

        Assert.Equal(["broadcast", "broadcasts", "stats", "cancel", "help", "stop"], await CommandsAsync($$"""{"type":"chat","chat_id":{{id}}}"""));
        Assert.Empty(await CommandsAsync($$"""{"type":"chat","chat_id":{{id + 1}}}"""));
    }

    private async Task<string[]> CommandsAsync(string scope)
    {
        using var http = new HttpClient { BaseAddress = app.Telegram.Address };
        using var answer = await http.PostAsJsonAsync("/bot42:token-of-the-tests/getMyCommands", new { scope = JsonElement.Parse(scope) });
        var commands = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("result");
        return [.. commands.EnumerateArray().Select(c => c.Text("command"))];
    }
}

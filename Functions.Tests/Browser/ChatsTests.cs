using System.Text.Json;
using Marketing.Functions.Tests.Simulator;
using Marketing.Local.Telegram;
using Microsoft.Playwright;
using Telegram.Bot;

namespace Marketing.Functions.Tests.Browser;

[Collection(BrowserCollection.Name)]
public sealed class ChatsTests(BrowserFixture browser)
{
    private const int Many = 1_234;

    [Fact]
    public async Task List_OfManyChats_IsSearchedAndWalkedByKeyboard()
    {
        await using var telegram = await SimulatedTelegram.StartAsync();
        for (var chat = 1; chat <= Many; chat++)
            await telegram.Bot.SendMessage(chat, $"Message for {chat}");
        telegram.Simulator.Introduce(77, "Zoë Quite-Special", "zoe");
        await browser.RunAsync(Device.Desktop, telegram.Simulator.Address, async page =>
        {
            var first = page.Chat(Many);
            await first.Expect().ToContainTextAsync($"Message for {Many}");
            await first.Locator(".chat-unread").Expect().ToHaveTextAsync("1 unread");
            Assert.InRange(await page.Chats().CountAsync(), 10, 40);

            await page.GetByLabel("Search chats").FillAsync("special");
            await page.Chats().Expect().ToHaveCountAsync(1);
            await page.Chat(77).Expect().ToContainTextAsync("Zoë Quite-Special");
            await page.GetByLabel("Search chats").FillAsync("nobody at all");
            await page.GetByText("Nobody found").Expect().ToBeVisibleAsync();
            await page.GetByLabel("Search chats").FillAsync("");
            await first.Expect().ToBeVisibleAsync();

            await page.GetByLabel("Search chats").PressAsync("ArrowDown");
            await first.Expect().ToBeFocusedAsync();
            await page.Keyboard.PressAsync("ArrowDown");
            await page.Chat(Many - 1).Expect().ToBeFocusedAsync();
            await page.Keyboard.PressAsync("End");
            await page.Chat(1).Expect().ToBeFocusedAsync();
            await page.Keyboard.PressAsync("Enter");
            await page.LastMessage().Expect().ToContainTextAsync("Message for 1");
            await page.Chat(1).Locator(".chat-unread").Expect().ToHaveCountAsync(0);
        });
    }

    [Fact]
    public async Task List_NewMessage_PutsItsChatFirst()
    {
        await using var telegram = await SimulatedTelegram.StartAsync();
        await telegram.Bot.SendMessage(5, "Old");
        await telegram.Bot.SendMessage(6, "Newer");
        await browser.RunAsync(Device.Phone, telegram.Simulator.Address, async page =>
        {
            await page.FirstChat().Expect().ToHaveAttributeAsync("data-chat", "6");
            await telegram.Bot.SendMessage(5, "Newest");

            await page.FirstChat().Expect().ToHaveAttributeAsync("data-chat", "5");
            await page.Chat(5).Expect().ToContainTextAsync("Newest");
            await page.Chat(5).Locator(".chat-unread").Expect().ToHaveTextAsync("2 unread");
        });
    }

    [Fact]
    public async Task Person_New_WritesStartWithThePayloadOfTheirLink()
    {
        await using var telegram = await SimulatedTelegram.StartAsync();
        await telegram.Bot.SetWebhook(telegram.WebhookUrl);
        await browser.RunAsync(Device.Phone, telegram.Simulator.Address, async page =>
        {
            await page.GetByText("No chats yet").Expect().ToBeVisibleAsync();
            await page.Button("New person").ClickAsync();
            await page.GetByLabel("Name", new() { Exact = true }).FillAsync("Ada Lovelace");
            await page.GetByLabel("Username, if any").FillAsync("@ada");
            await page.GetByLabel("Language of their Telegram").SelectOptionAsync("de");
            await page.GetByLabel("Came by the link").FillAsync("summer_ad-1");
            await page.Button("Write /start").ClickAsync();

            await page.LastMessage().Expect().ToContainTextAsync("/start summer_ad-1");
            await page.Locator("#conversation > header").Expect().ToContainTextAsync("@ada · de");
            await page.Button("Back to the chats").ClickAsync();
            await page.Chats().Expect().ToContainTextAsync(["Ada Lovelace"]);
        });
        var message = Assert.Single(telegram.Updates).Update.GetProperty("message");
        Assert.Equal(("/start summer_ad-1", "Ada Lovelace", "ada", "de"), (message.GetProperty("text").GetString(),
            From(message, "first_name"), From(message, "username"), From(message, "language_code")));
    }

    [Fact]
    public async Task Bot_BlockedAndUnblocked_IsTold()
    {
        await using var telegram = await SimulatedTelegram.StartAsync();
        await telegram.Bot.SetWebhook(telegram.WebhookUrl);
        await telegram.Bot.SendMessage(7, "Hello");
        await browser.RunAsync(Device.Desktop, telegram.Simulator.Address, async page =>
        {
            await page.OpenAsync(7);
            await page.Button("Block the bot").ClickAsync();
            await page.Chat(7).Expect().ToContainTextAsync("blocked");
            await page.Input().Expect().ToBeHiddenAsync();
            await page.Button("UNBLOCK THE BOT").ClickAsync();
            await page.Input().Expect().ToBeVisibleAsync();
        });
        await Fixtures.MarketingApp.UntilAsync(() => Task.FromResult(telegram.Updates.Count), count => count == 2);
        Assert.Equal(["kicked", "member"], telegram.Updates.Select(u =>
            u.Update.GetProperty("my_chat_member").GetProperty("new_chat_member").GetProperty("status").GetString()));
    }

    [Fact]
    public async Task Admin_AndUser_AreOneSwitchApart()
    {
        await using var telegram = await SimulatedTelegram.StartAsync();
        telegram.Simulator.Introduce(1, "Admin", admin: true);
        await telegram.Bot.SendMessage(5, "Hello");
        await browser.RunAsync(Device.DarkDesktop, telegram.Simulator.Address, async page =>
        {
            await page.FirstChat().Expect().ToHaveAttributeAsync("data-chat", "1");
            await page.Button("Admin").ClickAsync();
            await page.Locator("#conversation > header .badge").Expect().ToHaveTextAsync("admin");
            await page.Button("START").Expect().ToBeVisibleAsync();

            await page.Keyboard.PressAsync("Alt+a");
            await page.LastMessage().Expect().ToContainTextAsync("Hello");
            await page.Button("User").Expect().ToHaveAttributeAsync("aria-pressed", "true");
            await page.Button("Be the admin (Alt+A)").ClickAsync();
            await page.Button("Admin").Expect().ToHaveAttributeAsync("aria-pressed", "true");
        });
    }

    [Fact]
    public async Task Weather_Changed_CountsForTheBotAndIsCounted()
    {
        await using var telegram = await SimulatedTelegram.StartAsync();
        await telegram.Bot.SendMessage(5, "Hello");
        await browser.RunAsync(Device.Desktop, telegram.Simulator.Address, async page =>
        {
            await page.Button("Network weather").ClickAsync();
            await page.Button("Telegram's limits").ClickAsync();
            await page.GetByLabel("Messages a second", new() { Exact = true }).First.Expect().ToHaveValueAsync("30");
            await page.GetByLabel("Latency, ms", new() { Exact = true }).First.FillAsync("0");
            await page.Keyboard.PressAsync("Tab");
            await Fixtures.MarketingApp.UntilAsync(() => Task.FromResult(telegram.Simulator.Settings), s => s is { LatencyMs: 0, RateLimit: 30, ChatRateLimit: 1 });
            await page.Button("For 30 s").ClickAsync();
            await page.Toast("Every message is answered 429 for 30 s").Expect().ToBeVisibleAsync();

            await Assert.ThrowsAsync<global::Telegram.Bot.Exceptions.ApiRequestException>(() => telegram.Bot.SendMessage(6, "Too many"));

            await page.Locator(".tiles div", new() { HasText = "Refused (429)" }).Locator("dd").Expect().ToHaveTextAsync("1");
            await BrowserFixture.ShotAsync(page, "weather desktop");
        });
    }

    [Fact]
    public async Task Simulator_GoneAndBack_IsFollowedAgain()
    {
        var telegram = await TelegramSimulator.StartAsync(new(), default);
        var port = telegram.Address.Port;
        await browser.RunAsync(Device.Desktop, telegram.Address, async page =>
        {
            var heading = page.GetByRole(AriaRole.Heading, new() { Level = 1 });
            await heading.Expect().ToHaveTextAsync("Telegram");
            await telegram.DisposeAsync();
            await heading.Expect().ToHaveTextAsync("Connecting ...");

            await using var again = await TelegramSimulator.StartAsync(new() { Port = port }, default);
            await new TelegramBotClient(new TelegramBotClientOptions("1:x", again.Address.ToString())).SendMessage(9, "Back");
            await heading.Expect().ToHaveTextAsync("Telegram");
            await page.Chat(9).Expect().ToContainTextAsync("Back");
        }, error => error.Contains("ERR_", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Theme_Toggled_IsKept()
    {
        await using var telegram = await SimulatedTelegram.StartAsync();
        await browser.RunAsync(Device.Desktop, telegram.Simulator.Address, async page =>
        {
            var root = page.Locator("html");
            await root.Expect().ToHaveCSSAsync("color-scheme", "light dark");
            await page.Button("Light or dark").ClickAsync();
            await root.Expect().ToHaveCSSAsync("color-scheme", "dark");
            await page.ReloadAsync();
            await root.Expect().ToHaveCSSAsync("color-scheme", "dark");
        });
    }

    private static string? From(JsonElement message, string name) => message.GetProperty("from").GetProperty(name).GetString();
}

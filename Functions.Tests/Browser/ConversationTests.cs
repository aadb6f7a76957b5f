using Marketing.Functions.Tests.Simulator;
using Microsoft.Extensions.Time.Testing;
using Microsoft.Playwright;
using Telegram.Bot;
using Telegram.Bot.Types.Enums;
using Telegram.Bot.Types.ReplyMarkups;

namespace Marketing.Functions.Tests.Browser;

[Collection(BrowserCollection.Name)]
public sealed class ConversationTests(BrowserFixture browser)
{
    private const string Styles = """
        <b>bold</b> <i>italic</i> <u>underline</u> <s>strike</s> <b>both <i>nested</i></b> <tg-spoiler>hidden <b>surprise</b></tg-spoiler>
        <a href="https://example.com/x?a=1&amp;b=2">a link</a>, https://example.com/plain, <code>inline</code>, /help, #tag <tg-emoji emoji-id="5368324170671202286">👍</tg-emoji>
        <blockquote>A quote</blockquote>
        <blockquote expandable>one
        two
        three
        four
        five</blockquote>
        <pre><code class="language-csharp">var x = 1;</code></pre>
        """;

    [Fact]
    public async Task Message_WithEveryStyle_IsShownAsTelegramShowsIt()
    {
        await using var telegram = await SimulatedTelegram.StartAsync();
        await telegram.Bot.SendMessage(7, Styles, ParseMode.Html);
        await browser.RunAsync(Device.Desktop, telegram.Simulator.Address, async page =>
        {
            await page.OpenAsync(7);
            var text = page.LastMessage().Locator(".text");

            await text.Locator("b i", new() { HasText = "nested" }).Expect().ToBeVisibleAsync();
            foreach (var (tag, content) in new[] { ("b", "bold"), ("i", "italic"), ("u", "underline"), ("s", "strike"), ("code", "inline"), (".custom-emoji", "👍"), (".command", "/help"), (".tag", "#tag") })
                await text.Locator(tag).Filter(new() { HasTextString = content }).First.Expect().ToBeVisibleAsync();
            await text.GetByRole(AriaRole.Link, new() { Name = "a link" }).Expect().ToHaveAttributeAsync("href", "https://example.com/x?a=1&b=2");
            await text.GetByRole(AriaRole.Link, new() { Name = "https://example.com/plain" }).Expect().ToHaveAttributeAsync("href", "https://example.com/plain");
            await text.Locator(".pre", new() { HasText = "csharp" }).Locator("code").Expect().ToHaveTextAsync("var x = 1;");

            var spoiler = text.GetByRole(AriaRole.Button, new() { Name = "Hidden text" });
            await spoiler.Locator("b").Expect().ToBeHiddenAsync();
            await spoiler.ClickAsync();
            await text.Locator(".spoiler b").Expect().ToBeVisibleAsync();

            var quote = text.Locator(".quote", new() { HasText = "five" });
            var folded = (await quote.BoundingBoxAsync())!.Height;
            await quote.GetByRole(AriaRole.Button, new() { Name = "Show the whole quote" }).ClickAsync();
            Assert.True((await quote.BoundingBoxAsync())!.Height > folded + 20);
            await BrowserFixture.ShotAsync(page, "styles desktop");
        });
    }

    [Fact]
    public async Task Link_HiddenByItsText_OpensInANewTabOnceConfirmed()
    {
        await using var telegram = await SimulatedTelegram.StartAsync();
        await telegram.Bot.SendMessage(7, "<a href=\"https://example.com/prizes\">Prizes</a>", ParseMode.Html);
        await browser.RunAsync(Device.Desktop, telegram.Simulator.Address, async page =>
        {
            await page.OpenAsync(7);
            await page.GetByRole(AriaRole.Link, new() { Name = "Prizes" }).ClickAsync();
            await page.GetByRole(AriaRole.Dialog).Expect().ToContainTextAsync("https://example.com/prizes");

            var tab = await page.Context.RunAndWaitForPageAsync(() => page.Button("Open").ClickAsync());

            Assert.Equal("https://example.com/prizes", tab.Url);
            await page.Toast("Opened in a new tab").Expect().ToBeVisibleAsync();
        });
    }

    [Fact]
    public async Task Buttons_OfAMessage_AreInItsRowsAndALinkSaysThatItWasOpened()
    {
        await using var telegram = await SimulatedTelegram.StartAsync();
        await telegram.Bot.SendMessage(7, "Choose", replyMarkup: new InlineKeyboardMarkup(
        [
            [InlineKeyboardButton.WithCallbackData("One", "1"), InlineKeyboardButton.WithCallbackData("Two", "2")],
            [InlineKeyboardButton.WithUrl("Site", "https://example.com/site")],
        ]));
        await browser.RunAsync(Device.Phone, telegram.Simulator.Address, async page =>
        {
            await page.OpenAsync(7);
            var rows = page.LastMessage().Locator(".key-row");
            await rows.Expect().ToHaveCountAsync(2);
            await rows.First.Locator(".key").Expect().ToHaveTextAsync(["One", "Two"]);

            var tab = await page.Context.RunAndWaitForPageAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "Site" }).ClickAsync());

            Assert.Equal("https://example.com/site", tab.Url);
            await page.GetByRole(AriaRole.Link, new() { Name = "Site (opened)" }).Expect().ToBeVisibleAsync();
        });
    }

    [Fact]
    public async Task Button_Pressed_WaitsUntilTheBotAnswersWithAToastOrAnAlert()
    {
        await using var telegram = await SimulatedTelegram.StartAsync();
        await telegram.Bot.SetWebhook(telegram.WebhookUrl);
        var answered = new TaskCompletionSource();
        telegram.OnUpdate = async update =>
        {
            var query = update.GetProperty("callback_query");
            await answered.Task;
            var isAlert = query.GetProperty("data").GetString() == "alert";
            await telegram.Bot.AnswerCallbackQuery(query.GetProperty("id").GetString()!, isAlert ? "Read this" : "Noted", isAlert);
        };
        await telegram.Bot.SendMessage(7, "Choose", replyMarkup: new InlineKeyboardMarkup(
            InlineKeyboardButton.WithCallbackData("Toast", "toast"), InlineKeyboardButton.WithCallbackData("Alert", "alert")));
        await browser.RunAsync(Device.Desktop, telegram.Simulator.Address, async page =>
        {
            await page.OpenAsync(7);
            await page.Button("Toast").ClickAsync();
            await page.Button("Toast").Expect().ToHaveAttributeAsync("aria-busy", "true");
            answered.SetResult();
            await page.Toast("Noted").Expect().ToBeVisibleAsync();
            await page.Button("Toast").Expect().Not.ToHaveAttributeAsync("aria-busy", "true");

            await page.Button("Alert").ClickAsync();
            await page.GetByRole(AriaRole.Dialog).Expect().ToContainTextAsync("Read this");
            await page.Button("OK").ClickAsync();
            await page.GetByRole(AriaRole.Dialog).Expect().ToHaveCountAsync(0);
        });
    }

    [Fact]
    public async Task Button_BotDoesNotAnswer_SaysSoAfterTenSeconds()
    {
        var clock = new FakeTimeProvider();
        await using var telegram = await SimulatedTelegram.StartAsync(new() { TimeProvider = clock });
        await telegram.Bot.SetWebhook(telegram.WebhookUrl);
        await telegram.Bot.SendMessage(7, "Choose", replyMarkup: new InlineKeyboardMarkup(InlineKeyboardButton.WithCallbackData("Join", "join")));
        await browser.RunAsync(Device.Desktop, telegram.Simulator.Address, async page =>
        {
            await page.OpenAsync(7);
            var received = page.WaitForRequestAsync("**/sim/press");
            await page.Button("Join").ClickAsync();
            await received;
            await Fixtures.MarketingApp.UntilAsync(() => Task.FromResult(telegram.Updates.Count), count => count == 1);
            clock.Advance(TimeSpan.FromSeconds(10));

            await page.Toast("The bot did not answer within 10 seconds").Expect().ToBeVisibleAsync();
            await page.Button("Join").Expect().Not.ToHaveAttributeAsync("aria-busy", "true");
        });
    }

    [Fact]
    public async Task Message_SentEditedAndDeleted_IsFollowedWhileOneLooks()
    {
        await using var telegram = await SimulatedTelegram.StartAsync();
        await telegram.Bot.SendMessage(7, "The first");
        await browser.RunAsync(Device.DarkPhone, telegram.Simulator.Address, async page =>
        {
            await page.OpenAsync(7);
            var message = await telegram.Bot.SendMessage(7, "The second");
            await page.LastMessage().Expect().ToContainTextAsync("The second");
            await page.Locator("#announcer").Expect().ToHaveTextAsync("New message: The second");

            await telegram.Bot.EditMessageText(7, message.Id, "The second, mended");
            await page.LastMessage().Expect().ToContainTextAsync("The second, mended");
            await page.LastMessage().Locator(".edited").Expect().ToBeVisibleAsync();

            await telegram.PostAsync("/bot4711:secret/deleteMessage", new { chat_id = 7, message_id = message.Id });
            await page.Messages().Expect().ToHaveCountAsync(1);
            await page.LastMessage().Expect().ToContainTextAsync("The first");
        });
    }

    [Fact]
    public async Task History_Long_IsReadAsOneScrollsBack()
    {
        await using var telegram = await SimulatedTelegram.StartAsync();
        for (var n = 1; n <= 120; n++)
            await telegram.Bot.SendMessage(7, $"Message {n}.");
        await browser.RunAsync(Device.Desktop, telegram.Simulator.Address, async page =>
        {
            await page.OpenAsync(7);
            await page.LastMessage().Expect().ToContainTextAsync("Message 120.");
            await page.Messages().Expect().ToHaveCountAsync(50);

            await page.Locator(".history").FocusAsync();
            await page.Keyboard.PressAsync("Home");
            await page.Messages().Expect().ToHaveCountAsync(100);
            await page.Keyboard.PressAsync("Home");
            await page.Messages().First.Expect().ToContainTextAsync("Message 1.");

            await telegram.Bot.SendMessage(7, "News");
            await page.Button("Go to the latest message").ClickAsync();
            await page.LastMessage().Expect().ToBeInViewportAsync();
        });
    }

    [Fact]
    public async Task Commands_OfTheChat_AreOfferedAndSentByKeyboard()
    {
        await using var telegram = await SimulatedTelegram.StartAsync();
        await telegram.Bot.SetWebhook(telegram.WebhookUrl);
        await telegram.PostAsync("/bot4711:secret/setMyCommands", new { commands = new[] { new { command = "help", description = "What this bot can do" } } });
        await telegram.PostAsync("/bot4711:secret/setMyCommands", new
        {
            scope = new { type = "chat", chat_id = 7 },
            commands = new[]
            {
                new { command = "broadcast", description = "Send a broadcast" },
                new { command = "broadcasts", description = "The last ten" },
                new { command = "stats", description = "How it goes" },
            },
        });
        await telegram.Bot.SendMessage(7, "Hello");
        await telegram.Bot.SendMessage(8, "Hello");
        await browser.RunAsync(Device.Desktop, telegram.Simulator.Address, async page =>
        {
            await page.OpenAsync(8);
            await page.Button("Commands").ClickAsync();
            await page.GetByRole(AriaRole.Option).Expect().ToHaveTextAsync(["/helpWhat this bot can do"]);

            await page.OpenAsync(7);
            await page.Input().PressSequentiallyAsync("/bro");
            await page.GetByRole(AriaRole.Option).Expect().ToHaveCountAsync(2);
            await page.Input().PressAsync("ArrowDown");
            await page.Input().PressAsync("Enter");

            await page.LastMessage().Expect().ToContainTextAsync("/broadcasts");
            await page.GetByRole(AriaRole.Option).Expect().ToHaveCountAsync(0);
        });
        Assert.Equal("/broadcasts", Assert.Single(telegram.Updates).Update.GetProperty("message").GetProperty("text").GetString());
    }

    [Fact]
    public async Task Webhook_Fails_IsSaid()
    {
        await using var telegram = await SimulatedTelegram.StartAsync();
        await telegram.Bot.SetWebhook(telegram.WebhookUrl);
        await telegram.Bot.SendMessage(7, "Hello");
        telegram.WebhookStatuses.Enqueue(500);
        await browser.RunAsync(Device.Desktop, telegram.Simulator.Address, async page =>
        {
            await page.OpenAsync(7);
            await page.WriteAsync("Hello bot");

            await page.LastMessage().Expect().ToContainTextAsync("Hello bot");
            await page.Toast("The bot's webhook answered 500").Expect().ToBeVisibleAsync();
        });
    }
}

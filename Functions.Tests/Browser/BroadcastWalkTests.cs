using System.Net;
using Marketing.Functions.Tests.Fixtures;
using Microsoft.Playwright;

namespace Marketing.Functions.Tests.Browser;

/// <summary>A broadcast from the admin's /broadcast to the click in their report, in the simulator's page and nowhere else.</summary>
[Collection(BrowserCollection.Name)]
public sealed class BroadcastWalkTests(BrowserFixture browser, MarketingApp app) : IClassFixture<MarketingApp>
{
    private const string Content = """
        <b>Hi {{ first_name }}!</b>

        The cup starts on <u>Monday</u>. Your code: <tg-spoiler>CUP50</tg-spoiler>
        <blockquote>The best trade of the week wins.</blockquote>
        """;

    public static TheoryData<string> Devices => [.. Device.All.Select(d => d.Name)];

    [Theory]
    [MemberData(nameof(Devices))]
    public async Task Broadcast_FromTheChatToTheReport_ShowsTheClicksOfAUser(string name)
    {
        var device = Device.All.Single(d => d.Name == name);
        var (region, ids) = await app.AudienceAsync(3);
        var template = (await app.TemplateAsync(Content)).Text("name");
        var admin = await AdminInChat.LinkedAsync(app);
        app.Telegram.Introduce(admin.TelegramId, "Olga", admin: true);
        await browser.RunAsync(device, app.Telegram.Address, async page =>
        {
            await page.Context.RouteAsync($"{MarketingApp.PublicBaseUrl}/**", FollowAsync);
            await page.OpenAsync(admin.TelegramId);
            await page.WriteAsync("/broadcast");
            await page.PressAsync("tests · ");
            await page.PressAsync(template[..30]);
            await page.LastMessage().Expect().ToContainTextAsync("The cup starts on Monday");
            await page.LastMessage().Locator(".quote").Expect().ToBeVisibleAsync();
            await BrowserFixture.ShotAsync(page, $"walk {name} 1 preview");
            await page.PressAsync("Next ›");
            await page.PressAsync("Custom…");
            await page.PressAsync(region);
            await page.Button($"✅ {region}").Expect().ToBeVisibleAsync();
            await page.PressAsync("Next › 3 users");
            await BrowserFixture.ShotAsync(page, $"walk {name} 2 time");
            await page.PressAsync("Now");
            await page.LastMessage().Expect().ToContainTextAsync("Ready to send to 3 users. Confirm?");
            await BrowserFixture.ShotAsync(page, $"walk {name} 3 confirm");
            await page.PressAsync("Yes");
            await page.LastMessage().Expect().ToContainTextAsync("Sent 3 of 3");
            await page.LastMessage().Expect().ToContainTextAsync("Clicks 0");

            await ChooseAsync(page, ids[0]);
            var message = page.Messages().Filter(new() { HasText = $"Hi Name{ids[0]}!" });
            await page.PressAsync("Join");
            await page.LastMessage().Expect().ToContainTextAsync("You are in <3");
            await BrowserFixture.ShotAsync(page, $"walk {name} 4 user");
            var tab = await page.Context.RunAndWaitForPageAsync(() => message.GetByRole(AriaRole.Link, new() { Name = "Open" }).ClickAsync());
            await tab.GetByText("to https://example.com/prizes?a=1&b=2").Expect().ToBeVisibleAsync();

            await ChooseAsync(page, admin.TelegramId);
            await page.PressAsync("Refresh");
            await page.LastMessage().Expect().ToContainTextAsync("Clicks 2 by 1 user, CTR 66.67%");
            await page.LastMessage().Expect().ToContainTextAsync("Join: 1");
            await BrowserFixture.ShotAsync(page, $"walk {name} 5 report");
        });
    }

    private static async Task ChooseAsync(IPage page, long chatId)
    {
        var back = page.Button("Back to the chats");
        if (await back.IsVisibleAsync())
            await back.ClickAsync();
        await page.Chat(chatId).ClickAsync();
    }

    // The public address is this host's here. A tab shows where the redirect would lead, since nothing outside is reached.
    private async Task FollowAsync(IRoute route)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(app.Host.Address, new Uri(route.Request.Url).PathAndQuery));
        request.Headers.UserAgent.ParseAdd("Mozilla/5.0 (test)");
        using var answer = await app.Api.SendAsync(request);
        await route.FulfillAsync(new()
        {
            ContentType = "text/html",
            Body = answer.StatusCode == HttpStatusCode.Found ? $"to {WebUtility.HtmlEncode(answer.Headers.Location!.OriginalString)}" : $"{answer.StatusCode}",
        });
    }
}

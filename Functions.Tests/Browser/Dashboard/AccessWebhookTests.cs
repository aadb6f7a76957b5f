using Microsoft.Playwright;

namespace Marketing.Functions.Tests.Browser.Dashboard;

/// <summary>Apart from the rest: no update reaches the app any more once Telegram posts to its public address.</summary>
[Collection(FormsCollection.Name)]
public sealed class AccessWebhookTests(DashboardFixture app) : IClassFixture<DashboardFixture>
{
    public static TheoryData<string> Devices => [.. Device.All.Select(d => d.Name)];

    [Theory]
    [MemberData(nameof(Devices))]
    public Task Webhook_Registered_IsOurs(string name) =>
        app.RunAsync(Device.All.Single(d => d.Name == name), "/access?view=bot", async page =>
        {
            await page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Register") }).ClickAsync();
            await page.Toast("Telegram posts its updates here").Expect().ToBeVisibleAsync();
            await page.Locator(".badge.good").Expect().ToHaveTextAsync("Registered");
            await page.AssertAccessibleAsync();
            await page.AssertFitsAsync();
        });
}

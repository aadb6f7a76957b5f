using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Marketing.Core.Access;
using Marketing.Functions.Tests.Fixtures;

namespace Marketing.Functions.Tests.Browser.Dashboard;

[Collection(FormsCollection.Name)]
public sealed class AccessTests(DashboardFixture app) : IClassFixture<DashboardFixture>
{
    public static TheoryData<string> Devices => [.. Device.All.Select(d => d.Name)];

    [Theory]
    [MemberData(nameof(Devices))]
    public Task Token_Made_IsShownOnceWorksAndIsRevoked(string name) =>
        app.RunAsync(Device.All.Single(d => d.Name == name), "/access?view=tokens", async page =>
        {
            var token = $"Shop {Guid.CreateVersion7()}";
            await page.Locator("tr", new() { HasText = "you" }).Expect().ToHaveCountAsync(1);
            await page.Button("Make a token").ClickAsync();
            await page.OpenDialog().GetByLabel("Name").FillAsync(token);
            await page.OpenDialog().GetByLabel("Role").SelectOptionAsync("sender");
            await page.AssertAccessibleAsync();
            await page.DialogButton("Make it").ClickAsync();
            var secret = (await page.Locator(".secret").TextContentAsync())!;
            Assert.Matches("^mkt_", secret);
            await page.DialogButton("Copy").ClickAsync();
            await page.DialogButton("Copied").Expect().ToBeVisibleAsync();
            Assert.Equal(secret, await page.EvaluateAsync<string>("navigator.clipboard.readText()"));
            await page.AssertAccessibleAsync();
            await page.DialogButton("I have it").ClickAsync();
            await page.Locator(".secret").Expect().ToHaveCountAsync(0);
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(secret));
            await page.AssertAccessibleAsync();
            await page.AssertFitsAsync();
            await BrowserFixture.ShotAsync(page, $"dashboard tokens {name}");

            await page.Button($"Rename {token}").ClickAsync();
            await page.OpenDialog().GetByLabel("Name").FillAsync($"{token}!");
            await page.Keyboard.PressAsync("Enter");
            await page.Button($"Revoke {token}!").ClickAsync();
            await page.DialogButton("Revoke").ClickAsync();
            await page.Locator("tr", new() { HasText = $"{token}!" }).Expect().ToContainTextAsync("Revoked");
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(secret));
        });

    [Fact]
    public async Task Profile_TimeZoneAndTelegram_AreTheCallersOwn()
    {
        var token = await app.TokenAsync(Role.Viewer);
        await app.RunAsync(Device.Phone, "/access", async page =>
        {
            await page.Link("Tokens").Expect().ToHaveCountAsync(0);
            await page.Link("Audit log").Expect().ToHaveCountAsync(0);
            await page.ChooseAsync("Time zone", "Asia/Tokyo");
            await page.Button("Save").ClickAsync();
            await page.Toast("Times are in Asia/Tokyo now").Expect().ToBeVisibleAsync();
            await page.AssertAccessibleAsync();
            await page.AssertFitsAsync();

            await page.Button("Get a code").ClickAsync();
            await page.Locator(".secret").Expect().ToHaveTextAsync(new Regex("^/link [A-Z0-9]{8}$"));
            await page.GetByText("It holds for").Expect().ToBeVisibleAsync();
            await new AdminInChat(app, MarketingApp.NewTelegramIds(1)[0]).SayAsync((await page.Locator(".secret").TextContentAsync())!);
            await page.Button("Done").ClickAsync();
            await page.GetByText("You can send broadcasts and see their numbers in the chat").Expect().ToBeVisibleAsync();
            await page.Button("Unlink").ClickAsync();
            await page.DialogButton("Unlink").ClickAsync();
            await page.Button("Get a code").Expect().ToBeVisibleAsync();
        }, token);
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public async Task AuditLog_Filtered_ShowsWhatWasDone(string name)
    {
        var template = await app.TemplateAsync();
        await app.RunAsync(Device.All.Single(d => d.Name == name), "/access?view=audit", async page =>
        {
            await page.GetByLabel("Action").FillAsync("template.create");
            await page.Locator($"a[href='#/templates/{template.Id()}']").Expect().ToBeVisibleAsync();
            await page.AssertAccessibleAsync();
            await page.AssertFitsAsync();
            await page.GetByLabel("From").FillAsync("2100-01-01");
            await page.GetByText("Nothing is recorded like that").Expect().ToBeVisibleAsync();
        });
    }

    private async Task<HttpStatusCode> StatusAsync(string token)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await http.GetAsync(new Uri(app.Host.Address, "api/v1/admin/me"));
        return response.StatusCode;
    }
}

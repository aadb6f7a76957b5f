using System.Net;
using Marketing.Core.Access;
using Marketing.Functions.Tests.Admin;
using Microsoft.Playwright;

namespace Marketing.Functions.Tests.Browser.Dashboard;

public sealed class EntraDashboard(BrowserFixture browser) : DashboardFixture(browser)
{
    protected override IReadOnlyDictionary<string, string?> Settings { get; } = new Dictionary<string, string?>
    {
        ["Marketing__EntraRoles"] = "Marketing.Viewer=viewer",
    };
}

/// <summary>People whom App Service has signed in with Microsoft Entra.</summary>
[Collection(BrowserCollection.Name)]
public sealed class EntraSignInTests(EntraDashboard dashboard) : IClassFixture<EntraDashboard>
{
    [Fact]
    public Task SignOut_OfSomebodyWithoutAToken_EndsTheirSignInWithMicrosoft() =>
        dashboard.RunSignedOutAsync(Device.Desktop, async page =>
        {
            await page.RouteAsync("**/.auth/logout**", route => route.FulfillAsync(new() { ContentType = "text/html", Body = "<h1>Signed out</h1>" }));
            await ComeAsync(page, "Marketing.Viewer");
            await page.Heading("Overview").Expect().ToBeVisibleAsync();
            await page.Button("Sign out").ClickAsync();

            await page.Heading("Signed out").Expect().ToBeVisibleAsync();
            Assert.EndsWith("/.auth/logout?post_logout_redirect_uri=/api/dashboard", page.Url, StringComparison.Ordinal);
        }, DashboardFixture.Refused(HttpStatusCode.Unauthorized));

    [Theory]
    [InlineData("desktop-dark")]
    [InlineData("phone")]
    public Task SignIn_WithoutARole_SaysWhy(string device) =>
        dashboard.RunSignedOutAsync(Device.All.Single(d => d.Name == device), async page =>
        {
            await ComeAsync(page, "Other");

            await page.GetByRole(AriaRole.Alert).Expect().ToHaveTextAsync("None of your app roles in Microsoft Entra gives a role here.");
            await page.Link("Sign in with Microsoft").Expect().ToBeVisibleAsync();
            await page.AssertFitsAsync();
            await page.AssertAccessibleAsync();
            await BrowserFixture.ShotAsync(page, $"dashboard sign-in refused {device}");
        }, error => DashboardFixture.Refused(HttpStatusCode.Unauthorized)(error) || DashboardFixture.Refused(HttpStatusCode.Forbidden)(error));

    // The first look is that of nobody: App Service adds its header once it has signed somebody in.
    private static async Task ComeAsync(IPage page, string role)
    {
        await page.Heading("Sign in to Marketing").Expect().ToBeVisibleAsync();
        await page.SetExtraHTTPHeadersAsync([new(ClientPrincipal.Header, PrincipalHeader.Of(Guid.CreateVersion7(), "Ana", "aad", role))]);
        await page.ReloadAsync();
    }
}

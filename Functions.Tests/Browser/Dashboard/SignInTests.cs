using System.Net;
using Marketing.Core.Access;
using Marketing.Functions.Tests.Fixtures;
using Microsoft.Playwright;

namespace Marketing.Functions.Tests.Browser.Dashboard;

[Collection(BrowserCollection.Name)]
public sealed class SignInTests(DashboardFixture dashboard) : IClassFixture<DashboardFixture>
{
    private const string Stale = "Your token is no longer accepted.";

    public static TheoryData<string> Devices => [.. Device.All.Select(d => d.Name)];

    [Theory]
    [MemberData(nameof(Devices))]
    public Task SignIn_WithATokenAndKeysOnly_ShowsTheOverview(string name) =>
        dashboard.RunSignedOutAsync(Device.All.Single(d => d.Name == name), async page =>
        {
            await page.Heading("Sign in to Marketing").Expect().ToBeVisibleAsync();
            await page.AssertAccessibleAsync();
            await page.AssertFitsAsync();
            await BrowserFixture.ShotAsync(page, $"dashboard sign-in {name}");

            await page.Keyboard.PressAsync("Tab"); // the link to skip the navigation
            await page.Keyboard.PressAsync("Tab");
            await page.GetByLabel("Access token").Expect().ToBeFocusedAsync();
            await page.Keyboard.TypeAsync(MarketingApp.OwnerToken);
            await page.Keyboard.PressAsync("Enter");

            await page.Heading("Overview").Expect().ToBeVisibleAsync();
            await page.Link("Overview").Expect().ToHaveAttributeAsync("aria-current", "page");
        });

    [Fact]
    public Task SkipLink_FollowedByKeyboard_GoesIntoThePageThatIsShown() =>
        dashboard.RunAsync(Device.Desktop, "/audience?view=suppressions", async page =>
        {
            await page.Button("Suppress somebody").Expect().ToBeVisibleAsync();
            await page.GetByText("Skip to content").FocusAsync();
            await page.Keyboard.PressAsync("Enter");

            await page.Locator("#main").Expect().ToBeFocusedAsync();
            Assert.EndsWith("#/audience?view=suppressions", page.Url, StringComparison.Ordinal);
            await page.Button("Suppress somebody").Expect().ToBeVisibleAsync();
        });

    [Theory]
    [InlineData("not-the-token-of-anybody-0123456789", "This token is not accepted. It may be mistyped, expired or revoked.")]
    [InlineData("with a blank", "This is not a token: it has blanks or other characters in it.")]
    public Task SignIn_WithAWrongToken_SaysWhatIsWrongAndStays(string token, string problem) =>
        dashboard.RunSignedOutAsync(Device.Phone, async page =>
        {
            await SignInAsync(page, token);

            await page.GetByText(problem).Expect().ToBeVisibleAsync();
            await Assertions.Expect(page.GetByLabel("Access token")).ToHaveAttributeAsync("aria-invalid", "true");
            await page.GetByLabel("Access token").Expect().ToBeFocusedAsync();
            await page.AssertAccessibleAsync();
            await page.ReloadAsync();
            await page.Heading("Sign in to Marketing").Expect().ToBeVisibleAsync();
        }, DashboardFixture.Refused(HttpStatusCode.Unauthorized));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task SignIn_Remembered_LastsBeyondTheTab(bool isRemembered) =>
        dashboard.RunSignedOutAsync(Device.Desktop, async page =>
        {
            if (isRemembered)
                await page.GetByLabel("Stay signed in on this device").CheckAsync();
            await SignInAsync(page, MarketingApp.OwnerToken);
            await page.Heading("Overview").Expect().ToBeVisibleAsync();
            await page.ReloadAsync();
            await page.Heading("Overview").Expect().ToBeVisibleAsync();

            var other = await page.Context.NewPageAsync();
            await other.GotoAsync(dashboard.Address.ToString());

            await other.Heading(isRemembered ? "Overview" : "Sign in to Marketing").Expect().ToBeVisibleAsync();
        });

    [Fact]
    public Task SignOut_Pressed_ForgetsTheToken() =>
        dashboard.RunSignedOutAsync(Device.Desktop, async page =>
        {
            await page.GetByLabel("Stay signed in on this device").CheckAsync();
            await SignInAsync(page, MarketingApp.OwnerToken);
            await page.Button("Sign out").ClickAsync();

            await page.Heading("Sign in to Marketing").Expect().ToBeVisibleAsync();
            await page.Locator("#bar").Expect().ToBeHiddenAsync();
            await page.ReloadAsync();
            await page.Heading("Sign in to Marketing").Expect().ToBeVisibleAsync();
            Assert.Equal("{}{}", await page.EvaluateAsync<string>("JSON.stringify(sessionStorage) + JSON.stringify(localStorage)"));
        });

    [Fact]
    public async Task Token_RevokedDuringUse_AsksForAnother()
    {
        var created = await dashboard.PostAsync("v1/admin/tokens", new { name = "Leaving soon", role = "viewer" }, HttpStatusCode.Created);
        await dashboard.RunAsync(Device.Desktop, "/templates", async page =>
        {
            await page.Heading("Templates").Expect().ToBeVisibleAsync();
            using var revoked = await dashboard.Api.DeleteAsync($"v1/admin/tokens/{created.Id()}");
            // No click: the page may have found out by itself, and then there is no link any more.
            await page.EvaluateAsync("location.hash = '#/audience'");

            await page.GetByText(Stale).Expect().ToBeVisibleAsync();
            await SignInAsync(page, MarketingApp.OwnerToken);
            await page.Heading("Audience").Expect().ToBeVisibleAsync(); // where they were going
        }, created.Text("token"), DashboardFixture.Refused(HttpStatusCode.Unauthorized));
    }

    [Fact]
    public Task SignOut_WithUnsavedText_AsksFirst() =>
        dashboard.RunAsync(Device.Desktop, "/templates/new", async page =>
        {
            await page.GetByLabel("Name", new() { Exact = true }).FillAsync("Half a template");
            await page.Button("Sign out").ClickAsync();
            await page.DialogButton("Stay").ClickAsync();
            await page.GetByLabel("Name", new() { Exact = true }).Expect().ToHaveValueAsync("Half a template");

            await page.Button("Sign out").ClickAsync();
            await page.DialogButton("Leave").ClickAsync();
            await page.Heading("Sign in to Marketing").Expect().ToBeVisibleAsync();
        });

    [Fact]
    public async Task Dialog_WhenThePageIsLeft_IsClosed()
    {
        var created = await dashboard.PostAsync("v1/admin/tokens", new { name = "Leaving soon", role = "owner" }, HttpStatusCode.Created);
        await dashboard.RunAsync(Device.Phone, "/audience?view=suppressions", async page =>
        {
            await page.Button("Suppress somebody").ClickAsync();
            await page.OpenDialog().Expect().ToBeVisibleAsync();
            await page.GoAsync("/templates");
            await page.Heading("Templates").Expect().ToBeVisibleAsync();
            await page.OpenDialog().Expect().ToHaveCountAsync(0);

            await page.GoAsync("/audience?view=suppressions");
            await page.Button("Suppress somebody").ClickAsync();
            await page.OpenDialog().GetByLabel("Telegram id").FillAsync("5");
            await page.OpenDialog().GetByLabel("Reason").FillAsync("Asked by phone");
            using var revoked = await dashboard.Api.DeleteAsync($"v1/admin/tokens/{created.Id()}");
            await page.DialogButton("Suppress").ClickAsync();
            await page.GetByText(Stale).Expect().ToBeVisibleAsync();
            await page.OpenDialog().Expect().ToHaveCountAsync(0);
            await page.GetByLabel("Access token").FillAsync("x"); // nothing is in front of it
        }, created.Text("token"), DashboardFixture.Refused(HttpStatusCode.Unauthorized));
    }

    [Fact]
    public Task Address_WithAToken_SignsInAndKeepsItOutOfTheHistory() =>
        dashboard.RunAsync(Device.Desktop, "/", async page =>
        {
            await page.Heading("Overview").Expect().ToBeVisibleAsync();
            Assert.Equal(dashboard.Address.ToString(), page.Url);
            await page.ReloadAsync();
            await page.Heading("Overview").Expect().ToBeVisibleAsync();

            // The address of another token, in the tab that is open.
            var viewer = await dashboard.TokenAsync(Role.Viewer);
            await page.GoAsync($"token={viewer}");
            await page.Locator(".who").GetByText("viewer", new() { Exact = true }).Expect().ToBeVisibleAsync();
            Assert.DoesNotContain("token", page.Url, StringComparison.Ordinal);
            await page.Link("Compose").Expect().ToBeHiddenAsync();
        });

    [Fact]
    public Task Address_WithATokenThatIsNotAccepted_AsksForOne() =>
        dashboard.RunSignedOutAsync(Device.Desktop, async page =>
        {
            await page.Heading("Sign in to Marketing").Expect().ToBeVisibleAsync();
            await page.GoAsync("token=not-the-token-of-anybody-0123456789");
            await page.GetByText(Stale).Expect().ToBeVisibleAsync();
            Assert.DoesNotContain("token", page.Url, StringComparison.Ordinal);
        }, DashboardFixture.Refused(HttpStatusCode.Unauthorized));

    [Fact]
    public async Task Dashboard_WhileTheServerIsAway_OffersToTryAgain()
    {
        var isAway = true;
        await dashboard.RunSignedOutAsync(Device.Desktop, async page =>
        {
            await page.RouteAsync("**/api/v1/admin/me", route => isAway ? route.AbortAsync() : route.ContinueAsync());
            await page.GoAsync($"token={MarketingApp.OwnerToken}");
            await page.GetByText("The server cannot be reached. Check your connection, then try again.").Expect().ToBeVisibleAsync();
            isAway = false;
            await page.Button("Try again").ClickAsync();
            await page.Heading("Overview").Expect().ToBeVisibleAsync();
        }, error => error.Contains("ERR_FAILED", StringComparison.Ordinal));
    }

    private static async Task SignInAsync(IPage page, string token)
    {
        await page.GetByLabel("Access token").FillAsync(token);
        await page.Button("Sign in").ClickAsync();
    }
}

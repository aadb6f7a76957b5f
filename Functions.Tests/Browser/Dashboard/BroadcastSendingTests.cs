using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Marketing.Functions.Tests.Fixtures;
using Microsoft.Playwright;

namespace Marketing.Functions.Tests.Browser.Dashboard;

/// <summary>An app that sends twenty messages a second, so that there is something to watch and to stop.</summary>
public sealed class SlowDashboard(BrowserFixture browser) : DashboardFixture(browser)
{
    protected override IReadOnlyDictionary<string, string?> Settings { get; } = new Dictionary<string, string?> { ["Marketing__SendRate"] = "20" };
}

[Collection(BrowserCollection.Name)]
public sealed class BroadcastSendingTests(SlowDashboard dashboard) : IClassFixture<SlowDashboard>
{
    // A minute of sending: nobody who tests is so slow.
    private const int Many = 1_200;

    [Theory]
    [InlineData("desktop-dark")]
    [InlineData("phone")]
    public async Task Sending_PausedResumedAndCancelled_FollowsOnThePage(string device)
    {
        var (id, title, people) = await dashboard.DraftAsync(Many);
        await dashboard.RunAsync(Device.All.Single(d => d.Name == device), $"/broadcasts/{id}", async page =>
        {
            await page.GetByText("Nothing was sent yet").Expect().ToBeVisibleAsync();
            await dashboard.PostAsync($"v1/admin/broadcasts/{id}/send", new { }, HttpStatusCode.Accepted);
            var progress = page.Locator(".progress-card");
            await progress.Expect().ToContainTextAsync(new Regex(@"messages/s · about \d+ "));
            await page.AssertFitsAsync();
            await page.AssertAccessibleAsync();
            await BrowserFixture.ShotAsync(page, $"dashboard sending {device}");

            await page.Button("Pause").ClickAsync();
            await page.GetByText("Paused. Messages under way still arrive.").Expect().ToBeVisibleAsync();
            await progress.GetByText("Paused", new() { Exact = true }).Expect().ToBeVisibleAsync();
            await page.Button("Resume").ClickAsync();
            await page.Button("Pause").Expect().ToBeVisibleAsync();

            await page.Button("Cancel").ClickAsync();
            var dialog = page.GetByRole(AriaRole.Dialog);
            await dialog.Expect().ToContainTextAsync("people have not been reached yet, and will not get the message.");
            await dialog.GetByRole(AriaRole.Button, new() { Name = "Not now" }).Expect().ToBeFocusedAsync();
            await dialog.GetByRole(AriaRole.Button, new() { Name = "Cancel the broadcast" }).ClickAsync();
            await page.Locator(".page-head").GetByText("Cancelled").Expect().ToBeVisibleAsync();
            await progress.Expect().ToBeHiddenAsync();
            await page.Locator(".outcomes").Expect().ToContainTextAsync("not reached before it was cancelled");
        });
        var broadcast = await dashboard.GetAsync($"v1/admin/broadcasts/{id}");
        Assert.Equal((title, "cancelled"), (broadcast.Text("title"), broadcast.Text("status")));
        Assert.InRange(broadcast.GetProperty("stats").Number("sent"), 1, people.Length - 1);
    }

    [Fact]
    public async Task Cancel_PressedLongAfterTheButtonWasDrawn_TellsThePeopleOfNow()
    {
        var (id, _, _) = await dashboard.DraftAsync(Many);
        await dashboard.RunAsync(Device.Phone, $"/broadcasts/{id}", async page =>
        {
            await dashboard.PostAsync($"v1/admin/broadcasts/{id}/send", new { }, HttpStatusCode.Accepted);
            await page.Button("Cancel").Expect().ToBeVisibleAsync();
            var before = await MarketingApp.UntilAsync(() => PendingAsync(id), pending => pending < Many - 30);

            await page.Button("Cancel").ClickAsync();
            var dialog = page.GetByRole(AriaRole.Dialog);
            await dialog.Expect().ToContainTextAsync("of 1,200 people have not been reached yet");
            var told = Regex.Match(await dialog.InnerTextAsync(), "([0-9,]+) of 1,200").Groups[1].Value;
            Assert.InRange(long.Parse(told, NumberStyles.AllowThousands, CultureInfo.InvariantCulture), 1, before);
            await dialog.GetByRole(AriaRole.Button, new() { Name = "Cancel the broadcast" }).ClickAsync();
            await page.Locator(".page-head").GetByText("Cancelled").Expect().ToBeVisibleAsync();
        });
    }

    [Theory]
    [InlineData("desktop")]
    [InlineData("phone-dark")]
    public async Task Numbers_WhileTheServerIsAway_AreSaidToBeOld(string device)
    {
        var (id, _, _) = await dashboard.DraftAsync(Many);
        var isAway = true;
        await dashboard.RunAsync(Device.All.Single(d => d.Name == device), $"/broadcasts/{id}", async page =>
        {
            await dashboard.PostAsync($"v1/admin/broadcasts/{id}/send", new { }, HttpStatusCode.Accepted);
            await page.Locator(".progress-card").Expect().ToContainTextAsync("messages/s");
            await page.RouteAsync($"**/api/v1/admin/broadcasts/{id}", route => isAway ? route.AbortAsync() : route.ContinueAsync());
            var notice = page.GetByRole(AriaRole.Alert);
            await notice.Expect().ToHaveTextAsync(new Regex(@"^Not up to date: last read at \d+:\d\d:\d\d [AP]M\.$"));
            await page.AssertFitsAsync();
            await page.AssertAccessibleAsync();
            await BrowserFixture.ShotAsync(page, $"dashboard not up to date {device}");

            isAway = false;
            await notice.Expect().ToHaveCountAsync(0);
        }, isExpected: error => error.Contains("ERR_FAILED", StringComparison.Ordinal));
        await dashboard.PostAsync($"v1/admin/broadcasts/{id}/cancel", new { });
    }

    [Fact]
    public async Task Paused_WhileAnOlderAnswerIsUnderWay_StaysPausedOnThePage()
    {
        var (id, _, _) = await dashboard.DraftAsync(Many);
        var (isHeld, let) = (new TaskCompletionSource(), new TaskCompletionSource());
        await dashboard.RunAsync(Device.Desktop, $"/broadcasts/{id}", async page =>
        {
            await dashboard.PostAsync($"v1/admin/broadcasts/{id}/send", new { }, HttpStatusCode.Accepted);
            await page.Button("Pause").Expect().ToBeVisibleAsync();
            await page.RouteAsync($"**/api/v1/admin/broadcasts/{id}", async route =>
            {
                var answer = await route.FetchAsync();
                if (isHeld.TrySetResult())
                    await let.Task;
                await route.FulfillAsync(new() { Response = answer });
            });
            await isHeld.Task;
            await page.Button("Pause").ClickAsync();
            await page.Button("Resume").Expect().ToBeVisibleAsync();

            await page.RunAndWaitForResponseAsync(() => Task.FromResult(let.TrySetResult()), response => response.Url.EndsWith(id, StringComparison.Ordinal));
            await page.EvaluateAsync("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
            Assert.True(await page.Button("Resume").IsVisibleAsync(), "the answer from before the pause was drawn over the one after it");
        });
        await dashboard.PostAsync($"v1/admin/broadcasts/{id}/cancel", new { });
    }

    [Fact]
    public async Task Overview_WhileSending_ShowsItFirstUntilItEnds()
    {
        var (id, title, _) = await dashboard.DraftAsync(Many);
        await dashboard.RunAsync(Device.Desktop, "/", async page =>
        {
            await page.Heading("Over time").Expect().ToBeVisibleAsync();
            await dashboard.PostAsync($"v1/admin/broadcasts/{id}/send", new { }, HttpStatusCode.Accepted);
            var live = page.GetByRole(AriaRole.Region, new() { Name = "Sending now" });
            await live.Expect().ToContainTextAsync(title);
            await live.Expect().ToContainTextAsync(new Regex(@"[\d,]+ of 1,200 · \d+ messages/s"));
            await page.AssertAccessibleAsync();
            await page.Row(title).GetByText("Sending").Expect().ToBeVisibleAsync();

            await dashboard.PostAsync($"v1/admin/broadcasts/{id}/cancel", new { });
            await live.Expect().ToBeHiddenAsync();
            await page.Row(title).GetByText("Cancelled").Expect().ToBeVisibleAsync();
        });
    }

    private async Task<long> PendingAsync(string id)
    {
        var stats = (await dashboard.GetAsync($"v1/admin/broadcasts/{id}")).GetProperty("stats");
        return stats.ValueKind == JsonValueKind.Null ? Many : stats.Number("pending");
    }
}

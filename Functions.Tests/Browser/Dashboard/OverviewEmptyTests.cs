using Marketing.Core.Access;

namespace Marketing.Functions.Tests.Browser.Dashboard;

/// <summary>The first look, when nobody has made a broadcast yet.</summary>
[Collection(BrowserCollection.Name)]
public sealed class OverviewEmptyTests(DashboardFixture dashboard) : IClassFixture<DashboardFixture>
{
    public static TheoryData<string> Devices => [.. Device.All.Select(d => d.Name)];

    [Theory]
    [MemberData(nameof(Devices))]
    public Task Overview_WithoutBroadcasts_LeadsToTheFirst(string name) =>
        dashboard.RunAsync(Device.All.Single(d => d.Name == name), "/", async page =>
        {
            await page.GetByText("No broadcasts yet").Expect().ToBeVisibleAsync();
            await page.AssertAccessibleAsync();
            await page.AssertFitsAsync();
            await BrowserFixture.ShotAsync(page, $"dashboard first look {name}");
            await page.Link("New broadcast").ClickAsync();
            await page.Link("Compose").Expect().ToHaveAttributeAsync("aria-current", "page");
        });

    [Fact]
    public async Task Overview_WithoutBroadcastsForAViewer_OffersNothingThatTheyMayNotDo() =>
        await dashboard.RunAsync(Device.Phone, "/", async page =>
        {
            await page.GetByText("Once somebody has made one, its numbers are here.").Expect().ToBeVisibleAsync();
            await page.Link("New broadcast").Expect().ToHaveCountAsync(0);
        }, await dashboard.TokenAsync(Role.Viewer));
}

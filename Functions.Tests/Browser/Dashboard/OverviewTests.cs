using System.Globalization;
using System.Net;
using System.Text.Json;
using Marketing.Functions.Tests.Fixtures;
using Microsoft.Playwright;

namespace Marketing.Functions.Tests.Browser.Dashboard;

[Collection(BrowserCollection.Name)]
public sealed class OverviewTests(DashboardFixture dashboard) : IClassFixture<DashboardFixture>
{
    public static TheoryData<string> Devices => [.. Device.All.Select(d => d.Name)];

    [Theory]
    [MemberData(nameof(Devices))]
    public async Task Overview_AfterClicksAndConversions_ShowsWhatTheApiSays(string name)
    {
        var sent = await dashboard.SentAsync(people: 32);
        await dashboard.OpenLinkAsync(sent.TelegramIds[..4]);
        await dashboard.ConvertAsync(sent.TelegramIds[0], 25.5m);
        await dashboard.RunAsync(Device.All.Single(d => d.Name == name), "/", async page =>
        {
            // What other tests of the class did is in it too.
            var overview = await dashboard.GetAsync("v1/admin/broadcasts/analytics");
            var totals = overview.GetProperty("totals");
            var euros = totals.GetProperty("revenue")[0].GetProperty("value").GetDecimal();
            await page.Figure("Sent").Expect().ToHaveTextAsync(Number(totals, "sent"));
            await page.Figure("Unique CTR").Expect().ToHaveTextAsync(Percent(totals, "unique_ctr"));
            await page.Figure("Clicks").Expect().ToHaveTextAsync(Number(totals, "clicks"));
            await page.Figure("Conversions").Expect().ToHaveTextAsync(Number(totals, "conversions"));
            await page.Figure("Revenue in EUR").Expect().ToHaveTextAsync(euros.ToString("€#,##0.00", CultureInfo.InvariantCulture));
            await page.Locator(".legend").Expect().ToContainTextAsync($"Sent {Number(totals, "sent")}");
            await page.Locator(".best > li").Expect().ToHaveCountAsync(overview.GetProperty("best").GetArrayLength());

            var row = page.Row(sent.Title);
            await row.Expect().ToContainTextAsync("12.5%");
            await row.GetByText("Sent", new() { Exact = true }).First.Expect().ToBeVisibleAsync();
            await page.AssertFitsAsync();
            await page.AssertAccessibleAsync();
            await BrowserFixture.ShotAsync(page, $"dashboard overview {name}");
        });
    }

    [Fact]
    public async Task Chart_ByKeyboardAndAsATable_TellsItsNumbers()
    {
        var sent = await dashboard.SentAsync(people: 3);
        await dashboard.OpenLinkAsync(sent.TelegramIds);
        await dashboard.RunAsync(Device.Desktop, "/?days=7", async page =>
        {
            var trend = (await dashboard.GetAsync("v1/admin/broadcasts/analytics?unit=day")).GetProperty("trend").GetProperty("items").EnumerateArray().Last();
            var chart = page.GetByRole(AriaRole.Slider);
            await page.Locator(".chart canvas").Expect().ToBeVisibleAsync();
            await chart.FocusAsync();
            await page.Keyboard.PressAsync("Home");
            await chart.Expect().ToHaveAttributeAsync("aria-valuetext", new System.Text.RegularExpressions.Regex("Sent 0, Clicks 0, Conversions 0$"));
            await page.Keyboard.PressAsync("End");
            await chart.Expect().ToHaveAttributeAsync("aria-valuetext", new System.Text.RegularExpressions.Regex(
                $"Sent {Number(trend, "sent")}, Clicks {Number(trend, "clicks")}, Conversions {Number(trend, "conversions")}$"));

            await page.GetByText("Show as table").ClickAsync();
            await page.Locator(".chart-table tbody tr").Expect().ToHaveCountAsync(1);
            await page.Locator(".chart-table tbody td").Expect().ToHaveTextAsync([Number(trend, "sent"), Number(trend, "clicks"), Number(trend, "conversions")]);

            // A canvas knows nothing of the page's colours: it is drawn again in those of the other theme.
            const string Picture = "document.querySelector('.chart canvas').toDataURL()";
            var light = await page.EvaluateAsync<string>(Picture);
            await page.Button("Light or dark").ClickAsync();
            await page.WaitForFunctionAsync($"light => {Picture} !== light", light);
        });
    }

    [Fact]
    public async Task Period_Chosen_IsAskedForAndIsInTheAddress()
    {
        await dashboard.DraftAsync(people: 1);
        await dashboard.RunAsync(Device.Desktop, "/", async page =>
        {
            await page.Figure("Sent").Expect().ToBeVisibleAsync();
            var asked = await page.RunAndWaitForRequestAsync(() => page.Button("7 days").ClickAsync(), r => r.Url.Contains("/analytics?", StringComparison.Ordinal));
            var query = System.Web.HttpUtility.ParseQueryString(new Uri(asked.Url).Query);
            Assert.InRange((Time(query["to"]!) - Time(query["from"]!)).TotalDays, 6, 7);
            Assert.EndsWith("#/?days=7", page.Url, StringComparison.Ordinal);
            await page.Figure("Sent").Expect().ToBeVisibleAsync();
            await page.Locator(".figure").First.Expect().ToContainTextAsync("the 7 days before");

            await page.Button("Own dates").ClickAsync();
            await page.GetByLabel("From", new() { Exact = true }).FillAsync("2025-02-10");
            await page.GetByLabel("To", new() { Exact = true }).FillAsync("2025-02-01");
            await page.Button("Show").ClickAsync();
            await page.GetByText("This is before the first day.").Expect().ToBeVisibleAsync();
            await page.GetByLabel("To", new() { Exact = true }).FillAsync("2025-02-12");
            var own = await page.RunAndWaitForRequestAsync(() => page.Keyboard.PressAsync("Enter"), r => r.Url.Contains("from=2025-02-10T00", StringComparison.Ordinal));
            Assert.Contains("to=2025-02-13T00", own.Url, StringComparison.Ordinal);
            await page.Figure("Sent").Expect().ToHaveTextAsync("0");

            await page.ReloadAsync();
            await page.GetByLabel("From", new() { Exact = true }).Expect().ToHaveValueAsync("2025-02-10");
        });
    }

    [Fact]
    public async Task Table_SearchedFilteredAndPaged_ShowsThoseBroadcasts()
    {
        var word = Guid.CreateVersion7().ToString("N");
        var template = (await dashboard.TemplateAsync()).Id();
        for (var i = 0; i < 22; i++)
            await dashboard.PostAsync("v1/admin/broadcasts", new { title = $"{word} {i}", template_id = template, cohort_query = new { } }, HttpStatusCode.Created);
        await dashboard.DraftAsync(people: 1); // the first of all, and not of those found
        await dashboard.RunAsync(Device.Desktop, "/", async page =>
        {
            await page.GetByLabel("Search titles").FillAsync(word);
            await page.Rows().First.Expect().ToContainTextAsync($"{word} 21");
            await page.Rows().Expect().ToHaveCountAsync(20);
            await page.Button("Show more").ClickAsync();
            await page.Rows().Expect().ToHaveCountAsync(22);
            await page.Button("Show more").Expect().ToBeHiddenAsync();

            await page.GetByLabel("Status").SelectOptionAsync("sent");
            await page.GetByText("No broadcast is like that").Expect().ToBeVisibleAsync();
            await page.GetByLabel("Status").SelectOptionAsync("draft");
            await page.Rows().First.GetByRole(AriaRole.Link).ClickAsync();
            await page.Heading($"{word} 21").Expect().ToBeVisibleAsync();
        });
    }

    [Theory]
    [InlineData("desktop")]
    [InlineData("phone-dark")]
    public async Task Comparison_OfTwoChosen_TellsWhatIsMoreThanChance(string device)
    {
        var many = await dashboard.SentAsync(people: 60);
        var few = await dashboard.SentAsync(people: 60);
        await dashboard.OpenLinkAsync(many.TelegramIds[..30]);
        await dashboard.OpenLinkAsync(few.TelegramIds[..3]);
        await dashboard.RunAsync(Device.All.Single(d => d.Name == device), "/", async page =>
        {
            await page.GetByLabel($"Compare {many.Title}").CheckAsync();
            await page.GetByText("Choose one more to compare with.").Expect().ToBeVisibleAsync();
            await page.Button("Compare").Expect().ToBeDisabledAsync();
            await page.GetByLabel($"Compare {few.Title}").CheckAsync();
            await page.AssertAccessibleAsync();
            await page.Button("Compare").ClickAsync();

            await page.Heading("Comparison").Expect().ToBeVisibleAsync();
            await page.Row("Unique CTR").Expect().ToHaveTextAsync("Unique CTR50.0%5.0%−90.0%more than chance");
            await page.Row("People who converted").Expect().ToContainTextAsync("may be chance");
            await page.Row("Sent").Expect().ToHaveTextAsync("Sent6060same");
            await page.AssertFitsAsync();
            await page.AssertAccessibleAsync();
            await BrowserFixture.ShotAsync(page, $"dashboard comparison {device}");
        });
    }

    [Fact]
    public async Task Numbers_ThatCannotBeLoaded_SayWhyAndAreTriedAgain()
    {
        var isAway = true;
        await dashboard.SentAsync(people: 1);
        await dashboard.RunAsync(Device.Phone, "/audience", async page =>
        {
            await page.RouteAsync("**/api/v1/admin/broadcasts/analytics?*", route => isAway ? route.AbortAsync() : route.ContinueAsync());
            await page.GoAsync("/");
            var problem = page.GetByRole(AriaRole.Alert).Filter(new() { HasText = "This could not be loaded" });
            await problem.Expect().ToContainTextAsync("The server cannot be reached. Check your connection, then try again.");
            await page.AssertAccessibleAsync();
            isAway = false;
            await page.Button("Try again").ClickAsync();
            await page.Figure("Sent").Expect().ToBeVisibleAsync();
        }, isExpected: error => error.Contains("ERR_FAILED", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Sending_ThatCannotBeReadAnyMore_SaysSinceWhen()
    {
        await dashboard.DraftAsync(people: 1);
        var isAway = false;
        await dashboard.RunAsync(Device.Phone, "/audience", async page =>
        {
            await page.RouteAsync("**/api/v1/admin/broadcasts?status=sending*", route => isAway ? route.AbortAsync() : route.ContinueAsync());
            await page.RunAndWaitForResponseAsync(() => page.GoAsync("/"), response => response.Url.Contains("status=sending", StringComparison.Ordinal));
            isAway = true;
            await page.GetByText("Not up to date: last read at").Expect().ToBeVisibleAsync();
            isAway = false;
            await page.GetByText("Not up to date").Expect().ToHaveCountAsync(0);
        }, isExpected: error => error.Contains("ERR_FAILED", StringComparison.Ordinal));
    }

    private static string Number(JsonElement json, string name) => json.Number(name).ToString("N0", CultureInfo.InvariantCulture);

    private static string Percent(JsonElement json, string name) => (100 * json.GetProperty(name).GetDecimal()).ToString("0.0'%'", CultureInfo.InvariantCulture);

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}

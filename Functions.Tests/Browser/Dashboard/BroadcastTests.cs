using System.Net;
using Dapper;
using Marketing.Core.Access;
using Marketing.Functions.Tests.Fixtures;
using Marketing.Local.Telegram;
using Microsoft.Playwright;

namespace Marketing.Functions.Tests.Browser.Dashboard;

[Collection(BrowserCollection.Name)]
public sealed class BroadcastTests(DashboardFixture dashboard) : IClassFixture<DashboardFixture>
{
    public static TheoryData<string> Devices => [.. Device.All.Select(d => d.Name)];

    [Theory]
    [MemberData(nameof(Devices))]
    public async Task Numbers_AfterClicksWhileOneLooks_AreTheApisWithoutAReload(string name)
    {
        var (id, title, people) = await dashboard.SentAsync(people: 8);
        await dashboard.RunAsync(Device.All.Single(d => d.Name == name), $"/broadcasts/{id}", async page =>
        {
            await page.Heading(title).Expect().ToBeVisibleAsync();
            await page.Figure("Clicks").Expect().ToHaveTextAsync("0");
            await page.Locator(".bubble").Expect().ToContainTextAsync("Hi ");

            await dashboard.OpenLinkAsync(people[0], people[0], people[1], people[2]);
            var (message, buttons) = dashboard.TheMessage(people[0]);
            await dashboard.Telegram.PressAsync(people[0], message.MessageId, buttons.Single(b => b.Text == "Join").CallbackData!, default);
            await dashboard.ConvertAsync(people[0], 12.5m);

            await page.Figure("Clicks").Expect().ToHaveTextAsync("4");
            await page.Figure("Unique CTR").Expect().ToHaveTextAsync("37.5%");
            await page.Figure("Revenue in EUR").Expect().ToHaveTextAsync("€12.50");
            await page.Locator(".funnel > li").Nth(2).Expect().ToContainTextAsync("Clicked3");
            await page.Locator(".funnel > li").Nth(3).Expect().ToContainTextAsync("Converted1");
            await page.Row("Open").Expect().ToHaveTextAsync("Open340");
            await page.Row("Join").Expect().ToHaveTextAsync("Join111"); // the last press of who converted
            await page.Row("free").Locator("td").Expect().ToHaveTextAsync(["8", "8", "3", "37.5%", "1"]);
            await page.Row("deposit").Expect().ToContainTextAsync("€12.50");
            await page.Locator(".legend").Expect().ToContainTextAsync("Clicks 4");
            var stats = await dashboard.GetAsync($"v1/admin/broadcasts/{id}/stats");
            Assert.Equal((4, 5, 3, 1), (stats.Number("clicks"), stats.Number("total_clicks"), stats.Number("unique_clickers"), stats.Number("converters")));

            await page.AssertFitsAsync();
            await page.AssertAccessibleAsync();
            await BrowserFixture.ShotAsync(page, $"dashboard broadcast {name}");
        });
    }

    [Fact]
    public async Task Ledger_FilteredAndDownloaded_HasThoseRecipients()
    {
        var (id, _, people) = await dashboard.DraftAsync(people: 30);
        dashboard.Telegram.SetChat(people[0], ChatStatus.Blocked);
        dashboard.Telegram.SetChat(people[1], ChatStatus.Blocked);
        await dashboard.SendAsync(id);
        await dashboard.RunAsync(Device.Desktop, $"/broadcasts/{id}", async page =>
        {
            var ledger = page.Locator(".ledger");
            await ledger.Locator("tbody tr").Expect().ToHaveCountAsync(25);
            await page.Locator(".outcomes").Expect().ToContainTextAsync("blocked the bot or is gone");
            await ledger.GetByText("Show more").ClickAsync();
            await ledger.Locator("tbody tr").Expect().ToHaveCountAsync(30);

            await ledger.GetByLabel("State").SelectOptionAsync("blocked");
            await ledger.Locator("tbody tr").Expect().ToHaveCountAsync(2);
            await ledger.GetByText($"{people[0]}").Expect().ToBeVisibleAsync();
            var file = await page.RunAndWaitForDownloadAsync(() => page.Button("CSV").ClickAsync());
            Assert.Equal($"deliveries-blocked-{id}.csv", file.SuggestedFilename);
            var lines = (await File.ReadAllTextAsync(await file.PathAsync())).TrimEnd().Split('\n');
            Assert.Equal(3, lines.Length);
            Assert.StartsWith("seq,user_id,telegram_user_id", lines[0], StringComparison.Ordinal);
            Assert.All(lines[1..], line => Assert.Contains("blocked", line, StringComparison.Ordinal));

            await ledger.GetByLabel("State").SelectOptionAsync("failed");
            await page.GetByText("Nobody is in the state “Failed”").Expect().ToBeVisibleAsync();
        });
    }

    [Fact]
    public async Task Segments_SplitByRegion_HaveTheRegionOfTheRecipients()
    {
        var (id, _, people) = await dashboard.SentAsync(people: 5);
        await dashboard.RunAsync(Device.Phone, $"/broadcasts/{id}", async page =>
        {
            await page.Button("Region").ClickAsync();
            await page.Row($"R{people[0]}").Expect().ToContainTextAsync("5");
            await page.Button("Language").ClickAsync();
            await page.Row("unknown").Expect().ToContainTextAsync("5");
            await page.Button("Hours").ClickAsync();
            await page.Locator(".legend").Expect().ToContainTextAsync("Sent 5");
            await page.Button("Count again").ClickAsync();
            await page.GetByText("Counted again: every number was right.").Expect().ToBeVisibleAsync();
        });
    }

    [Fact]
    public async Task Draft_DuplicatedAndDeleted_LeadsToItsCopyAndBack()
    {
        var (id, title, _) = await dashboard.DraftAsync(people: 1);
        await dashboard.RunAsync(Device.Desktop, $"/broadcasts/{id}", async page =>
        {
            await page.GetByText("Nothing was sent yet").Expect().ToBeVisibleAsync();
            await page.GetByText($"Region is {title["To ".Length..]}").Expect().ToBeVisibleAsync();
            await page.AssertAccessibleAsync();
            await page.Link("Edit or send").Expect().ToHaveAttributeAsync("href", $"#/compose/{id}");
            await page.Button("Duplicate").ClickAsync();
            await page.GetByText("This is the copy. Change what you like.").Expect().ToBeVisibleAsync();
            Assert.Matches("#/compose/[0-9a-f-]{36}$", page.Url);

            await page.GoAsync($"/broadcasts/{id}");
            await page.Button("Delete").ClickAsync();
            var dialog = page.GetByRole(AriaRole.Dialog);
            await dialog.Expect().ToContainTextAsync($"Delete “{title}”?");
            await page.AssertAccessibleAsync();
            await page.Keyboard.PressAsync("Escape");
            await dialog.Expect().ToHaveCountAsync(0);
            await page.Button("Delete").Expect().ToBeFocusedAsync();
            await page.Button("Delete").ClickAsync();
            await dialog.GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
            await page.Heading("Overview").Expect().ToBeVisibleAsync();
        });
        await dashboard.GetAsync($"v1/admin/broadcasts/{id}", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Broadcast_CancelledBeforeItsTime_SaysThatNobodyGotIt()
    {
        var (id, _, _) = await dashboard.DraftAsync(people: 1);
        await ExecuteAsync("UPDATE broadcasts SET status = 1, scheduled_at = now() + interval '1 day' WHERE id = @id", new { id = Guid.Parse(id) });
        await dashboard.RunAsync(Device.Phone, $"/broadcasts/{id}", async page =>
        {
            await page.GetByText("Nothing was sent yet").Expect().ToBeVisibleAsync();
            await page.Button("Cancel").ClickAsync();
            await page.DialogButton("Cancel the broadcast").ClickAsync();
            await page.GetByText("Nobody got it").Expect().ToBeVisibleAsync();
            await page.GetByText("It was cancelled before its sending began.").Expect().ToBeVisibleAsync();
            await page.GetByText("Nothing was sent yet").Expect().ToHaveCountAsync(0);
        });
    }

    [Fact]
    public async Task Broadcast_FailedWithoutRecipients_SaysWhyNobodyGotIt()
    {
        const string Reason = "The cohort was empty when the sending began.";
        var (id, _, _) = await dashboard.DraftAsync(people: 1);
        await ExecuteAsync("UPDATE broadcasts SET status = 3, failure_reason = @Reason WHERE id = @id", new { id = Guid.Parse(id), Reason });
        await dashboard.RunAsync(Device.DarkPhone, $"/broadcasts/{id}", async page =>
        {
            await page.Locator(".state").Expect().ToHaveTextAsync($"Nobody got it{Reason}");
            await page.AssertFitsAsync();
            await page.AssertAccessibleAsync();
            await BrowserFixture.ShotAsync(page, "dashboard failed phone-dark");
        });
    }

    [Fact]
    public async Task Ledger_Deleted_SaysSoBesideTheNumbers()
    {
        var (id, _, _) = await dashboard.SentAsync(people: 3);
        await ExecuteAsync("DELETE FROM deliveries WHERE broadcast_id = @id", new { id = Guid.Parse(id) });
        await dashboard.RunAsync(Device.Phone, $"/broadcasts/{id}", async page =>
        {
            await page.Locator(".ledger").Expect().ToContainTextAsync("The list of recipients was deletedThere were 3. The numbers above stay.");
            await page.Figure("Sent").Expect().ToHaveTextAsync("3");
        });
    }

    [Fact]
    public async Task Message_OfATranslatedTemplate_IsWhatASamplePersonGets()
    {
        var (region, _) = await dashboard.AudienceAsync(1);
        var name = $"Translated {region}";
        var translations = new { en = new { content = "Hello in English" } };
        var template = (await dashboard.PostAsync("v1/admin/templates", new { name, content = "Guten Tag", translations }, HttpStatusCode.Created)).Id();
        var id = (await dashboard.PostAsync("v1/admin/broadcasts", new { title = name, template_id = template, cohort_query = new { region } }, HttpStatusCode.Created)).Id();
        await dashboard.SendAsync(id);
        await dashboard.RunAsync(Device.Phone, $"/broadcasts/{id}", async page =>
        {
            await page.Locator(".bubble").Expect().ToHaveTextAsync("Hello in English");
            await page.GetByText("As a sample person gets it in English. Version 1 of its template.").Expect().ToBeVisibleAsync();

            // What was sent stays what is shown; which translation a sample person got of it, the API does not say any more.
            await dashboard.PutAsync($"v1/admin/templates/{template}", new { name, content = "Neu", translations });
            await page.ReloadAsync();
            await page.Locator(".bubble").Expect().ToHaveTextAsync("Guten Tag");
            await page.GetByText("As a sample person gets it in the template's own language.").Expect().ToBeVisibleAsync();
        });
    }

    [Fact]
    public async Task Draft_WhereNoSecondPersonIsWanted_IsNotOfferedForApproval()
    {
        var (id, title, _) = await dashboard.DraftAsync(people: 1);
        await dashboard.RunAsync(Device.Desktop, $"/broadcasts/{id}", async page =>
        {
            await page.Heading(title).Expect().ToBeVisibleAsync();
            await page.Button("Approve").Expect().ToHaveCountAsync(0);
        }, await dashboard.TokenAsync(Role.Sender));
    }

    [Fact]
    public async Task Broadcast_ForAViewer_HasNothingToPress()
    {
        var (id, title, _) = await dashboard.SentAsync(people: 1);
        await dashboard.RunAsync(Device.Phone, $"/broadcasts/{id}", async page =>
        {
            await page.Heading(title).Expect().ToBeVisibleAsync();
            await page.Figure("Sent").Expect().ToHaveTextAsync("1");
            await page.Locator(".page-head").GetByRole(AriaRole.Button).Expect().ToHaveCountAsync(0);
            await page.Button("Count again").Expect().ToHaveCountAsync(0);
        }, await dashboard.TokenAsync(Role.Viewer));
    }

    [Fact]
    public Task Broadcast_ThatIsNotThere_SaysSo()
    {
        var id = Guid.CreateVersion7();
        return dashboard.RunAsync(Device.Phone, $"/broadcasts/{id}", async page =>
        {
            await page.GetByRole(AriaRole.Alert).Expect().ToContainTextAsync($"There is no broadcast {id}.");
            await page.AssertAccessibleAsync();
        }, isExpected: DashboardFixture.Refused(HttpStatusCode.NotFound));
    }

    private async Task ExecuteAsync(string sql, object parameters)
    {
        await using var db = await dashboard.Database.OpenConnectionAsync();
        await db.ExecuteAsync(sql, parameters);
    }
}

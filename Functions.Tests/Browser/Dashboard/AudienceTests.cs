using System.Net;
using System.Text;
using Marketing.Core.Access;
using Marketing.Functions.Tests.Fixtures;
using Microsoft.Playwright;

namespace Marketing.Functions.Tests.Browser.Dashboard;

[Collection(FormsCollection.Name)]
public sealed class AudienceTests(DashboardFixture app) : IClassFixture<DashboardFixture>
{
    public static TheoryData<string> Devices => [.. Device.All.Select(d => d.Name)];

    [Theory]
    [MemberData(nameof(Devices))]
    public async Task Import_OfAFileWithBadLines_IsCheckedThenStoredAndTellsThem(string name)
    {
        var ids = MarketingApp.NewTelegramIds(2);
        var csv = $"telegram_user_id,first_name,region\n{ids[0]},Ada,EU\nabc,Bo,EU\n{ids[1]},Cy,EU\n";
        await app.RunAsync(Device.All.Single(d => d.Name == name), "/audience?view=import", async page =>
        {
            await page.AssertAccessibleAsync();
            await ChooseFileAsync(page, 0, "people.csv", csv);
            await page.GetByText("people.csv was checked and nothing is stored yet. 1 line was rejected.").Expect().ToBeVisibleAsync();
            await page.Figure("New").Expect().ToHaveTextAsync("2");
            await page.Locator(".rejected tbody tr").Expect().ToHaveCountAsync(1);
            await page.Locator(".rejected tbody tr").Expect().ToContainTextAsync("\"abc\" is not a whole number");
            await page.Locator(".rejected tbody td").First.Expect().ToHaveTextAsync("3");
            await page.AssertAccessibleAsync();
            await page.AssertFitsAsync();
            await BrowserFixture.ShotAsync(page, $"dashboard import {name}");
            await app.GetAsync($"v1/admin/audience/users/telegram:{ids[0]}", HttpStatusCode.NotFound);

            await page.Button("Import 2 lines").PressAsync("Enter");
            await page.GetByText("people.csv is imported. 1 line was rejected.").Expect().ToBeVisibleAsync();
            Assert.Equal("Cy", (await app.GetAsync($"v1/admin/audience/users/telegram:{ids[1]}")).Text("first_name"));
        });
    }

    [Fact]
    public Task Import_OfAFileThatIsNone_SaysWhy() =>
        app.RunAsync(Device.Desktop, "/audience?view=import", async page =>
        {
            await ChooseFileAsync(page, 0, "people.xlsx", "x");
            await page.GetByText("people.xlsx cannot be read here.").Expect().ToBeVisibleAsync();
            await ChooseFileAsync(page, 0, "people.csv", "name\nAda\n");
            await page.GetByRole(AriaRole.Alert).Expect().ToContainTextAsync("telegram_user_id");
        }, isExpected: DashboardFixture.Refused(HttpStatusCode.BadRequest));

    [Fact]
    public async Task Import_OfConversions_TellsWhatBecameOfTheLines()
    {
        var (_, ids) = await app.AudienceAsync(1);
        await app.RunAsync(Device.Phone, "/audience?view=import", async page =>
        {
            await ChooseFileAsync(page, 1, "deposits.csv", $"telegram_user_id,event,idempotency_key\n{ids[0]},deposit,k{ids[0]}\n{ids[0]},deposit,k{ids[0]}\n5,deposit,x\n");
            await page.Figure("Recorded").Expect().ToHaveTextAsync("1");
            await page.Figure("Known already").Expect().ToHaveTextAsync("1");
            await page.Locator(".rejected tbody td").First.Expect().ToHaveTextAsync("4");
        });
    }

    [Theory]
    [InlineData(0, "people.csv", "telegram_user_id\n5\n", "The upload was stopped. Nothing was stored.")]
    [InlineData(1, "deposits.csv", "telegram_user_id,event,idempotency_key\n5,deposit,k\n",
        "The upload was stopped. A part of it may be recorded. Import the same file again: nothing is counted twice.")]
    public async Task Import_Stopped_TellsWhatMayHaveBeenStored(int card, string name, string content, string told)
    {
        var end = new TaskCompletionSource();
        await app.RunAsync(Device.Phone, "/audience?view=import", async page =>
        {
            await page.RouteAsync("**/api/v1/**/import*", async route =>
            {
                await end.Task;
                await route.AbortAsync();
            });
            await ChooseFileAsync(page, card, name, content);
            await page.Button("Stop").ClickAsync();
            await page.GetByRole(AriaRole.Alert).Expect().ToHaveTextAsync(told);
            end.SetResult();
        }, isExpected: error => error.Contains("ERR_", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Import_UnderWay_IsNotLeftUnasked()
    {
        var end = new TaskCompletionSource();
        await app.RunAsync(Device.Desktop, "/audience?view=import", async page =>
        {
            await page.RouteAsync("**/api/v1/**/import*", async route =>
            {
                await end.Task;
                await route.AbortAsync();
            });
            await ChooseFileAsync(page, 1, "deposits.csv", "telegram_user_id,event,idempotency_key\n5,deposit,k\n");
            await page.Button("Stop").Expect().ToBeVisibleAsync();
            await page.Link("Templates").ClickAsync();
            await page.OpenDialog().Expect().ToContainTextAsync("Leave during the upload?");
            await page.DialogButton("Stay").ClickAsync();
            await page.Button("Stop").Expect().ToBeVisibleAsync();
            Assert.EndsWith("#/audience?view=import", page.Url, StringComparison.Ordinal);

            await page.Link("Templates").ClickAsync();
            await page.DialogButton("Leave").ClickAsync();
            await page.Heading("Templates").Expect().ToBeVisibleAsync();
            end.SetResult();
        }, isExpected: error => error.Contains("ERR_", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public async Task Person_FoundByName_IsSuppressedAndErased(string name)
    {
        var (_, ids) = await app.AudienceAsync(1);
        await app.RunAsync(Device.All.Single(d => d.Name == name), "/audience", async page =>
        {
            await page.AssertAccessibleAsync();
            await page.AssertFitsAsync();
            await page.GetByLabel("Search people").FillAsync($"Name{ids[0]}");
            await page.Locator("tbody tr").Expect().ToHaveCountAsync(1);
            await page.Link($"Name{ids[0]}").ClickAsync();
            await page.Figure("Telegram id").Expect().ToHaveTextAsync($"{ids[0]}");
            await page.Button("Opt out").ClickAsync();
            await page.Locator(".badge", new() { HasText = "Opted out" }).Expect().ToBeVisibleAsync();
            await page.Button("Suppress…").ClickAsync();
            await page.DialogButton("Suppress").ClickAsync();
            await page.GetByText("Say why.").Expect().ToBeVisibleAsync();
            await page.OpenDialog().GetByLabel("Reason").FillAsync("A complaint by mail");
            await page.Keyboard.PressAsync("Enter");
            await page.Figure("Suppressed").Expect().ToContainTextAsync("A complaint by mail");
            await page.AssertAccessibleAsync();
            await page.AssertFitsAsync();
            await BrowserFixture.ShotAsync(page, $"dashboard person {name}");

            await page.Button("Erase…").ClickAsync();
            await page.DialogButton("Erase for good").ClickAsync();
            await page.GetByText($"This is not {ids[0]}.").Expect().ToBeVisibleAsync();
            await page.OpenDialog().GetByLabel($"Type {ids[0]} to confirm").FillAsync($"{ids[0]}");
            await page.DialogButton("Erase for good").ClickAsync();
            await page.GetByLabel("Search people").Expect().ToBeVisibleAsync();
        });
        await app.GetAsync($"v1/admin/audience/users/telegram:{ids[0]}", HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("desktop-dark")]
    [InlineData("phone")]
    public async Task Suppression_ThatTheServerCannotTake_SaysSoInItsDialog(string device)
    {
        var (_, ids) = await app.AudienceAsync(1);
        await app.RunAsync(Device.All.Single(d => d.Name == device), $"/audience?person=telegram:{ids[0]}", async page =>
        {
            await page.RouteAsync("**/api/v1/admin/audience/suppressions", route => route.AbortAsync());
            await page.Button("Suppress…").ClickAsync();
            await page.OpenDialog().GetByLabel("Reason").FillAsync("A complaint by mail");
            await page.DialogButton("Suppress").ClickAsync();

            await page.OpenDialog().GetByRole(AriaRole.Alert).Expect().ToContainTextAsync("The server cannot be reached.");
            await page.AssertAccessibleAsync();
            await BrowserFixture.ShotAsync(page, $"dashboard dialog error {device}");
            await page.DialogButton("Close").ClickAsync();
            await page.OpenDialog().GetByRole(AriaRole.Alert).Expect().ToHaveCountAsync(0);
        }, isExpected: error => error.Contains("ERR_FAILED", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Person_Exported_IsAFileOfEverything()
    {
        var (_, ids) = await app.AudienceAsync(1);
        await app.RunAsync(Device.Desktop, $"/audience?person=telegram:{ids[0]}", async page =>
        {
            var download = await page.RunAndWaitForDownloadAsync(() => page.Button("Export").ClickAsync());
            Assert.Equal($"person-{ids[0]}.json", download.SuggestedFilename);
            Assert.Contains("\"deliveries\"", await File.ReadAllTextAsync(await download.PathAsync()), StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Suppression_OfAStranger_IsListedAndLifted()
    {
        var id = MarketingApp.NewTelegramIds(1)[0];
        await app.RunAsync(Device.Phone, "/audience?view=suppressions", async page =>
        {
            await page.Button("Suppress somebody").ClickAsync();
            await page.OpenDialog().GetByLabel("Telegram id").FillAsync($"{id}");
            await page.OpenDialog().GetByLabel("Reason").FillAsync("Asked by phone");
            await page.DialogButton("Suppress").ClickAsync();
            var row = page.Locator("tbody tr").Filter(new() { HasText = $"{id}" });
            await row.Expect().ToContainTextAsync("Asked by phone");
            await page.AssertAccessibleAsync();
            await page.AssertFitsAsync();
            await page.Button($"Lift the suppression of {id}").ClickAsync();
            await page.DialogButton("Lift the suppression").ClickAsync();
            await row.Expect().ToHaveCountAsync(0);
        });
    }

    [Fact]
    public async Task Audience_OfAViewer_HasNothingToChange()
    {
        var (_, ids) = await app.AudienceAsync(1);
        await app.RunAsync(Device.Desktop, $"/audience?person=telegram:{ids[0]}", async page =>
        {
            await page.Figure("Telegram id").Expect().ToHaveTextAsync($"{ids[0]}");
            await page.Link("Import").Expect().ToHaveCountAsync(0);
            await page.Heading("What you may do").Expect().ToHaveCountAsync(0);
            await page.Link("Suppressions").ClickAsync();
            await page.GetByLabel("Kind").Expect().ToBeVisibleAsync();
            await page.Button("Suppress somebody").Expect().ToHaveCountAsync(0);
        }, await app.TokenAsync(Role.Viewer));
    }

    private static Task ChooseFileAsync(IPage page, int card, string name, string content) =>
        page.Locator("input[type=file]").Nth(card).SetInputFilesAsync(new FilePayload { Name = name, MimeType = "text/csv", Buffer = Encoding.UTF8.GetBytes(content) });
}

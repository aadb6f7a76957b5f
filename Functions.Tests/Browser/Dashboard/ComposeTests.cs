using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Marketing.Core.Access;
using Marketing.Functions.Tests.Fixtures;
using Marketing.Local.Telegram;
using Microsoft.Playwright;

namespace Marketing.Functions.Tests.Browser.Dashboard;

/// <summary>A broadcast from the empty form to its end.</summary>
[Collection(FormsCollection.Name)]
public sealed class ComposeTests(ComposeFixture app) : IClassFixture<ComposeFixture>
{
    public static TheoryData<string> Devices => [.. Device.All.Select(d => d.Name)];

    [Theory]
    [MemberData(nameof(Devices))]
    public async Task Compose_ToSent_ReachesTheCohortAndShowsItsWay(string name)
    {
        var (region, ids) = await app.AudienceAsync(16);
        var template = await app.TemplateAsync("<b>Hi</b> {{ first_name }}, <tg-spoiler>CUP50</tg-spoiler>");
        await app.RunAsync(Device.All.Single(d => d.Name == name), "/compose", async page =>
        {
            await page.GetByLabel("Title").FillAsync("Autumn cup");
            await page.ChooseAsync("Template", template.Text("name"));
            await page.Locator(".bubble").Expect().ToHaveTextAsync("Hi Ada, CUP50");
            await page.Locator(".bubble-buttons li").Expect().ToHaveTextAsync(["Open", "Join"]);
            await page.AddRegionAsync(region);
            await page.Count().Expect().ToHaveTextAsync("16 people now");
            await page.Locator(".summary").Expect().ToHaveTextAsync("16 people · now");
            await page.AssertAccessibleAsync();
            await page.AssertFitsAsync();
            await BrowserFixture.ShotAsync(page, $"dashboard compose {name}");

            await page.Button("Send").ClickAsync();
            await page.OpenDialog().Expect().ToContainTextAsync("Send to 16 people now?");
            await page.AssertAccessibleAsync();
            await page.DialogButton("Send to 16 people").ClickAsync();

            var id = await page.IdAtAsync("/broadcasts");
            var status = page.Locator(".page-head .badge");
            await status.Expect().ToHaveTextAsync("Sending");
            await page.Locator(".progress-text").Expect().ToHaveTextAsync(new Regex("[1-9][0-9]? of 16$"));
            await status.Expect().ToHaveTextAsync("Sent");
            Assert.Equal(16, (await app.GetAsync($"v1/admin/broadcasts/{id}/stats")).Number("sent"));
        });
        Assert.Equal($"Hi Name{ids[0]}, CUP50", app.TheMessage(ids[0]).Message.Text);
    }

    [Fact]
    public async Task Compose_WithTheKeyboardAlone_IsSent()
    {
        var (region, ids) = await app.AudienceAsync(1);
        var template = (await app.TemplateAsync()).Text("name");
        await app.RunAsync(Device.Desktop, "/compose", async page =>
        {
            await page.GetByLabel("Title").Expect().ToBeFocusedAsync();
            await page.Keyboard.TypeAsync("By keyboard");
            await page.Keyboard.PressAsync("Tab");
            await page.Keyboard.TypeAsync(template);
            await page.Locator(".listbox li").Expect().ToHaveTextAsync([$"{template}tests"]);
            await page.Keyboard.PressAsync("Enter");
            await page.Locator(".bubble").Expect().ToHaveTextAsync("Hi Ada");
            await TabToAsync(page, page.Button("Add a condition"));
            await page.Keyboard.PressAsync("Enter");
            await page.GetByLabel("Condition 1: field").Expect().ToBeFocusedAsync();
            await page.Keyboard.PressAsync("R"); // the first field with this letter
            await page.GetByLabel("Condition 1: field").Expect().ToHaveValueAsync("region");
            await TabToAsync(page, page.GetByLabel("Condition 1: value"));
            await page.Keyboard.TypeAsync(region);
            await page.Count().Expect().ToHaveTextAsync("1 person now");
            await TabToAsync(page, page.Button("Send"));
            await page.Keyboard.PressAsync("Enter");
            await page.DialogButton("Not now").Expect().ToBeFocusedAsync();
            await page.Keyboard.PressAsync("Escape");
            await page.Button("Send").Expect().ToBeFocusedAsync();
            await page.Button("Send").Expect().Not.ToHaveAttributeAsync("aria-busy", "true"); // a press before is the same press
            await page.Keyboard.PressAsync("Enter");
            await page.DialogButton("Not now").Expect().ToBeFocusedAsync();
            await page.Keyboard.PressAsync("Tab");
            await page.DialogButton("Send to 1 person").Expect().ToBeFocusedAsync();
            await page.Keyboard.PressAsync("Enter");
            await app.EndAsync(await page.IdAtAsync("/broadcasts"));
        });
        app.TheMessage(ids[0]);
    }

    // The clocks there go from 2:00 to 3:00 that night.
    [Fact]
    public async Task Compose_AtATimeOfAZone_IsScheduledThenAndNoTimeThatIsSkipped()
    {
        var template = await app.TemplateAsync();
        var day = LastSunday(3);
        await app.RunAsync(Device.Phone, $"/compose?template={template.Id()}", async page =>
        {
            await page.GetByLabel("Title").FillAsync("Later");
            await page.Button("At a time").ClickAsync();
            await page.GetByLabel("Date", new() { Exact = true }).FillAsync($"{day:yyyy-MM-dd}");
            await page.GetByLabel("Time", new() { Exact = true }).FillAsync("02:30");
            await page.ChooseAsync("Time zone", "Europe/Berlin");
            await page.GetByText("There is no 02:30 on this day in Europe/Berlin").Expect().ToBeVisibleAsync();
            await page.Button("Schedule").ClickAsync();
            await page.OpenDialog().Expect().ToHaveCountAsync(0);

            await page.GetByLabel("Time", new() { Exact = true }).FillAsync("03:30");
            await page.Locator(".meaning").Expect().ToContainTextAsync("1:30 AM UTC");
            await page.Button("Schedule").ClickAsync();
            await page.OpenDialog().Expect().ToContainTextAsync("3:30 AM (Europe/Berlin, UTC+02:00)");
            await page.Locator(".summary").Expect().ToContainTextAsync("3:30 AM (Europe/Berlin, UTC+02:00)");
            await page.DialogButton("Schedule").ClickAsync();

            var broadcast = await app.GetAsync($"v1/admin/broadcasts/{await page.IdAtAsync("/broadcasts")}");
            Assert.Equal(("scheduled", $"{day:yyyy-MM-dd}T01:30:00Z"), (broadcast.Text("status"), broadcast.Text("scheduled_at")));
        });
    }

    // The clocks there go from 3:00 back to 2:00 that night.
    [Fact]
    public async Task Compose_AtTheSecondOfTwoEqualTimes_StaysThere()
    {
        var token = await app.TokenAsync(Role.Sender);
        using var sender = app.With(token);
        await MarketingApp.ReadAsync(await sender.PatchAsJsonAsync("v1/admin/me", new { time_zone = "Europe/Berlin" }), HttpStatusCode.OK);
        var at = new DateTimeOffset(LastSunday(10), new(1, 30), TimeSpan.Zero);
        var id = await app.BroadcastAsync(new { }, scheduledAt: at);
        await app.RunAsync(Device.Phone, $"/compose/{id}", async page =>
        {
            await page.Button("The second").Expect().ToHaveAttributeAsync("aria-pressed", "true");
            await page.AssertFitsAsync();
            await page.GetByLabel("Title").FillAsync("Twice");
            await page.Button("Schedule again").ClickAsync();
            await page.OpenDialog().Expect().ToContainTextAsync("2:30 AM (Europe/Berlin, UTC+01:00)");
            await page.DialogButton("Schedule").ClickAsync();
            await page.IdAtAsync("/broadcasts");
        }, token);
        var broadcast = await app.GetAsync($"v1/admin/broadcasts/{id}");
        Assert.Equal(("Twice", at), (broadcast.Text("title"), broadcast.GetProperty("scheduled_at").GetDateTimeOffset()));
    }

    [Fact]
    public async Task Compose_Draft_IsSavedOnceHoweverOftenAndEditedLater()
    {
        var (region, _) = await app.AudienceAsync(2);
        var template = await app.TemplateAsync();
        var title = $"Draft {region}";
        var answersToLose = 1;
        await app.RunAsync(Device.Desktop, $"/compose?template={template.Id()}", async page =>
        {
            await page.RouteAsync("**/api/v1/admin/broadcasts", async route =>
            {
                await route.FetchAsync();
                if (Interlocked.Decrement(ref answersToLose) >= 0)
                    await route.AbortAsync();
                else
                    await route.FallbackAsync();
            });
            await page.GetByLabel("Title").FillAsync(title);
            await page.AddRegionAsync(region);
            await page.Count().Expect().ToHaveTextAsync("2 people now");
            await page.Button("Save draft").ClickAsync();
            await page.Toast("cannot be reached").Expect().ToBeVisibleAsync();
            await page.Button("Save draft").DblClickAsync();
            var id = await page.IdAtAsync("/compose");
            Assert.Single((await app.GetAsync($"v1/admin/broadcasts?search={Uri.EscapeDataString(title)}")).GetProperty("items").EnumerateArray());

            await page.ReloadAsync();
            await page.GetByLabel("Title").Expect().ToHaveValueAsync(title);
            await page.GetByLabel("Condition 1: value").Expect().ToHaveValueAsync(region);
            await page.GetByLabel("Write another text for this broadcast only").CheckAsync();
            await page.GetByLabel("Text of this broadcast").FillAsync("Only <i>this</i> time");
            await page.Locator(".bubble i").Expect().ToHaveTextAsync("this");
            await page.Link("Templates").ClickAsync();
            await page.DialogButton("Stay").ClickAsync();
            await page.GetByLabel("Text of this broadcast").Expect().ToHaveValueAsync("Only <i>this</i> time");
            await page.Button("Save draft").ClickAsync();
            await page.Toast("Draft saved").Expect().ToBeVisibleAsync();
            Assert.Equal("Only <i>this</i> time", (await app.GetAsync($"v1/admin/broadcasts/{id}")).Text("message_template"));
            await page.Link("Templates").ClickAsync();
            await page.Heading("Templates").Expect().ToBeVisibleAsync();
        }, isExpected: error => error.Contains("ERR_FAILED", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Compose_NothingWritten_IsLeftWithoutAQuestion()
    {
        await app.RunAsync(Device.Desktop, "/compose", async page =>
        {
            await page.Count().Expect().ToContainTextAsync("now"); // all that comes later has come
            await page.Link("Templates").ClickAsync();
            await page.GetByRole(AriaRole.Heading, new() { Name = "Templates" }).Expect().ToBeVisibleAsync();
        });
    }

    [Fact]
    public async Task Compose_ChangedBySomebodyElse_LetsThePersonChoose()
    {
        var template = await app.TemplateAsync();
        var id = await app.BroadcastAsync(new { region = "nowhere" }, template.Id());
        await app.RunAsync(Device.Desktop, $"/compose/{id}", async page =>
        {
            await page.GetByLabel("Title").FillAsync("Mine");
            await app.PutAsync($"v1/admin/broadcasts/{id}", new { title = "Theirs", template_id = template.Id(), cohort_query = new { } });
            await page.Button("Save draft").ClickAsync();
            await page.OpenDialog().Expect().ToContainTextAsync("Somebody else changed this broadcast");
            await page.DialogButton("Save mine over theirs").ClickAsync();
            await page.Toast("Draft saved").Expect().ToBeVisibleAsync();
        }, isExpected: DashboardFixture.Refused(HttpStatusCode.PreconditionFailed));
        Assert.Equal("Mine", (await app.GetAsync($"v1/admin/broadcasts/{id}")).Text("title"));
    }

    [Fact]
    public async Task Compose_OverTheLimitOfOnePerson_SaysThatASecondHasToSend()
    {
        var (region, _) = await app.AudienceAsync(ComposeFixture.FourEyesOver + 1);
        var template = await app.TemplateAsync();
        await app.RunAsync(Device.Desktop, $"/compose?template={template.Id()}", async page =>
        {
            await page.GetByLabel("Title").FillAsync("Many");
            await page.AddRegionAsync(region);
            await page.Count().Expect().ToHaveTextAsync("21 people now");
            await page.Button("Send").ClickAsync();
            await page.DialogButton("Send to 21 people").ClickAsync();
            await page.OpenDialog().Expect().ToContainTextAsync("A second person has to send this");
            await page.DialogButton("See the broadcast").ClickAsync();
            Assert.Equal("draft", (await app.GetAsync($"v1/admin/broadcasts/{await page.IdAtAsync("/broadcasts")}")).Text("status"));
        }, isExpected: DashboardFixture.Refused(HttpStatusCode.Forbidden));
    }

    [Fact]
    public async Task Draft_OfSomebodyElse_IsApprovedByASender()
    {
        var (id, _, _) = await app.DraftAsync(people: 1);
        await app.RunAsync(Device.Desktop, $"/broadcasts/{id}", page => page.Button("Approve").Expect().ToHaveCountAsync(0));
        await app.RunAsync(Device.Desktop, $"/broadcasts/{id}", async page =>
        {
            await page.Button("Approve").ClickAsync();
            await page.OpenDialog().Expect().ToContainTextAsync("more than 20 people");
            await page.DialogButton("Approve").ClickAsync();
            await page.GetByText("By a second person").Expect().ToBeVisibleAsync();
            await page.Button("Approve").Expect().ToHaveCountAsync(0);
        }, await app.TokenAsync(Role.Sender));
    }

    [Fact]
    public async Task Compose_TestSend_ReachesTheChatAndLeavesADraft()
    {
        var (_, ids) = await app.AudienceAsync(2);
        var template = await app.TemplateAsync();
        app.Telegram.SetChat(ids[1], ChatStatus.Blocked);
        await app.RunAsync(Device.Phone, $"/compose?template={template.Id()}", async page =>
        {
            await page.GetByLabel("Title").FillAsync("Try it");
            await page.GetByLabel("Chat ids").FillAsync("me");
            await page.Button("Send a test").ClickAsync();
            await page.GetByText("“me” is not a chat id").Expect().ToBeVisibleAsync();
            await page.GetByLabel("Chat ids").FillAsync($"{ids[0]}, {ids[1]}");
            await page.Button("Send a test").ClickAsync();
            await page.Locator(".lines li").Filter(new() { HasText = $"{ids[0]}" }).Locator(".badge.good").Expect().ToHaveTextAsync("Sent");
            await page.Locator(".lines li").Filter(new() { HasText = $"{ids[1]}" }).Expect().ToContainTextAsync("blocked by the user");
            await page.AssertAccessibleAsync();
            await page.IdAtAsync("/compose");
        });
        Assert.Equal($"Hi Name{ids[0]}", app.TheMessage(ids[0]).Message.Text);
    }

    [Fact]
    public async Task Compose_AsAnEditor_SavesAndDoesNotSend()
    {
        var template = await app.TemplateAsync();
        await app.RunAsync(Device.Desktop, $"/compose?template={template.Id()}", async page =>
        {
            await page.GetByText("Somebody with the role sender sends them.").Expect().ToBeVisibleAsync();
            await page.Button("Send").Expect().ToHaveCountAsync(0);
            await page.Heading("When").Expect().ToHaveCountAsync(0);
            await page.GetByLabel("Title").FillAsync("By an editor");
            await page.Button("Save draft").ClickAsync();
            await page.IdAtAsync("/compose");
        }, await app.TokenAsync(Role.Editor));
    }

    private static async Task TabToAsync(IPage page, ILocator target)
    {
        for (var i = 0; i < 40 && !await target.EvaluateAsync<bool>("e => e === document.activeElement"); i++)
            await page.Keyboard.PressAsync("Tab");
        await Assertions.Expect(target).ToBeFocusedAsync();
    }

    // Of next year, so that it is to come.
    private static DateOnly LastSunday(int month)
    {
        var day = new DateOnly(TimeProvider.System.GetUtcNow().Year + 1, month, 31);
        return day.AddDays(-(int)day.DayOfWeek);
    }
}

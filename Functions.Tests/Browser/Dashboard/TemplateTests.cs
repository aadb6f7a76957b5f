using System.Net;
using System.Text.Json;
using Marketing.Core.Access;
using Marketing.Functions.Tests.Fixtures;
using Microsoft.Playwright;

namespace Marketing.Functions.Tests.Browser.Dashboard;

[Collection(FormsCollection.Name)]
public sealed class TemplateTests(DashboardFixture app) : IClassFixture<DashboardFixture>
{
    public static TheoryData<string> Devices => [.. Device.All.Select(d => d.Name)];

    [Theory]
    [MemberData(nameof(Devices))]
    public Task Template_Written_IsShownAsAMessageAndSaved(string name) =>
        app.RunAsync(Device.All.Single(d => d.Name == name), "/templates", async page =>
        {
            var title = $"Cup {Guid.CreateVersion7()}";
            await page.Link("New template").First.ClickAsync();
            await page.GetByLabel("Name", new() { Exact = true }).FillAsync(title);
            await page.GetByLabel("Message", new() { Exact = true }).FillAsync("Hello ");
            await page.GetByLabel("Insert a field").SelectOptionAsync("First name, or “there”");
            await page.Button("Bold").ClickAsync();
            await page.Keyboard.TypeAsync("win <3");
            await page.Locator(".mistakes").Expect().ToContainTextAsync("line 1, column");
            await page.GetByLabel("Message", new() { Exact = true }).FillAsync("Hello {{ first_name }}, <b>win &lt;3</b>");
            await page.Locator(".bubble").Expect().ToHaveTextAsync("Hello Ada, win <3");
            await page.Locator(".bubble b").Expect().ToHaveTextAsync("win <3");
            await page.Locator(".preview-length").Expect().ToHaveTextAsync("17 of 4,096 characters");
            await page.Button("Add a button").ClickAsync();
            await page.GetByLabel("Label").FillAsync("Join");
            await page.GetByLabel("Address").FillAsync("https://example.com/cup");
            await page.Locator(".bubble-buttons li").Expect().ToHaveTextAsync(["Join"]);
            await page.AssertAccessibleAsync();
            await page.AssertFitsAsync();
            await BrowserFixture.ShotAsync(page, $"dashboard template {name}");

            await page.Button("Save").ClickAsync();
            var id = await page.IdAtAsync("/templates");
            await page.Heading(title).Expect().ToBeVisibleAsync();
            await page.Heading("Versions").Expect().ToBeVisibleAsync();
            await page.AssertAccessibleAsync();
            var saved = await app.GetAsync($"v1/admin/templates/{id}");
            Assert.Equal(("Hello {{ first_name }}, <b>win &lt;3</b>", "general"), (saved.Text("content"), saved.Text("category")));

            await page.Link("Templates").First.ClickAsync();
            await page.GetByLabel("Search templates by name").FillAsync(title);
            await page.Locator(".template-card").Expect().ToHaveCountAsync(1);
            await page.Locator(".template-card").Expect().ToContainTextAsync("1 button");
            await page.AssertAccessibleAsync();
            await page.AssertFitsAsync();
        }, isExpected: DashboardFixture.Refused(HttpStatusCode.BadRequest));

    [Fact]
    public Task Template_WithAMistake_SaysWhereAndGoesThere() =>
        app.RunAsync(Device.Desktop, "/templates/new", async page =>
        {
            var message = page.GetByLabel("Message", new() { Exact = true });
            await message.FillAsync("Hi,\nyou {{ frist_name }}");
            var mistake = page.Button("line 2, column 8: unknown field frist_name; did you mean first_name?");
            await mistake.ClickAsync();
            await message.Expect().ToBeFocusedAsync();
            Assert.Equal("f", await message.EvaluateAsync<string>("t => t.value.slice(t.selectionStart, t.selectionEnd)"));
            await Assertions.Expect(message).ToHaveAttributeAsync("aria-invalid", "true");

            await page.Button("Save").ClickAsync();
            await page.GetByText("must not be empty").Expect().ToBeVisibleAsync();
            await page.GetByLabel("Name", new() { Exact = true }).Expect().ToBeFocusedAsync();
            await mistake.Expect().ToBeVisibleAsync();
            await page.AssertAccessibleAsync();
        }, isExpected: DashboardFixture.Refused(HttpStatusCode.BadRequest));

    [Fact]
    public async Task Template_InALanguage_KeepsTheWordsOfItsButtonsWhenTheyMove()
    {
        var template = await app.TemplateAsync("Hi {{ first_name }}");
        await app.RunAsync(Device.Desktop, $"/templates/{template.Id()}", async page =>
        {
            await page.Button("Add a language").ClickAsync();
            await page.OpenDialog().GetByLabel("Language").FillAsync("de");
            await page.Keyboard.PressAsync("Enter");
            await page.GetByLabel("Message in German").FillAsync("Hallo {{ first_name }}");
            await page.GetByLabel("Label of button 1").FillAsync("Öffnen");
            await page.Locator(".bubble").Expect().ToHaveTextAsync("Hallo Ada");
            await page.Locator(".bubble-buttons li").Expect().ToHaveTextAsync(["Öffnen", "Join"]);
            await page.AssertAccessibleAsync();
            await page.GetByRole(AriaRole.Tab, new() { Name = "German" }).FocusAsync();
            await page.Keyboard.PressAsync("ArrowLeft");
            await page.GetByRole(AriaRole.Tab, new() { Name = "Everybody else" }).Expect().ToBeFocusedAsync();
            await page.Locator(".bubble").Expect().ToHaveTextAsync("Hi Ada");
            await page.Button("Move Button 1 down").PressAsync("Enter");
            await page.Button("Move Button 2 up").Expect().ToBeFocusedAsync();
            await page.Locator(".bubble-buttons li").Expect().ToHaveTextAsync(["Join", "Open"]);
            await page.Button("Save").ClickAsync();
            await page.Toast("Saved").Expect().ToBeVisibleAsync();
        });
        var saved = await app.GetAsync($"v1/admin/templates/{template.Id()}");
        Assert.Equal(template.GetProperty("cta_buttons")[0].Id(), saved.GetProperty("cta_buttons")[1].Id());
        var german = saved.GetProperty("translations").GetProperty("de").GetProperty("cta_buttons");
        Assert.Equal((JsonValueKind.Null, "Öffnen"), (german[0].GetProperty("label").ValueKind, german[1].Text("label")));
    }

    [Fact]
    public async Task Template_ChangedBySomebodyElse_LetsThePersonChoose()
    {
        var template = await app.TemplateAsync("First");
        await app.RunAsync(Device.Phone, $"/templates/{template.Id()}", async page =>
        {
            var message = page.GetByLabel("Message", new() { Exact = true });
            await message.FillAsync("Mine");
            await app.PutAsync($"v1/admin/templates/{template.Id()}", new { name = template.Text("name"), content = "Theirs" });
            await page.Button("Save").ClickAsync();
            await page.OpenDialog().Expect().ToContainTextAsync("Somebody else changed this template");
            await page.AssertAccessibleAsync();
            await page.DialogButton("Keep editing").ClickAsync();
            await message.Expect().ToHaveValueAsync("Mine");
            await page.Button("Save").ClickAsync();
            await page.DialogButton("Take theirs, drop mine").ClickAsync();
            await message.Expect().ToHaveValueAsync("Theirs");

            await page.Button("View version 1").ClickAsync();
            await page.DialogButton("Go on with this version").ClickAsync();
            await message.Expect().ToHaveValueAsync("First");
            await page.Button("Save").ClickAsync();
            await page.Toast("Saved").Expect().ToBeVisibleAsync();
        }, isExpected: DashboardFixture.Refused(HttpStatusCode.PreconditionFailed));
        var saved = await app.GetAsync($"v1/admin/templates/{template.Id()}");
        Assert.Equal(("First", 3), (saved.Text("content"), saved.Number("version")));
    }

    [Fact]
    public async Task Template_WhileItIsSaved_TakesNothingThatWouldBeLost()
    {
        var template = await app.TemplateAsync("First");
        await app.RunAsync(Device.Desktop, $"/templates/{template.Id()}", async page =>
        {
            var message = page.GetByLabel("Message", new() { Exact = true });
            await message.FillAsync("Second");
            var answer = await page.HoldAsync($"**/api/v1/admin/templates/{template.Id()}");
            await page.Button("Save").ClickAsync();
            await answer.Asked;
            await message.Expect().ToBeDisabledAsync();
            answer.Release();
            await page.Toast("Saved").Expect().ToBeVisibleAsync();
            await message.Expect().ToBeEnabledAsync();
            await message.Expect().ToHaveValueAsync("Second");
        });
    }

    [Fact]
    public async Task Template_ShownAsAPerson_HasTheirFields()
    {
        var (_, ids) = await app.AudienceAsync(1);
        var template = await app.TemplateAsync("Hi {{ first_name ?? \"there\" }}");
        await app.RunAsync(Device.Desktop, $"/templates/{template.Id()}", async page =>
        {
            await page.Button("No fields").ClickAsync();
            await page.Locator(".bubble").Expect().ToHaveTextAsync("Hi there");
            await page.Button("Somebody…").ClickAsync();
            await page.ChooseAsync("Who", $"Name{ids[0]}");
            await page.Locator(".bubble").Expect().ToHaveTextAsync($"Hi Name{ids[0]}");
        });
    }

    [Fact]
    public async Task Template_Deleted_IsGoneUnlessABroadcastWaitsForIt()
    {
        var template = await app.TemplateAsync();
        var broadcast = await app.BroadcastAsync(new { }, template.Id());
        await app.RunAsync(Device.Desktop, $"/templates/{template.Id()}", async page =>
        {
            await page.Button("Delete").ClickAsync();
            await page.DialogButton("Delete").ClickAsync();
            await page.Toast("broadcast").Expect().ToBeVisibleAsync();
            (await app.RequestAsync(HttpMethod.Delete, $"v1/admin/broadcasts/{broadcast}", null)).Dispose();
            await page.Button("Delete").ClickAsync();
            await page.DialogButton("Delete").ClickAsync();
            await page.Heading("Templates").Expect().ToBeVisibleAsync();
        }, isExpected: DashboardFixture.Refused(HttpStatusCode.Conflict));
        await app.GetAsync($"v1/admin/templates/{template.Id()}", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Template_OfAViewer_CanBeReadOnly()
    {
        var template = await app.TemplateAsync();
        await app.RunAsync(Device.Phone, $"/templates/{template.Id()}", async page =>
        {
            await page.Locator(".bubble").Expect().ToHaveTextAsync("Hi Ada");
            await page.GetByLabel("Name", new() { Exact = true }).Expect().ToBeDisabledAsync();
            foreach (var name in new[] { "Save", "Delete" })
                await page.Button(name).Expect().ToHaveCountAsync(0);
            await page.Link("Use in a broadcast").Expect().ToHaveCountAsync(0);
            await page.AssertAccessibleAsync();
        }, await app.TokenAsync(Role.Viewer));
    }
}

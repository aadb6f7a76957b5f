using System.Net;
using System.Text.Json;
using Marketing.Functions.Tests.Fixtures;

namespace Marketing.Functions.Tests.Browser.Dashboard;

/// <summary>Choosing who gets it.</summary>
[Collection(FormsCollection.Name)]
public sealed class ComposeCohortTests(DashboardFixture app) : IClassFixture<DashboardFixture>
{
    // Each is shown as conditions and saved again as the same query, but for the last two, which conditions cannot say.
    [Theory]
    [InlineData("{}", true)]
    [InlineData("""{"region":"EU","user_tier":{"in":["free","premium"]},"no_trades_7d":true}""", true)]
    [InlineData("""{"any":[{"attributes.plan":"pro"},{"attributes.balance":{"gte":1000}},{"attributes.code":"007"},{"attributes.n":"7"}]}""", true)]
    [InlineData("""{"all":[{"created_at":{"gte":"2026-01-01"}},{"created_at":{"lt":"2026-02-01"}},{"not":{"sample":{"percent":50,"seed":"a"}}}]}""", true)]
    [InlineData("""{"last_seen_at":{"within":"30d"},"region":{"exists":false},"language":{"ne":"de"}}""", true)]
    [InlineData("""{"any":[{"region":"EU","user_tier":"premium"},{"language":"de"}]}""", false)]
    [InlineData("""{"not":{"region":"EU"}}""", false)]
    public async Task Cohort_OfADraft_IsShownAndSavedAsItIs(string query, bool isRows)
    {
        var template = await app.TemplateAsync();
        var id = await app.BroadcastAsync(JsonElement.Parse(query), template.Id());
        await app.RunAsync(Device.Desktop, $"/compose/{id}", async page =>
        {
            await page.Button(isRows ? "Conditions" : "As JSON").Expect().ToHaveAttributeAsync("aria-pressed", "true");
            await page.Locator(".count strong").Expect().ToBeVisibleAsync();
            await page.GetByLabel("Title").FillAsync("Saved again");
            await page.Button("Save draft").ClickAsync();
            await page.Toast("Draft saved").Expect().ToBeVisibleAsync();
        });
        var saved = await app.GetAsync($"v1/admin/broadcasts/{id}");
        Assert.Equal("Saved again", saved.Text("title"));
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(query), saved.GetProperty("cohort_query")), saved.GetProperty("cohort_query").ToString());
    }

    [Fact]
    public async Task Cohort_WithAMistake_SaysSoAtItsCondition() =>
        await app.RunAsync(Device.Phone, "/compose", async page =>
        {
            await page.AddRegionAsync("EU");
            await page.Button("Add a condition").ClickAsync();
            await page.GetByLabel("Condition 2: field").SelectOptionAsync("trades");
            await page.GetByLabel("Condition 2: value").FillAsync("99999");
            var rows = page.Locator(".cohort-row");
            await rows.Nth(1).Locator(".problem").Expect().ToContainTextAsync("3650");
            await rows.Nth(0).Locator(".problem").Expect().ToBeHiddenAsync();
            await page.AssertAccessibleAsync();
            await page.AssertFitsAsync();
            await page.GetByLabel("Condition 2: value").FillAsync("30");
            await rows.Nth(1).Locator(".problem").Expect().ToBeHiddenAsync();
            await page.Locator(".count strong").Expect().ToBeVisibleAsync();

            await page.Button("As JSON").ClickAsync();
            await page.GetByLabel("Cohort query as JSON").FillAsync("""{"any":[{"region":"EU"},{"user_teir":"x"}]}""");
            await page.GetByText("any/1/user_teir: unknown field; did you mean user_tier?").Expect().ToBeVisibleAsync();
            await page.AssertAccessibleAsync();
        }, isExpected: DashboardFixture.Refused(HttpStatusCode.BadRequest));

    [Fact]
    public async Task Cohort_SavedUnderAName_IsTakenLater()
    {
        var (region, _) = await app.AudienceAsync(3);
        await app.RunAsync(Device.Desktop, "/compose", async page =>
        {
            await page.Button("As JSON").ClickAsync();
            await page.GetByLabel("Cohort query as JSON").FillAsync($$"""{"user_tier":"free","region":"{{region}}"}"""); // kept in another order
            await page.Button("Conditions").ClickAsync();
            await page.Count().Expect().ToHaveTextAsync("3 people now");
            await page.Button("Save this cohort…").ClickAsync();
            await page.OpenDialog().GetByLabel("Name").FillAsync($"People of {region}");
            await page.Keyboard.PressAsync("Enter");
            await page.Toast("Saved").Expect().ToBeVisibleAsync();
            await page.GetByLabel("Saved cohort").Locator("option:checked").Expect().ToHaveTextAsync($"People of {region}");
            await page.Button("Remove condition 2").ClickAsync();
            await page.Button("Remove condition 1").ClickAsync();
            await page.GetByText("Everyone the bot can reach.").Expect().ToBeVisibleAsync();
            await page.GetByLabel("Saved cohort").SelectOptionAsync($"People of {region}");
            await page.Count().Expect().ToHaveTextAsync("3 people now");
            await page.GetByLabel("Condition 1: value").Expect().ToHaveValueAsync(region);
        });
    }

    [Fact]
    public async Task Cohort_APersonOfTheSample_IsWhomTheMessageIsShownAs()
    {
        var (region, ids) = await app.AudienceAsync(1);
        var template = await app.TemplateAsync("Hi {{ first_name }}");
        await app.RunAsync(Device.Phone, $"/compose?template={template.Id()}", async page =>
        {
            await page.AddRegionAsync(region);
            await page.Button($"Name{ids[0]}").ClickAsync();
            await page.Locator(".bubble").Expect().ToHaveTextAsync($"Hi Name{ids[0]}");
            await page.GetByLabel("Who").Expect().ToBeFocusedAsync();
        });
    }

    [Fact]
    public async Task Cohort_APersonOfAnotherLanguage_SeesTheirTranslationUnlessTheTextIsTheBroadcastsOwn()
    {
        var telegramId = MarketingApp.NewTelegramIds(1)[0];
        await app.PostCsvAsync($"telegram_user_id,first_name,language,region\n{telegramId},Name{telegramId},de,R{telegramId}\n");
        var template = await app.TemplateAsync("Hi {{ first_name }}");
        await app.PutAsync($"v1/admin/templates/{template.Id()}", new
        {
            name = template.Text("name"), content = "Hi {{ first_name }}", cta_buttons = template.GetProperty("cta_buttons"),
            translations = new { de = new { content = "Hallo {{ first_name }}", cta_buttons = new object[] { new { label = "Öffnen" }, new { } } } },
        });
        await app.RunAsync(Device.Desktop, $"/compose?template={template.Id()}", async page =>
        {
            await page.Locator(".bubble").Expect().ToHaveTextAsync("Hi Ada");
            await page.AddRegionAsync($"R{telegramId}");
            await page.Button($"Name{telegramId}").ClickAsync();
            await page.Locator(".bubble").Expect().ToHaveTextAsync($"Hallo Name{telegramId}");
            await page.Locator(".bubble-buttons li").Expect().ToHaveTextAsync(["Öffnen", "Join"]);
            await page.GetByLabel("Write another text for this broadcast only").CheckAsync();
            await page.Locator(".bubble").Expect().ToHaveTextAsync($"Hi Name{telegramId}");
            await page.Locator(".bubble-buttons li").Expect().ToHaveTextAsync(["Open", "Join"]);
        });
    }

    [Fact]
    public async Task Cohort_OfABroadcast_IsChosenByItsTitle()
    {
        var (region, _) = await app.AudienceAsync(2);
        var id = await app.BroadcastAsync(new { region });
        await app.PutAsync($"v1/admin/broadcasts/{id}", new { title = $"Cup {region}", template_id = (await app.TemplateAsync()).Id(), cohort_query = new { region } });
        await app.SendAsync(id);
        await app.RunAsync(Device.Desktop, "/compose", async page =>
        {
            await page.AddRegionAsync(region);
            await page.Button("Add a condition").ClickAsync();
            await page.GetByLabel("Condition 2: field").SelectOptionAsync("clicked");
            await page.GetByLabel("Condition 2: how").SelectOptionAsync("did not click in the broadcast");
            await page.ChooseAsync("Condition 2: value", $"Cup {region}");
            await page.Count().Expect().ToHaveTextAsync("2 people now");
        });
        var draft = await app.BroadcastAsync(new { received = id, region });
        await app.RunAsync(Device.Phone, $"/broadcasts/{draft}", async page =>
        {
            await page.Figure("Who gets it").Expect().ToHaveTextAsync($"Region is {region} and got the broadcast “Cup {region}”");
            await page.AssertAccessibleAsync();
        });
    }
}

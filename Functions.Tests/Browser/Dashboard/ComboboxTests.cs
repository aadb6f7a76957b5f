using Microsoft.Playwright;

namespace Marketing.Functions.Tests.Browser.Dashboard;

/// <summary>Somebody who types and presses faster than the search follows. The page's clock stands still, so that it never does by itself.</summary>
[Collection(FormsCollection.Name)]
public sealed class ComboboxTests(DashboardFixture app) : IClassFixture<DashboardFixture>
{
    private const int Wait = 300;

    [Fact]
    public async Task Enter_BeforeTheTextIsSearched_ChoosesNothingOfTheEarlierList()
    {
        var (_, ids) = await app.AudienceAsync(2);
        await RunAsync(async (page, box) =>
        {
            await SearchAsync(page, box, $"Name{ids[0]}");
            await box.FillAsync($"Name{ids[1]}");
            await box.PressAsync("Enter");

            await Option(page, ids[1]).Expect().ToBeVisibleAsync();
            await Option(page, ids[0]).Expect().ToHaveCountAsync(0);
            await box.PressAsync("Enter");
            await box.Expect().ToHaveValueAsync($"Name{ids[1]}");
            await box.Expect().ToHaveAttributeAsync("aria-expanded", "false");
        });
    }

    [Fact]
    public async Task Choice_WhileASearchIsToCome_KeepsTheListClosed()
    {
        var (_, ids) = await app.AudienceAsync(1);
        await RunAsync(async (page, box) =>
        {
            await SearchAsync(page, box, $"Name{ids[0]}");
            await box.FillAsync("Name");
            await Option(page, ids[0]).ClickAsync();
            await box.Expect().ToHaveAttributeAsync("aria-expanded", "false");

            // The search that is not to come would take its answer, and with it this one.
            await page.Clock.RunForAsync(Wait);
            await page.EvaluateAsync("() => fetch('/api/health')");
            await box.Expect().ToHaveAttributeAsync("aria-expanded", "false");
            await box.Expect().ToHaveValueAsync($"Name{ids[0]}");
        });
    }

    private Task RunAsync(Func<IPage, ILocator, Task> test) => app.RunAsync(Device.Desktop, "/templates/new", async page =>
    {
        await page.Button("Somebody…").ClickAsync();
        await page.Clock.InstallAsync();
        await page.Clock.PauseAtAsync(TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(1));
        await test(page, page.GetByRole(AriaRole.Combobox, new() { Name = "Who", Exact = true }));
    });

    private static async Task SearchAsync(IPage page, ILocator box, string text)
    {
        await box.FillAsync(text);
        await page.Clock.RunForAsync(Wait);
        await page.GetByRole(AriaRole.Option).Filter(new() { HasText = text }).Expect().ToHaveAttributeAsync("aria-selected", "true");
    }

    private static ILocator Option(IPage page, long telegramId) => page.GetByRole(AriaRole.Option).Filter(new() { HasText = $"Name{telegramId}" });
}

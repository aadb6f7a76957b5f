using Microsoft.Playwright;

namespace Marketing.Functions.Tests.Browser.Dashboard;

/// <summary>The form of a broadcast as a person uses it.</summary>
internal static class ComposePage
{
    public static ILocator OpenDialog(this IPage page) => page.GetByRole(AriaRole.Dialog);

    public static ILocator DialogButton(this IPage page, string name) => page.OpenDialog().GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public static ILocator Count(this IPage page) => page.Locator(".count");

    /// <summary>Chooses in a combobox by writing the beginning of an option.</summary>
    public static async Task ChooseAsync(this IPage page, string label, string text)
    {
        var box = page.GetByRole(AriaRole.Combobox, new() { Name = label, Exact = true });
        await box.FillAsync(text);
        await page.GetByRole(AriaRole.Option).Filter(new() { HasText = text }).First.ClickAsync();
        await Assertions.Expect(box).ToHaveAttributeAsync("aria-expanded", "false");
    }

    /// <summary>Adds the condition that the region is this one.</summary>
    public static async Task AddRegionAsync(this IPage page, string region)
    {
        await page.Button("Add a condition").ClickAsync();
        var number = await page.Locator(".cohort-row").CountAsync();
        await page.GetByLabel($"Condition {number}: field").SelectOptionAsync("region");
        await page.GetByLabel($"Condition {number}: value").FillAsync(region);
    }

    /// <summary>Has requests to the address wait until they are released.</summary>
    public static async Task<(Task Asked, Action Release)> HoldAsync(this IPage page, string address)
    {
        var (asked, released) = (new TaskCompletionSource(), new TaskCompletionSource());
        await page.RouteAsync(address, async route =>
        {
            asked.TrySetResult();
            await released.Task;
            await route.FallbackAsync();
        });
        return (asked.Task, released.SetResult);
    }

    /// <summary>The id at the end of the address, once the page is at this hash.</summary>
    public static async Task<string> IdAtAsync(this IPage page, string hash)
    {
        await Assertions.Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex($"#{hash}/[0-9a-f-]{{36}}$"));
        return page.Url[^36..];
    }
}

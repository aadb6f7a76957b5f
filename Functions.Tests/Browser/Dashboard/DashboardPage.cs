using System.Text.Json;
using System.Text.RegularExpressions;
using Marketing.Functions.Tests.Deployment;
using Marketing.Functions.Tests.Fixtures;
using Microsoft.Playwright;

namespace Marketing.Functions.Tests.Browser.Dashboard;

/// <summary>The dashboard's page as a person uses it.</summary>
internal static class DashboardPage
{
    private static readonly string Axe = File.ReadAllText(Path.Combine(Repository.Root, "node_modules", "axe-core", "axe.min.js"));

    /// <summary>Goes where a link with this hash would lead, such as "/templates".</summary>
    public static Task GoAsync(this IPage page, string hash) => page.EvaluateAsync("hash => { location.hash = hash; }", hash);

    public static ILocator Heading(this IPage page, string text) => page.GetByRole(AriaRole.Heading, new() { Name = text });

    public static ILocator Link(this IPage page, string text) => page.GetByRole(AriaRole.Link, new() { Name = text, Exact = true });

    /// <summary>A key figure or an entry of a list of terms: what stands by this term.</summary>
    public static ILocator Figure(this IPage page, string term) =>
        page.Locator("dl > div").Filter(new() { Has = page.Locator("dt", new() { HasTextRegex = new($"^{term}$") }) }).Locator("dd").First;

    /// <summary>The rows of the page's tables.</summary>
    public static ILocator Rows(this IPage page) => page.Locator("tbody tr");

    /// <summary>Those whose first words are these.</summary>
    public static ILocator Row(this IPage page, string heading) =>
        page.Rows().Filter(new() { Has = page.Locator("th[scope=row]", new() { HasTextRegex = new($"^{Regex.Escape(heading)}") }) });

    /// <summary>Nothing is wider than the window: a page is scrolled one way only.</summary>
    public static async Task AssertFitsAsync(this IPage page)
    {
        var (content, window) = (await page.EvaluateAsync<int>("document.documentElement.scrollWidth"), await page.EvaluateAsync<int>("innerWidth"));
        Assert.True(content <= window, $"the page is {content} wide in a window of {window}");
    }

    /// <summary>axe-core finds nothing serious or critical against WCAG 2.1 A and AA in what the page shows now.</summary>
    public static async Task AssertAccessibleAsync(this IPage page)
    {
        // Evaluated rather than put into the page, whose policy runs no script but its own.
        await page.EvaluateAsync($"() => {{ {Axe} }}");
        var violations = await page.EvaluateAsync<JsonElement>("""
            async () => {
              // A colour on its way from one to another is neither. One that is drawn again meanwhile never arrives.
              await Promise.allSettled(document.getAnimations().filter((a) => a.effect.getTiming().iterations !== Infinity).map((a) => a.finished));
              const { violations } = await axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] });
              return violations.map(({ id, impact, nodes }) => ({ id, impact, nodes: nodes.map((n) => `${n.html}: ${n.failureSummary}`) }));
            }
            """);
        Assert.DoesNotContain(violations.EnumerateArray(), v => v.Text("impact") is "serious" or "critical");
    }
}

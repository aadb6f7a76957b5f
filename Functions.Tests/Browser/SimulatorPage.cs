using Microsoft.Playwright;

namespace Marketing.Functions.Tests.Browser;

/// <summary>The simulator's page as a person uses it.</summary>
internal static class SimulatorPage
{
    public static ILocator Chats(this IPage page) => page.Locator(".chat[data-chat]");

    public static ILocator Chat(this IPage page, long chatId) => page.Locator($".chat[data-chat='{chatId}']");

    public static ILocator FirstChat(this IPage page) => page.Locator(".row[aria-posinset='1'] .chat");

    public static ILocator Messages(this IPage page) => page.Locator(".message");

    public static ILocator LastMessage(this IPage page) => page.Messages().Last;

    public static ILocator Input(this IPage page) => page.GetByRole(AriaRole.Combobox, new() { Name = "Message" });

    public static ILocator Toast(this IPage page, string text) => page.Locator(".toast").Filter(new() { HasText = text });

    public static ILocator Button(this IPage page, string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public static ILocatorAssertions Expect(this ILocator locator) => Assertions.Expect(locator);

    /// <summary>Presses the button of the last message whose label begins so.</summary>
    public static Task PressAsync(this IPage page, string label) =>
        page.LastMessage().GetByRole(AriaRole.Button, new() { NameRegex = new($"^{System.Text.RegularExpressions.Regex.Escape(label)}") }).ClickAsync();

    /// <summary>Opens a chat by its number, as a person would who knows it.</summary>
    public static async Task OpenAsync(this IPage page, long chatId)
    {
        await page.GotoAsync($"/#{chatId}");
        await page.Locator("#conversation > header").Filter(new() { HasText = $"id {chatId}" }).Expect().ToBeVisibleAsync();
    }

    public static async Task WriteAsync(this IPage page, string text)
    {
        await page.Input().FillAsync(text);
        await page.Input().PressAsync("Enter");
    }
}

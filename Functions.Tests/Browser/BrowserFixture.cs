using System.Collections.Concurrent;
using Marketing.Functions.Tests.Deployment;
using Microsoft.Playwright;

namespace Marketing.Functions.Tests.Browser;

/// <summary>One Chromium, and tests that go one after the other. <see cref="FormsCollection"/> has the second; two cores are no use to a third.</summary>
[CollectionDefinition(Name)]
public sealed class BrowserCollection : ICollectionFixture<BrowserFixture>
{
    public const string Name = "browser";
}

/// <summary>The other Chromium, for those tests of the dashboard that fill in forms.</summary>
[CollectionDefinition(Name)]
public sealed class FormsCollection : ICollectionFixture<BrowserFixture>
{
    public const string Name = "forms";
}

/// <summary>What the browser looks like to the page.</summary>
public sealed record Device(string Name, int Width, int Height, ColorScheme Scheme)
{
    public static readonly Device Desktop = new("desktop", 1280, 800, ColorScheme.Light);
    public static readonly Device DarkDesktop = new("desktop-dark", 1280, 800, ColorScheme.Dark);
    public static readonly Device Phone = new("phone", 390, 844, ColorScheme.Light);
    public static readonly Device DarkPhone = new("phone-dark", 390, 844, ColorScheme.Dark);
    public static readonly Device[] All = [Desktop, DarkDesktop, Phone, DarkPhone];
}

public sealed class BrowserFixture : IAsyncLifetime
{
    private static readonly string Screenshots = Path.Combine(Repository.Root, "TestResults", "screenshots");
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

    private IPlaywright? playwright;
    private IBrowser? browser;

    public async Task InitializeAsync()
    {
        // A machine that is busy with other tests is slow, and no test waits for this long to go well.
        Assertions.SetDefaultExpectTimeout(30_000);
        playwright = await Playwright.CreateAsync();
        try
        {
            browser = await playwright.Chromium.LaunchAsync(new()
            {
                ExecutablePath = Installed(),
                // Chromium refuses to be sandboxed as root, as in most containers.
                Args = Environment.IsPrivilegedProcess ? ["--no-sandbox"] : [],
            });
        }
        catch (PlaywrightException e)
        {
            throw new InvalidOperationException(
                $"No Chromium to test with: ./dev test installs one, or set CHROMIUM to the path of one. {e.Message}", e);
        }
    }

    public async Task DisposeAsync()
    {
        if (browser is not null)
            await browser.DisposeAsync();
        playwright?.Dispose();
    }

    /// <summary>
    /// Runs a test in a window of its own. Fails it for any error on the console, uncaught exception or breach of the content
    /// security policy but those that <paramref name="isExpected"/> names.
    /// </summary>
    public async Task RunAsync(Device device, Uri address, Func<IPage, Task> test, Func<string, bool>? isExpected = null)
    {
        await using var context = await browser!.NewContextAsync(new()
        {
            ViewportSize = new() { Width = device.Width, Height = device.Height },
            ColorScheme = device.Scheme,
            BaseURL = address.ToString(),
            Locale = "en-US",
            Permissions = ["clipboard-read", "clipboard-write"],
        });
        var errors = new ConcurrentQueue<string>();
        // Nothing outside is reached: a page there is an empty one.
        await context.RouteAsync(url => new Uri(url) is { IsLoopback: false }, route => route.FulfillAsync(new() { ContentType = "text/html", Body = "<h1>Outside</h1>" }));
        var page = await context.NewPageAsync();
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                errors.Enqueue(message.Text);
        };
        page.PageError += (_, error) => errors.Enqueue(error);
        try
        {
            await page.GotoAsync(address.ToString());
            await test(page);
        }
        catch
        {
            // Whatever failed, a picture of the page says more than a stack.
            await ShotAsync(page, $"failed {device.Name} {Guid.CreateVersion7()}");
            throw;
        }

        Assert.DoesNotContain(errors, e => isExpected?.Invoke(e) != true);
    }

    /// <summary>For people to look at; the folder is not in git.</summary>
    public static Task ShotAsync(IPage page, string name) => page.ScreenshotAsync(new() { Path = Path.Combine(Screenshots, $"{name}.png"), Animations = ScreenshotAnimations.Disabled });

    /// <returns>Null for the one that <c>playwright install</c> has put in its cache.</returns>
    private static string? Installed() =>
        Environment.GetEnvironmentVariable("CHROMIUM") is { Length: > 0 } given ? given
        : (from name in Names
           from folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
           let path = Path.Combine(folder, name)
           where File.Exists(path)
           select path).FirstOrDefault();
}

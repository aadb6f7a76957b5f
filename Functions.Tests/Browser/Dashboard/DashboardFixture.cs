using System.Net;
using Marketing.Core.Access;
using Marketing.Functions.Tests.Fixtures;
using Microsoft.Playwright;

namespace Marketing.Functions.Tests.Browser.Dashboard;

/// <summary>The whole app for one class of browser tests, and windows on its dashboard.</summary>
public class DashboardFixture(BrowserFixture browser) : MarketingApp
{
    public Uri Address => new(Host.Address, "api/dashboard");

    /// <summary>Runs a test in a window that nobody has signed in to.</summary>
    /// <param name="isExpected">The errors on the console that do not fail the test; see <see cref="Refused"/>.</param>
    public Task RunSignedOutAsync(Device device, Func<IPage, Task> test, Func<string, bool>? isExpected = null) =>
        browser.RunAsync(device, Address, test, isExpected);

    /// <summary>Runs a test in a window of the owner, or of the <paramref name="token"/>'s holder, that shows the page at this hash.</summary>
    public Task RunAsync(Device device, string hash, Func<IPage, Task> test, string token = OwnerToken, Func<string, bool>? isExpected = null) =>
        browser.RunAsync(device, new UriBuilder(Address) { Fragment = $"token={token}" }.Uri, async page =>
        {
            await page.Locator("#bar").Expect().ToBeVisibleAsync();
            if (hash != "/")
                await page.GoAsync(hash);
            await test(page);
        }, isExpected);

    /// <returns>A new token of this role.</returns>
    public async Task<string> TokenAsync(Role role) => (await PostAsync(
        "v1/admin/tokens", new { name = $"{role} {Guid.CreateVersion7()}", role = role.ToString().ToLowerInvariant() }, HttpStatusCode.Created)).Text("token");

    /// <summary>A draft under a title of its own, to people of its own.</summary>
    public async Task<(string Id, string Title, long[] TelegramIds)> DraftAsync(int people)
    {
        var (region, ids) = await AudienceAsync(people);
        var title = $"To {region}";
        var template = (await TemplateAsync()).Id();
        var broadcast = await PostAsync("v1/admin/broadcasts", new { title, template_id = template, cohort_query = new { region } }, HttpStatusCode.Created);
        return (broadcast.Id(), title, ids);
    }

    /// <summary>The same, sent.</summary>
    public async Task<(string Id, string Title, long[] TelegramIds)> SentAsync(int people)
    {
        var draft = await DraftAsync(people);
        await SendAsync(draft.Id);
        return draft;
    }

    /// <summary>Each of these people opens the link of the message that they got.</summary>
    public async Task OpenLinkAsync(params long[] telegramIds)
    {
        foreach (var id in telegramIds)
            (await OpenAsync(TheMessage(id).Buttons.Single(b => b.Text == "Open"))).Dispose();
    }

    /// <summary>Somebody who clicked buys for so many euros.</summary>
    public Task ConvertAsync(long telegramId, decimal euros) => PostAsync("v1/conversions", new
    {
        telegram_user_id = telegramId, @event = "deposit", value = euros, currency = "EUR", idempotency_key = Guid.CreateVersion7(),
    }, HttpStatusCode.Created);

    /// <summary>The browser itself writes an answer of this status to the console as an error.</summary>
    public static Func<string, bool> Refused(HttpStatusCode status) =>
        error => error.Contains($"responded with a status of {(int)status}", StringComparison.Ordinal);
}

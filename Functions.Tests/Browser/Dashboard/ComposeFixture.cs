namespace Marketing.Functions.Tests.Browser.Dashboard;

/// <summary>Sends slowly enough to be watched (16 people take 8 s), and wants a second person for more than <see cref="FourEyesOver"/>.</summary>
public sealed class ComposeFixture(BrowserFixture browser) : DashboardFixture(browser)
{
    public const int FourEyesOver = 20;

    protected override IReadOnlyDictionary<string, string?> Settings { get; } = new Dictionary<string, string?>
    {
        ["Marketing__SendRate"] = "2",
        ["Marketing__FourEyesOver"] = $"{FourEyesOver}",
    };
}

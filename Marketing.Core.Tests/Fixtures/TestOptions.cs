using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.Core.Tests.Fixtures;

internal static class TestOptions
{
    public static readonly Dictionary<string, string?> Good = new()
    {
        ["ConnectionStrings:Marketing"] = "Host=127.0.0.1",
        ["Telegram:BotToken"] = "42:token",
        ["Telegram:WebhookSecret"] = "webhook-secret-of-the-tests",
        ["Marketing:PublicBaseUrl"] = "https://go.example.test/",
        ["Marketing:LinkSigningKey"] = Convert.ToBase64String(new byte[32]),
        ["Marketing:OwnerToken"] = new string('o', 32),
    };

    /// <summary>Instruments that nobody listens to.</summary>
    public static readonly MarketingTelemetry Telemetry = new(
        new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>(), TimeProvider.System);

    /// <summary>Good settings with some changed.</summary>
    public static MarketingOptions With(params (string Key, string? Value)[] changes)
    {
        var values = new Dictionary<string, string?>(Good);
        foreach (var (key, value) in changes)
            values[key] = value;
        return MarketingOptions.From(new ConfigurationBuilder().AddInMemoryCollection(values).Build());
    }
}

using Marketing.Core.Cta;
using Marketing.Core.Tests.Fixtures;

namespace Marketing.Core.Tests;

public sealed class MarketingOptionsTests
{
    [Fact]
    public void From_OnlyWhatIsNeeded_TakesTheDefaults()
    {
        var options = TestOptions.With();

        Assert.Equal((27, 500, 256, true, null), (options.SendRate, options.BatchSize, options.MaxInFlight, options.MigrateOnStart, options.TelegramApiBaseUrl));
        Assert.Null(options.FourEyesOver);
        Assert.Empty(options.EntraRoles);
        Assert.Equal(
            (TimeSpan.FromDays(7), ClickIp.Keep, TimeSpan.FromDays(90)), (options.AttributionWindow, options.ClickIp, options.ClickRetention));
    }

    [Theory]
    [InlineData("ConnectionStrings:Marketing", null, "ConnectionStrings__Marketing is missing")]
    [InlineData("Telegram:BotToken", "", "Telegram__BotToken is missing")]
    [InlineData("Telegram:BotToken", "no-colon", "Telegram__BotToken is not valid")]
    [InlineData("Telegram:BotToken", "abc:def", "Telegram__BotToken is not valid")]
    [InlineData("Telegram:ApiBaseUrl", "localhost", "Telegram__ApiBaseUrl is not an http")]
    [InlineData("Telegram:WebhookSecret", "too short", "Telegram__WebhookSecret is not valid")]
    [InlineData("Telegram:WebhookSecret", "sixteen chars and spaces", "Telegram__WebhookSecret is not valid")]
    [InlineData("Marketing:PublicBaseUrl", "ftp://x", "Marketing__PublicBaseUrl is not an http")]
    [InlineData("Marketing:LinkSigningKey", "AAAA", "Marketing__LinkSigningKey is not valid")]
    [InlineData("Marketing:OwnerToken", "short", "Marketing__OwnerToken is not valid")]
    [InlineData("Marketing:SendRate", "0", "Marketing__SendRate is not a number from")]
    [InlineData("Marketing:SendRate", "27,5", "Marketing__SendRate is not a number from")]
    [InlineData("Marketing:BatchSize", "x", "Marketing__BatchSize is not a number from 1 to")]
    [InlineData("Marketing:MaxInFlight", "-1", "Marketing__MaxInFlight is not a number from 1 to")]
    [InlineData("Marketing:FourEyesOver", "-1", "Marketing__FourEyesOver is not a number from 0 to")]
    [InlineData("Marketing:AttributionWindowDays", "0", "Marketing__AttributionWindowDays is not a number from 0.01 to")]
    [InlineData("Marketing:ClickRetentionDays", "0", "Marketing__ClickRetentionDays is not a number from 1 to")]
    [InlineData("Marketing:ClickIp", "2", "Marketing__ClickIp is none of keep, truncate, drop")]
    [InlineData("Marketing:EntraRoles", "owner", "Marketing__EntraRoles is not valid")]
    [InlineData("Marketing:EntraRoles", "Marketing.Owner=4", "Marketing__EntraRoles is not valid")]
    [InlineData("Marketing:EntraRoles", "=owner", "Marketing__EntraRoles is not valid")]
    [InlineData("Marketing:EntraRoles", "A=owner,A=viewer", "Marketing__EntraRoles is not valid")]
    [InlineData("Marketing:MigrateOnStart", "yes", "Marketing__MigrateOnStart is neither true nor false")]
    public void From_MissingOrBad_NamesTheKeyInOneLine(string key, string? value, string says)
    {
        var e = Assert.Throws<SettingException>(() => TestOptions.With((key, value)));

        Assert.StartsWith(says, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }
}

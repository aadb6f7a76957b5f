using System.Globalization;
using Marketing.Core.Access;
using Marketing.Core.Cta;
using Microsoft.Extensions.Configuration;

namespace Marketing.Core;

/// <summary>The settings that README.md lists, read once at start.</summary>
/// <param name="TelegramApiBaseUrl">Null for Telegram itself.</param>
/// <param name="PublicBaseUrl">Where people's browsers reach this app; redirect links begin with it.</param>
/// <param name="LinkSigningKeys">32 bytes each; the first signs, and links that any of them signed are good.</param>
/// <param name="SendRate">Messages a second for all workers together.</param>
/// <param name="BatchSize">Recipients per SendBatch activity.</param>
/// <param name="ScheduleGrace">A scheduled broadcast later than this is not sent behind its operator's back.</param>
/// <param name="MaxInFlight">Messages claimed and not yet recorded per worker process, over all its batches.</param>
/// <param name="FourEyesOver">Recipients from which on a second person has to approve or send a broadcast; null for never.</param>
/// <param name="AttributionWindow">A click earlier than this before a conversion did not cause it.</param>
/// <param name="ClickIp">What is stored of the address that a link was opened from.</param>
/// <param name="ClickRetention">How long a click keeps its user agent and address.</param>
/// <param name="EntraRoles">What the app roles of people signed in with Microsoft Entra are here; empty when these are not accepted.</param>
public sealed record MarketingOptions(
    string ConnectionString, string TelegramBotToken, string? TelegramApiBaseUrl, string TelegramWebhookSecret,
    Uri PublicBaseUrl, IReadOnlyList<byte[]> LinkSigningKeys, string OwnerToken, double SendRate, int BatchSize, int MaxInFlight,
    TimeSpan ScheduleGrace, bool MigrateOnStart, int? FourEyesOver, TimeSpan AttributionWindow, ClickIp ClickIp, TimeSpan ClickRetention,
    IReadOnlyDictionary<string, Role> EntraRoles)
{
    /// <summary>The number before the colon of the bot's token.</summary>
    public long BotId { get; } = long.Parse(TelegramBotToken.AsSpan(0, TelegramBotToken.IndexOf(':')), provider: null);

    /// <exception cref="SettingException">A key is missing or bad; the message is one line that names it.</exception>
    public static MarketingOptions From(IConfiguration configuration) => new(
        Required(configuration, "ConnectionStrings:Marketing", "a Postgres connection string"),
        Checked(configuration, "Telegram:BotToken", "the token that BotFather gave, such as 123456:ABC", IsBotToken),
        configuration["Telegram:ApiBaseUrl"] is { Length: > 0 }
            ? Url(configuration, "Telegram:ApiBaseUrl").ToString() : null,
        // Telegram allows these characters in a secret token (core.telegram.org/bots/api#setwebhook).
        Checked(configuration, "Telegram:WebhookSecret", "16 to 256 characters of A-Z, a-z, 0-9, _ and -", s =>
            s.Length is >= 16 and <= 256 && s.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-')),
        Url(configuration, "Marketing:PublicBaseUrl"),
        Keys(configuration, "Marketing:LinkSigningKey"),
        Checked(configuration, "Marketing:OwnerToken", "32 characters or more", s => s.Length >= 32),
        // 27 of Telegram's 30 messages/s (core.telegram.org/bots/faq): the rest is for the bot's own replies.
        Number(configuration, "Marketing:SendRate", 27, 0.1, 1_000_000),
        (int)Number(configuration, "Marketing:BatchSize", 500, 1, 10_000),
        (int)Number(configuration, "Marketing:MaxInFlight", 256, 1, 1_000),
        TimeSpan.FromMinutes(Number(configuration, "Marketing:ScheduleGraceMinutes", 60, 1, 10_000_000)),
        Flag(configuration, "Marketing:MigrateOnStart", true),
        configuration["Marketing:FourEyesOver"] is { Length: > 0 }
            ? (int)Number(configuration, "Marketing:FourEyesOver", 0, 0, int.MaxValue) : null,
        TimeSpan.FromDays(Number(configuration, "Marketing:AttributionWindowDays", 7, 0.01, 3_650)),
        Choice(configuration, "Marketing:ClickIp", ClickIp.Keep),
        TimeSpan.FromDays(Number(configuration, "Marketing:ClickRetentionDays", 90, 1, 36_500)),
        RolesOf(configuration, "Marketing:EntraRoles"));

    private static string Required(IConfiguration configuration, string key, string what) =>
        configuration[key] is { Length: > 0 } value ? value : throw new SettingException(key, $"is missing; expected {what}");

    private static string Checked(IConfiguration configuration, string key, string what, Func<string, bool> isGood)
    {
        var value = Required(configuration, key, what);
        return isGood(value) ? value : throw new SettingException(key, $"is not valid; expected {what}");
    }

    private static bool IsBotToken(string value) =>
        value.IndexOf(':') is var colon and > 0 && colon < value.Length - 1
        && long.TryParse(value.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static Uri Url(IConfiguration configuration, string key) =>
        Uri.TryCreate(Required(configuration, key, "an address such as https://example.com"), UriKind.Absolute, out var url)
        && url.Scheme is "http" or "https"
            ? url : throw new SettingException(key, "is not an http or https address");

    private static IReadOnlyList<byte[]> Keys(IConfiguration configuration, string key)
    {
        const string What = "32 random bytes in base64, such as `openssl rand -base64 32` makes, and after a comma earlier ones whose links stay good";
        return [.. Required(configuration, key, What).Split(',', StringSplitOptions.TrimEntries).Select(text =>
        {
            var bytes = new byte[33];
            return Convert.TryFromBase64String(text, bytes, out var length) && length == 32
                ? bytes[..32] : throw new SettingException(key, $"is not valid; expected {What}");
        })];
    }

    private static Dictionary<string, Role> RolesOf(IConfiguration configuration, string key)
    {
        var roles = new Dictionary<string, Role>(StringComparer.Ordinal);
        foreach (var pair in (configuration[key] ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var isGood = pair.Split('=', StringSplitOptions.TrimEntries) is [{ Length: > 0 } appRole, var name]
                && Named<Role>(name) is { } role && roles.TryAdd(appRole, role);
            if (!isGood)
                throw new SettingException(key, "is not valid; expected app roles and what they are here, such as Marketing.Owner=owner,Marketing.Viewer=viewer");
        }

        return roles;
    }

    private static T Choice<T>(IConfiguration configuration, string key, T byDefault) where T : struct, Enum =>
        configuration[key] is not { Length: > 0 } text ? byDefault
        : Named<T>(text) ?? throw new SettingException(key, $"is none of {string.Join(", ", Enum.GetNames<T>()).ToLowerInvariant()}");

    // Enum.TryParse would take numbers too.
    private static T? Named<T>(string name) where T : struct, Enum =>
        Enum.GetValues<T>().Where(value => value.ToString().Equals(name, StringComparison.OrdinalIgnoreCase)).Cast<T?>().SingleOrDefault();

    private static double Number(IConfiguration configuration, string key, double byDefault, double least, double most)
    {
        if (configuration[key] is not { Length: > 0 } text)
            return byDefault;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
            ? value
            : throw new SettingException(key, string.Create(CultureInfo.InvariantCulture, $"is not a number from {least} to {most}"));
    }

    private static bool Flag(IConfiguration configuration, string key, bool byDefault) => configuration[key] switch
    {
        null or "" => byDefault,
        var text => bool.TryParse(text, out var value) ? value : throw new SettingException(key, "is neither true nor false"),
    };
}

/// <summary>A setting is missing or bad. The message is one line that names the key as an environment variable.</summary>
public sealed class SettingException(string key, string problem)
    : Exception($"{key.Replace(":", "__", StringComparison.Ordinal)} {problem}");

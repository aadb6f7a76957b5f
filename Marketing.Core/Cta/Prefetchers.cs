namespace Marketing.Core.Cta;

/// <summary>Fetches of a link that no person asked for: they get the redirect but are no clicks.</summary>
public static class Prefetchers
{
    // Names from the products' own crawler pages. Telegram fetches links for its previews as "TelegramBot (like TwitterBot)".
    private static readonly string[] Agents =
    [
        "TelegramBot", "Twitterbot", "facebookexternalhit", "WhatsApp/", "Slackbot", "Discordbot", "LinkedInBot", "SkypeUriPreview",
        "vkShare", "Googlebot", "bingbot", "BingPreview", "YandexBot", "Applebot", "Google-Safety", "Iframely", "redditbot",
    ];

    private static readonly string[] Purposes = ["prefetch", "preview"];

    /// <param name="purpose">The Sec-Purpose, Purpose or X-Moz header.</param>
    public static bool Is(string? userAgent, string? purpose) =>
        ContainsAny(purpose, Purposes) || ContainsAny(userAgent, Agents);

    private static bool ContainsAny(string? text, string[] parts) =>
        text is not null && parts.Any(part => text.Contains(part, StringComparison.OrdinalIgnoreCase));
}

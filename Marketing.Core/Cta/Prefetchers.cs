namespace Marketing.Core.Cta;

/// <summary>Fetches of a link that no person asked for: they get the redirect but are no clicks.</summary>
public static class Prefetchers
{
    // As the products' own pages on their crawlers write them, where there is one. Whole names: "Telegram", "Viber" and "Line" are
    // also in the user agents of the browsers inside these apps, which people use.
    private static readonly string[] Agents =
    [
        // Previews in messengers and networks. Telegram fetches as "TelegramBot (like TwitterBot)", Signal as WhatsApp does, iMessage
        // as facebookexternalhit and Twitterbot at once, LINE as facebookexternalhit with line-poker.
        "TelegramBot", "Twitterbot", "facebookexternalhit", "facebookcatalog", "Facebot", "meta-externalagent", "meta-externalfetcher",
        "WhatsApp/", "Slackbot", "Slack-ImgProxy", "Discordbot", "LinkedInBot", "SkypeUriPreview", "MicrosoftPreview", "BingPreview",
        "Snap URL Preview", "kakaotalk-scrap", "line-poker", "vkShare", "OdklBot", "redditbot", "Pinterestbot", "Bluesky Cardyb",
        "Mastodon/", "Iframely", "Embedly",
        // Crawlers, which find a link where somebody published it.
        "Googlebot", "GoogleOther", "Google-InspectionTool", "FeedFetcher-Google", "AdsBot-Google", "bingbot", "adidxbot", "DuckDuckBot",
        "YandexBot", "Baiduspider", "Applebot", "PetalBot", "Amazonbot", "GPTBot", "ChatGPT-User", "OAI-SearchBot", "ClaudeBot",
        "PerplexityBot", "CCBot",
        // Safety checks that say who they are. Most mail gateways pose as a browser, and no header tells.
        "Google-Safety", "Barracuda Sentinel",
    ];

    /// <summary>
    /// Chromium and Firefox send Sec-Purpose (fetch.spec.whatwg.org/#sec-purpose-header), older Chromium Purpose, older Firefox
    /// X-Moz, Safari's Top Sites X-Purpose.
    /// </summary>
    public static IReadOnlyList<string> PurposeHeaders { get; } = ["Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"];

    // Also "prefetch;prerender" and "prefetch;anonymous-client-ip".
    private static readonly string[] Purposes = ["prefetch", "prerender", "preview", "instant"];

    /// <param name="purposes">The values of <see cref="PurposeHeaders"/>.</param>
    public static bool Is(string? userAgent, IEnumerable<string?> purposes) =>
        ContainsAny(userAgent, Agents) || purposes.Any(purpose => ContainsAny(purpose, Purposes));

    private static bool ContainsAny(string? text, string[] parts) =>
        text is not null && parts.Any(part => text.Contains(part, StringComparison.OrdinalIgnoreCase));
}

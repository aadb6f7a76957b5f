using Marketing.Core.Cta;

namespace Marketing.Core.Tests.Cta;

public sealed class PrefetchersTests
{
    [Theory]
    [InlineData("TelegramBot (like TwitterBot)", null, true)]
    [InlineData("Mozilla/5.0 (compatible; Googlebot/2.1)", null, true)]
    [InlineData("WhatsApp/2.23", null, true)]
    [InlineData("facebookexternalhit/1.1;line-poker/1.0", null, true)]
    [InlineData("Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; MicrosoftPreview/2.0)", null, true)]
    [InlineData("Mozilla/5.0 (iPhone)", "prefetch", true)]
    [InlineData("Mozilla/5.0 (iPhone)", "prefetch;prerender", true)]
    [InlineData("Mozilla/5.0 (iPhone)", "prefetch;anonymous-client-ip", true)]
    [InlineData("Mozilla/5.0 (iPhone)", "Preview", true)]
    [InlineData("Mozilla/5.0 (iPhone; Telegram)", null, false)]
    [InlineData("Mozilla/5.0 (Linux; Android 14; wv) AppleWebKit/537.36 Telegram-Android/10.14.5", null, false)]
    [InlineData("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Line/14.9.0", null, false)]
    [InlineData("Mozilla/5.0 (iPhone) [FBAN/FBIOS;FBAV/468.0;FBBV/1]", null, false)]
    [InlineData("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0", null, false)]
    [InlineData("Mozilla/5.0 (iPhone)", "", false)]
    [InlineData(null, null, false)]
    public void Is_UserAgentAndPurpose_KnowsMachinesFromPeople(string? userAgent, string? purpose, bool expected) =>
        Assert.Equal(expected, Prefetchers.Is(userAgent, [purpose]));
}

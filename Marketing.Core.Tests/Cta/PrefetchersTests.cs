using Marketing.Core.Cta;

namespace Marketing.Core.Tests.Cta;

public sealed class PrefetchersTests
{
    [Theory]
    [InlineData("TelegramBot (like TwitterBot)", null, true)]
    [InlineData("Mozilla/5.0 (compatible; Googlebot/2.1)", null, true)]
    [InlineData("WhatsApp/2.23", null, true)]
    [InlineData("Mozilla/5.0 (iPhone)", "prefetch", true)]
    [InlineData("Mozilla/5.0 (iPhone)", "preview", true)]
    [InlineData("Mozilla/5.0 (iPhone; Telegram)", null, false)]
    [InlineData("Mozilla/5.0 (iPhone)", "", false)]
    [InlineData(null, null, false)]
    public void Is_UserAgentAndPurpose_KnowsMachinesFromPeople(string? userAgent, string? purpose, bool expected) =>
        Assert.Equal(expected, Prefetchers.Is(userAgent, purpose));
}

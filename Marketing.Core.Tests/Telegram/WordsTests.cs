using Marketing.Core.Telegram;

namespace Marketing.Core.Tests.Telegram;

public sealed class WordsTests
{
    [Theory]
    [InlineData("short", 10, "short")]
    [InlineData("exactly ten", 11, "exactly ten")]
    [InlineData("a longer text", 8, "a longe…")]
    [InlineData("abc😀def", 5, "abc…")] // no half of an emoji
    public void Cut_AtMostSoLong_EndsInAnEllipsis(string text, int length, string expected) => Assert.Equal(expected, Words.Cut(text, length));

    [Theory]
    [InlineData(0.0365, "3.65%")]
    [InlineData(0, "0%")]
    [InlineData(1, "100%")]
    [InlineData(0.00004, "0%")]
    public void Percent_OfAShare_HasTwoPlacesAtMost(double share, string expected) => Assert.Equal(expected, Words.Percent(share));

    [Theory]
    [InlineData(1_234_567, "1,234,567 users")]
    [InlineData(1, "1 user")]
    [InlineData(0, "0 users")]
    public void Users_OfACount_AreReadable(long count, string expected) => Assert.Equal(expected, Words.Users(count));

    [Theory]
    [InlineData("UTC", "Tue 1 Dec 2026 18:00 UTC")]
    [InlineData("Asia/Kolkata", "Tue 1 Dec 2026 23:30 Asia/Kolkata (UTC+05:30)")]
    [InlineData("America/New_York", "Tue 1 Dec 2026 13:00 America/New_York (UTC-05:00)")]
    public void Time_InAZone_NamesIt(string zone, string expected) =>
        Assert.Equal(expected, Words.Time(new DateTimeOffset(2026, 12, 1, 18, 0, 0, TimeSpan.Zero), ChatZones.Of(zone)));

    [Theory]
    [InlineData(22, "22 s")]
    [InlineData(300, "5 min")]
    [InlineData(9_000, "2 h 30 min")]
    public void Duration_OfSeconds_IsRounded(int seconds, string expected) => Assert.Equal(expected, Words.Duration(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData("europe/berlin", "Europe/Berlin")]
    [InlineData(" UTC ", "UTC")]
    [InlineData("Mars/Olympus", null)]
    [InlineData("../../etc/passwd", null)]
    [InlineData("", null)]
    public void Find_OfAZone_TakesAnyCaseAndNothingElse(string name, string? expected) => Assert.Equal(expected, ChatZones.Find(name)?.Id);

    [Fact]
    public void Near_OfAMisspelling_IsTheZoneThatWasMeant() => Assert.Equal("Europe/Berlin", ChatZones.Near("Europe/Berlni"));
}

using Marketing.Core.Telegram.Conversations;

namespace Marketing.Core.Tests.Telegram;

public sealed class TypedTimeTests
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    // 20:50 in Berlin.
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 19, 50, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("2026-12-01 18:00", "2026-12-01T17:00:00Z")]
    [InlineData("2026-12-01T18:00", "2026-12-01T17:00:00Z")]
    [InlineData(" 2026-12-1   9:05 ", "2026-12-01T08:05:00Z")]
    [InlineData("21:00", "2026-11-22T20:00:00Z")]
    [InlineData("today 23:59", "2026-11-22T22:59:00Z")]
    [InlineData("Tomorrow 9:30", "2026-11-23T08:30:00Z")]
    [InlineData("tomorrow 09:30", "2026-11-23T08:30:00Z")]
    [InlineData("2027-07-01 18:00", "2027-07-01T16:00:00Z")] // summer time
    public void Read_GoodTime_IsThatOfTheZone(string text, string expected) =>
        Assert.Equal(new TypedTime.At(DateTimeOffset.Parse(expected, null)), TypedTime.Read(text, Berlin, Now));

    [Theory]
    [InlineData("18:00", "Sun 22 Nov 2026 18:00 Europe/Berlin (UTC+01:00) is in the past; it is Sun 22 Nov 2026 20:50")]
    [InlineData("20:50", "in the past")]
    [InlineData("2025-12-01 18:00", "in the past")]
    [InlineData("2062-12-01 18:00", "more than a year away")]
    [InlineData("soon", "This is no time that I can read. Write it like 2026-12-01 18:00, 18:00 or tomorrow 9:30.")]
    [InlineData("tomorrow", "no time that I can read")]
    [InlineData("25:00", "no time that I can read")]
    [InlineData("2026-02-30 10:00", "no time that I can read")]
    [InlineData("01/12/2026 18:00", "no time that I can read")]
    [InlineData("", "no time that I can read")]
    public void Read_BadTime_SaysWhatIsWrong(string text, string expected) => Assert.Contains(expected, Refusal(text, Now), StringComparison.Ordinal);

    [Fact]
    public void Read_TimeThatTheClocksSkip_IsRefused() => Assert.Equal(
        "There is no 02:30 on Sun 28 Mar 2027 in Europe/Berlin: clocks go forward over it. Choose another time.", Refusal("2027-03-28 2:30", Now));

    [Fact]
    public void Read_TimeThatComesTwice_IsTheFirst() => Assert.Equal(
        new TypedTime.At(new DateTimeOffset(2027, 10, 31, 0, 30, 0, TimeSpan.Zero)),
        TypedTime.Read("2027-10-31 02:30", Berlin, new DateTimeOffset(2027, 10, 1, 0, 0, 0, TimeSpan.Zero)));

    [Fact]
    public void Read_AfterMidnightOfTheZone_TomorrowIsItsTomorrow() => Assert.Equal(
        new TypedTime.At(new DateTimeOffset(2026, 11, 24, 8, 0, 0, TimeSpan.Zero)),
        TypedTime.Read("tomorrow 9:00", Berlin, new DateTimeOffset(2026, 11, 22, 23, 30, 0, TimeSpan.Zero)));

    private static string Refusal(string text, DateTimeOffset now) => Assert.IsType<TypedTime.Refused>(TypedTime.Read(text, Berlin, now)).Why;
}

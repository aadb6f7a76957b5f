using Marketing.Core.Analytics;
using Marketing.Core.Broadcasts;
using Marketing.Core.Telegram;

namespace Marketing.Core.Tests.Telegram;

public sealed class BroadcastCardTests
{
    private static readonly DateTimeOffset At = new(2026, 12, 1, 18, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Html_Sending_HasBarRateAndTimeLeft() => Assert.Equal(
        """
        <b>Sale</b>
        📤 Sending
        ▓▓▓▓▓▓░░░░░░ 52%
        Sent 640 of 1,234
        27 messages/s, about 22 s left
        Failed 1 · blocked 2
        """, Html(BroadcastStatus.Sending, Stats(640, failed: 1, blocked: 2) with { Rate = 27 }));

    [Fact]
    public void Html_NothingMoves_SaysSo() =>
        Assert.Contains("Nothing sent for 10 s", Html(BroadcastStatus.Sending, Stats(640, 0, 0) with { Rate = 0 }), StringComparison.Ordinal);

    [Fact]
    public void Html_Sent_HasClicksCtrConversionsAndLosses() => Assert.Equal(
        """
        <b>Sale</b>
        ✅ Sent, finished Tue 1 Dec 2026 18:00 UTC
        Sent 1,230 of 1,234
        Blocked 4

        Clicks 45 by 40 users, CTR 3.65%
        Conversions 9, 20% of clicks
        • Open &lt;now&gt;: 30
        """, Html(BroadcastStatus.Sent, Stats(1_230, 0, blocked: 4) with
        {
            Clicks = 45,
            UniqueClickers = 40,
            Conversions = 9,
            Buttons = [new ButtonStats(Guid.Empty, "Open <now>", 30, 31, 0, 0)],
        }));

    [Fact]
    public void Html_AllButOneDone_IsNoFullBar() => Assert.Contains("▓▓▓▓▓▓▓▓▓▓▓░ 99%", Html(BroadcastStatus.Paused, Stats(1_233, 0, 0)), StringComparison.Ordinal);

    [Fact]
    public void Html_Failed_SaysWhy() => Assert.Contains(
        "❌ Failed: 1 &lt; 2", BroadcastCard.Html(new CardFacts(Guid.Empty, "Sale", BroadcastStatus.Failed, null, null, "1 < 2", null), TimeZoneInfo.Utc, null), StringComparison.Ordinal);

    [Theory]
    [InlineData(BroadcastStatus.Draft, "Refresh")]
    [InlineData(BroadcastStatus.Scheduled, "Cancel")]
    [InlineData(BroadcastStatus.Sending, "Pause,Cancel")]
    [InlineData(BroadcastStatus.Paused, "Resume,Cancel")]
    [InlineData(BroadcastStatus.Sent, "Refresh")]
    [InlineData(BroadcastStatus.Failed, "Refresh")]
    [InlineData(BroadcastStatus.Cancelled, "Refresh")]
    public void Buttons_OfAStatus_AreWhatItAllows(BroadcastStatus status, string expected) => Assert.Equal(
        expected, string.Join(',', BroadcastCard.Buttons(new CardFacts(Guid.Empty, "Sale", status, At, At, null, null), fromList: false)
            .InlineKeyboard.SelectMany(row => row).Select(button => button.Text)));

    private static string Html(BroadcastStatus status, BroadcastStats stats) =>
        BroadcastCard.Html(new CardFacts(Guid.Empty, "Sale", status, At, At, null, stats), TimeZoneInfo.Utc, null);

    private static BroadcastStats Stats(long sent, long failed, long blocked) => BroadcastStats.None with
    {
        TotalRecipients = 1_234,
        Sent = sent,
        Failed = failed,
        Blocked = blocked,
    };
}

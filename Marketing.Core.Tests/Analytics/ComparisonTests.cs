using Marketing.Core.Analytics;

namespace Marketing.Core.Tests.Analytics;

public sealed class ComparisonTests
{
    [Theory]
    [InlineData(120, 1_000, 150, 1_000, true)] // z = 1.963
    [InlineData(120, 1_000, 149, 1_000, false)] // z = 1.900
    [InlineData(1, 10, 3, 10, false)]
    [InlineData(0, 100, 0, 100, false)]
    [InlineData(100, 100, 50, 50, false)]
    [InlineData(60, 50, 1, 50, true)] // clicked by people whose message is uncertain
    [InlineData(0, 0, 5, 10, null)]
    public void IsSignificant_TwoShares_IsBeyondChance(long partA, long wholeA, long partB, long wholeB, bool? expected) =>
        Assert.Equal(expected, Comparison.IsSignificant(partA, wholeA, partB, wholeB));

    [Fact]
    public void Of_TwoStats_TellsTheChangeFromAToB()
    {
        var a = new BroadcastStats { TotalRecipients = 100, Sent = 80, Clicks = 10, UniqueClickers = 8 };

        var differences = Comparison.Of(a, a with { Clicks = 15, UniqueClickers = 12, Converters = 4 }).ToDictionary(d => d.Metric);

        Assert.Equal(new Difference("clicks", 10, 15, 0.5, null), differences["clicks"]);
        Assert.Equal(new Difference("unique_ctr", 0.1, 0.15, 0.5, false), differences["unique_ctr"]);
        Assert.Equal(new Difference("converter_rate", 0, 0.05, null, true), differences["converter_rate"]);
    }
}

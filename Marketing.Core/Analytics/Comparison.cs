namespace Marketing.Core.Analytics;

public sealed record BroadcastComparison(AnalyticsRow A, AnalyticsRow B, IReadOnlyList<Difference> Differences);

/// <param name="Change">From a to b, as a part of a; null when a is 0.</param>
/// <param name="Significant">Whether chance alone makes such a difference less than once in 20 times; null where that is not asked or nobody was sent to.</param>
public sealed record Difference(string Metric, double A, double B, double? Change, bool? Significant);

/// <summary>What is different between two broadcasts.</summary>
public static class Comparison
{
    // Of the standard normal distribution, two-sided: 5 % lie beyond.
    private const double Critical = 1.959964;

    public static IReadOnlyList<Difference> Of(BroadcastStats a, BroadcastStats b)
    {
        return
        [
            Number("total_recipients", s => s.TotalRecipients), Number("sent", s => s.Sent), Number("failed", s => s.Failed),
            Number("blocked", s => s.Blocked), Number("clicks", s => s.Clicks), Number("total_clicks", s => s.TotalClicks),
            Number("unique_clickers", s => s.UniqueClickers), Number("conversions", s => s.Conversions), Number("converters", s => s.Converters),
            Number("ctr", s => s.Ctr), Share("unique_ctr", s => s.UniqueClickers), Number("conversion_rate", s => s.ConversionRate),
            Share("converter_rate", s => s.Converters),
        ];

        Difference Number(string metric, Func<BroadcastStats, double> of) => new(metric, of(a), of(b), Change(of(a), of(b)), null);

        Difference Share(string metric, Func<BroadcastStats, long> people) =>
            Number(metric, s => Ratio.Of(people(s), s.Sent)) with { Significant = IsSignificant(people(a), a.Sent, people(b), b.Sent) };
    }

    private static double? Change(double a, double b) => a == 0 ? null : Math.Round((b - a) / a, 6);

    /// <summary>Two proportions' z-test with the pooled share; null when one is of nobody.</summary>
    public static bool? IsSignificant(long partA, long wholeA, long partB, long wholeB)
    {
        if (wholeA == 0 || wholeB == 0)
            return null;
        // Somebody whose message is uncertain may click it, so there may be more of them than sent.
        var (a, b) = (Math.Min(1, (double)partA / wholeA), Math.Min(1, (double)partB / wholeB));
        var pooled = (a * wholeA + b * wholeB) / (wholeA + wholeB);
        var deviation = Math.Sqrt(pooled * (1 - pooled) * (1.0 / wholeA + 1.0 / wholeB));
        return deviation > 0 && Math.Abs(a - b) / deviation > Critical;
    }
}

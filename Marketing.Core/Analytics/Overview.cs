namespace Marketing.Core.Analytics;

public enum BestBy { UniqueCtr, ConversionRate, Clicks, Conversions }

/// <param name="From">30 days before To when null.</param>
/// <param name="To">Now when null.</param>
/// <param name="Unit">Hours for up to 2 weeks, then days, when null.</param>
public sealed record OverviewQuery(
    DateTimeOffset? From = null, DateTimeOffset? To = null, SeriesUnit? Unit = null, string? TimeZone = null, BestBy? BestBy = null,
    int Limit = OverviewQuery.DefaultLimit, string? Cursor = null)
{
    public const int DefaultLimit = 50;
    public const int MostLimit = 200;
}

/// <summary>Broadcasts whose sending began in [from, to), UTC, newest first, a page at a time; the totals and the best are of all of them.</summary>
/// <param name="Totals">Unique clickers and converters are unique per broadcast. Without buttons, rate and times to click, which do not add up.</param>
/// <param name="Trend">Of whatever happened in the period, whenever the broadcast began.</param>
/// <param name="Best">At most five, of those that were sent to 30 people at least.</param>
public sealed record AnalyticsOverview(
    DateTimeOffset From, DateTimeOffset To, int BroadcastCount, BroadcastStats Totals, Trend Trend, IReadOnlyList<AnalyticsRow> Best,
    IReadOnlyList<AnalyticsRow> Broadcasts, string? NextCursor);

namespace Marketing.Core.Analytics;

/// <param name="Clicks">People who pressed it.</param>
/// <param name="TotalClicks">Presses.</param>
public sealed record ButtonStats(Guid Id, string Label, long Clicks, long TotalClicks, long Conversions);

/// <param name="Clicks">A user once per button.</param>
/// <param name="TotalClicks">Every press.</param>
public sealed record BroadcastStats(
    long TotalRecipients, long Sent, long Failed, long Blocked, long Skipped, long Uncertain,
    long Clicks, long TotalClicks, long UniqueClickers, long Conversions)
{
    public static BroadcastStats None { get; } = new(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    /// <summary>Not yet in a final state; claimed ones count here.</summary>
    public long Pending => TotalRecipients - Sent - Failed - Blocked - Skipped - Uncertain;

    public double Ctr => Ratio(Clicks, TotalRecipients);

    public double UniqueCtr => Ratio(UniqueClickers, Sent);

    public double ConversionRate => Ratio(Conversions, Clicks);

    public IReadOnlyList<ButtonStats> Buttons { get; init; } = [];

    /// <summary>While it is sending: messages/s over the last 10 s.</summary>
    public double? Rate { get; init; }

    /// <summary>While it is sending: seconds to the end at this rate, which the other broadcasts of the bot have a share in.</summary>
    public long? SecondsLeft => Rate is > 0 and var rate ? (long)Math.Ceiling(Pending / rate) : null;

    /// <summary>Sums of several broadcasts; the ratios follow from them. Unique clickers are unique per broadcast.</summary>
    public static BroadcastStats Total(IEnumerable<BroadcastStats> all) => all.Aggregate(
        None,
        (a, b) => new BroadcastStats(
            a.TotalRecipients + b.TotalRecipients, a.Sent + b.Sent, a.Failed + b.Failed, a.Blocked + b.Blocked,
            a.Skipped + b.Skipped, a.Uncertain + b.Uncertain, a.Clicks + b.Clicks, a.TotalClicks + b.TotalClicks,
            a.UniqueClickers + b.UniqueClickers, a.Conversions + b.Conversions));

    private static double Ratio(long part, long whole) => whole == 0 ? 0 : Math.Round((double)part / whole, 6);
}

public sealed record AnalyticsRow(Guid Id, string Title, Broadcasts.BroadcastStatus Status, DateTimeOffset? SentAt, BroadcastStats Stats);

/// <summary>Broadcasts whose sending began in [from, to), UTC.</summary>
public sealed record AnalyticsOverview(
    DateTimeOffset From, DateTimeOffset To, BroadcastStats Totals, IReadOnlyList<AnalyticsRow> Broadcasts);

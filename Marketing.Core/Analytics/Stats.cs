using System.Text.Json.Serialization;
using Marketing.Core.Broadcasts;

namespace Marketing.Core.Analytics;

/// <summary>
/// What every number of a broadcast means, and the ratios of them. The numbers are the counters' (CounterTable.cs), and equal
/// what the rows of deliveries, cta_clicks and conversions add up to.
/// </summary>
public sealed record BroadcastStats
{
    public static BroadcastStats None { get; } = new();

    [JsonIgnore]
    public Guid BroadcastId { get; init; }

    [JsonIgnore]
    public bool IsSending { get; init; }

    public long TotalRecipients { get; init; }

    /// <summary>Not yet in a final state; claimed ones count here.</summary>
    public long Pending => TotalRecipients - Sent - Failed - Blocked - Skipped - Uncertain;

    public long Sent { get; init; }

    public long Failed { get; init; }

    public long Blocked { get; init; }

    public long Skipped { get; init; }

    public long Uncertain { get; init; }

    /// <summary>A person once per button.</summary>
    public long Clicks { get; init; }

    /// <summary>Every press.</summary>
    public long TotalClicks { get; init; }

    /// <summary>Recipients with a click.</summary>
    public long UniqueClickers { get; init; }

    /// <summary>Fetches of a link by previewers and prefetchers, and by HEAD.</summary>
    public long Prefetches { get; init; }

    public long Conversions { get; init; }

    /// <summary>Recipients with a conversion.</summary>
    public long Converters { get; init; }

    public double Ctr => Ratio.Of(Clicks, TotalRecipients);

    public double UniqueCtr => Ratio.Of(UniqueClickers, Sent);

    public double ConversionRate => Ratio.Of(Conversions, Clicks);

    public IReadOnlyList<Revenue> Revenue { get; init; } = [];

    /// <summary>Recipients from step to step.</summary>
    public IReadOnlyList<FunnelStep> Funnel =>
    [
        new("planned", TotalRecipients, Ratio.Of(TotalRecipients, TotalRecipients)), new("sent", Sent, Ratio.Of(Sent, TotalRecipients)),
        new("clicked", UniqueClickers, Ratio.Of(UniqueClickers, TotalRecipients)), new("converted", Converters, Ratio.Of(Converters, TotalRecipients)),
    ];

    public TimeToClick TimeToClick { get; init; } = new(null, null, null);

    public IReadOnlyList<ButtonStats> Buttons { get; init; } = [];

    /// <summary>While it is sending: messages/s over the last 10 s.</summary>
    public double? Rate { get; init; }

    /// <summary>While it is sending: seconds to the end at this rate, which the other broadcasts of the bot have a share in.</summary>
    public long? SecondsLeft => Rate is > 0 and var rate ? (long)Math.Ceiling(Pending / rate) : null;
}

internal static class Ratio
{
    /// <summary>To six digits; 0 of nothing.</summary>
    public static double Of(long part, long whole) => whole == 0 ? 0 : Math.Round((double)part / whole, 6);
}

/// <param name="Clicks">People who pressed it.</param>
/// <param name="TotalClicks">Presses.</param>
/// <param name="Conversions">Those credited to one of its clicks.</param>
public sealed record ButtonStats(Guid Id, string Label, long Clicks, long TotalClicks, long Prefetches, long Conversions);

/// <param name="Currency">Null for values without one.</param>
/// <param name="Conversions">Those that have a value.</param>
public sealed record Revenue(string? Currency, long Conversions, decimal Value);

/// <param name="Share">Of those planned, 0 to 1.</param>
public sealed record FunnelStep(string Step, long People, double Share);

/// <summary>Seconds from a person's message to their first click, at most 5 % off (DelayBuckets.cs); null without a click.</summary>
public sealed record TimeToClick(double? P50, double? P90, double? P99);

public enum SegmentBy { UserTier, Region, Language }

/// <summary>The numbers by what the recipients were when the sending was planned.</summary>
public sealed record SegmentsOfBroadcast(SegmentBy By, IReadOnlyList<SegmentStats> Items);

/// <param name="Value">Null for those without one, and for people who are not among the recipients.</param>
public sealed record SegmentStats(
    string? Value, long Recipients, long Sent, long Clicks, long TotalClicks, long UniqueClickers, long Conversions, long Converters)
{
    public double Ctr => Ratio.Of(Clicks, Recipients);

    public double UniqueCtr => Ratio.Of(UniqueClickers, Sent);

    public double ConversionRate => Ratio.Of(Conversions, Clicks);
}

public sealed record AnalyticsRow(Guid Id, string Title, BroadcastStatus Status, DateTimeOffset? SentAt, BroadcastStats Stats);

/// <param name="Repaired">Whether a number was not what the rows say.</param>
public sealed record Recounted(BroadcastStats Stats, bool Repaired);

using Marketing.Core.Data;

namespace Marketing.Core.Analytics;

public enum SeriesUnit { Minute, Hour, Day }

/// <param name="At">The beginning of the minute, hour or day in the time zone, UTC.</param>
public sealed record SeriesItem(DateTimeOffset At, long Sent, long Clicks, long Conversions);

/// <summary>What happened in [from, to), UTC; those without anything are there too.</summary>
public sealed record BroadcastSeries(SeriesUnit Unit, string TimeZone, DateTimeOffset From, DateTimeOffset To, IReadOnlyList<SeriesItem> Items);

/// <summary>The same of all broadcasts.</summary>
public sealed record Trend(SeriesUnit Unit, string TimeZone, IReadOnlyList<SeriesItem> Items);

/// <summary>Which points a series has.</summary>
public static class SeriesRules
{
    public const int MostItems = 2_000;

    public static TimeSpan Length(SeriesUnit unit) => unit switch
    {
        SeriesUnit.Minute => TimeSpan.FromMinutes(1),
        SeriesUnit.Hour => TimeSpan.FromHours(1),
        _ => TimeSpan.FromDays(1),
    };

    /// <summary>Some 10 to 400 points: minutes for up to 6 hours, hours for up to 2 weeks, then days.</summary>
    public static SeriesUnit UnitFor(TimeSpan span) =>
        span <= TimeSpan.FromHours(6) ? SeriesUnit.Minute : span <= TimeSpan.FromDays(14) ? SeriesUnit.Hour : SeriesUnit.Day;

    /// <exception cref="InvalidException">It has more than 2,000 points.</exception>
    public static void Check(SeriesUnit unit, TimeSpan span, long items)
    {
        if (items <= MostItems)
            return;
        var larger = Enum.GetValues<SeriesUnit>().Where(u => u > unit && span / Length(u) < MostItems).Cast<SeriesUnit?>().FirstOrDefault();
        throw new InvalidException("/unit", larger is { } take
            ? $"{items} points; at most {MostItems} are given. Take unit={take.ToString().ToLowerInvariant()} or a shorter time."
            : $"{items} points; at most {MostItems} are given. Take a shorter time.");
    }

    public static string Zone(string? timeZone) =>
        TimeZones.Has(timeZone ?? "UTC") ? timeZone ?? "UTC" : throw new InvalidException("/time_zone", TimeZones.Expected);
}

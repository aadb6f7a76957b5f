using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Marketing.Core.Data;

/// <summary>How a time is read wherever somebody writes one: ISO 8601 and nothing else, since 02/03 is two different days.</summary>
public static class UtcTime
{
    public const string Expected = "must be a time such as 2026-01-31 or 2026-01-31T18:00:00Z";

    public const string Implausible = "is not between 1970 and 2199";

    private static readonly DateTimeOffset First = new(1970, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset End = new(2200, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>
    /// False for the "no date" of other systems (year 1, year 9999), which would make cohorts of last_trade_at wrong. Npgsql writes the
    /// ends of DateTime as infinity, from which no series of steps ever comes back.
    /// </summary>
    public static bool IsPlausible(DateTimeOffset time) => time >= First && time < End;

    // The likeliest first: each is tried in turn. K is nothing, Z or an offset; F is up to seven digits, or none with its
    // point. SQL clients write a blank for the T.
    private static readonly string[] Formats =
    [
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd", "yyyy-MM-dd' 'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd' 'HH:mmK",
    ];

    /// <summary>A date is its midnight UTC; a time without an offset is UTC.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out DateTimeOffset time) => DateTimeOffset.TryParseExact(
        text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);
}

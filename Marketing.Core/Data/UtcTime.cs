using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Marketing.Core.Data;

/// <summary>How a time is read wherever somebody writes one: ISO 8601 and nothing else, since 02/03 is two different days.</summary>
public static class UtcTime
{
    public const string Expected = "must be a time such as 2026-01-31 or 2026-01-31T18:00:00Z";

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

using System.Buffers.Text;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Marketing.Core.Telegram;

/// <summary>How the bot writes numbers, times and names.</summary>
public static class Words
{
    // A phone shows about 35 characters of a button that has its row to itself.
    private const int LabelLength = 40;

    public static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    public static string Plain(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>0.0365 is 3.65%.</summary>
    public static string Percent(double share) => (share * 100).ToString("0.##", CultureInfo.InvariantCulture) + "%";

    public static string Users(long count) => count == 1 ? "1 user" : $"{Number(count)} users";

    public static string Html(string text) => WebUtility.HtmlEncode(text);

    public static string Label(string text) => Cut(text, LabelLength);

    /// <summary>At most so many UTF-16 units, the last an ellipsis when something was cut off; never half a character.</summary>
    public static string Cut(string text, int length)
    {
        if (text.Length <= length)
            return text;
        var end = char.IsHighSurrogate(text[length - 2]) ? length - 2 : length - 1;
        return text[..end] + "…";
    }

    /// <summary>Such as Tue 1 Dec 2026 18:00 Europe/Berlin (UTC+01:00).</summary>
    public static string Time(DateTimeOffset time, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(time, zone);
        var offset = local.Offset == TimeSpan.Zero ? "" : $" (UTC{local.ToString("zzz", CultureInfo.InvariantCulture)})";
        return $"{local.ToString("ddd d MMM yyyy HH:mm", CultureInfo.InvariantCulture)} {zone.Id}{offset}";
    }

    public static string TimeToTheSecond(DateTimeOffset time, TimeZoneInfo zone) =>
        $"{TimeZoneInfo.ConvertTime(time, zone).ToString("HH:mm:ss", CultureInfo.InvariantCulture)} {zone.Id}";

    public static string Rate(double rate) => rate.ToString(rate < 10 ? "0.#" : "N0", CultureInfo.InvariantCulture);

    public static string Duration(TimeSpan span) => span switch
    {
        { TotalSeconds: < 90 } => $"{Plain((long)Math.Ceiling(span.TotalSeconds))} s",
        { TotalMinutes: < 90 } => $"{Plain((long)Math.Ceiling(span.TotalMinutes))} min",
        _ => $"{Plain((long)span.TotalHours)} h {Plain(span.Minutes)} min",
    };

    /// <summary>
    /// Eight characters that stand for a name in a button's data. Of a few dozen names shown together, two share them with a
    /// chance of one in 10^11.
    /// </summary>
    public static string Key(string name) => Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 6));
}

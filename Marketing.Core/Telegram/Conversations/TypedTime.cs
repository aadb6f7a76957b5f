using System.Globalization;

namespace Marketing.Core.Telegram.Conversations;

/// <summary>A time as it was typed, or why it was not taken.</summary>
public abstract record TypedTime
{
    private TypedTime() { }

    public sealed record At(DateTimeOffset Time) : TypedTime;

    public sealed record Refused(string Why) : TypedTime;

    // A year that was meant to be another is the likeliest slip that is not in the past.
    private static readonly TimeSpan Furthest = TimeSpan.FromDays(366);

    private static readonly string[] Clocks = ["H:mm", "HH:mm"];
    private static readonly string[] Dates = ["yyyy-M-d H:mm", "yyyy-M-d'T'H:mm"];

    /// <param name="zone">Whose clock the text is of.</param>
    public static TypedTime Read(string text, TimeZoneInfo zone, DateTimeOffset now)
    {
        var words = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).ToLowerInvariant();
        var today = TimeZoneInfo.ConvertTime(now, zone).Date;
        if (words.StartsWith("tomorrow ", StringComparison.Ordinal))
            return Clock(words["tomorrow ".Length..], today.AddDays(1), zone, now);
        if (words.StartsWith("today ", StringComparison.Ordinal))
            return Clock(words["today ".Length..], today, zone, now);
        return DateTime.TryParseExact(words.ToUpperInvariant(), Dates, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local)
            ? Local(local, zone, now) : Clock(words, today, zone, now);
    }

    /// <summary>Refuses what is not to come, or too far off.</summary>
    public static TypedTime Check(DateTimeOffset time, TimeZoneInfo zone, DateTimeOffset now) => time switch
    {
        _ when time <= now => new Refused($"{Words.Time(time, zone)} is in the past; it is {Words.Time(now, zone)} now."),
        _ when time - now > Furthest => new Refused($"{Words.Time(time, zone)} is more than a year away."),
        _ => new At(time),
    };

    /// <summary>The local time on that clock; of the two when a clock goes back, the first.</summary>
    public static TypedTime Local(DateTime local, TimeZoneInfo zone, DateTimeOffset now)
    {
        if (zone.IsInvalidTime(local))
        {
            return new Refused(string.Create(CultureInfo.InvariantCulture,
                $"There is no {local:HH:mm} on {local:ddd d MMM yyyy} in {zone.Id}: clocks go forward over it. Choose another time."));
        }

        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return Check(new DateTimeOffset(local, offset).ToUniversalTime(), zone, now);
    }

    private static TypedTime Clock(string text, DateTime day, TimeZoneInfo zone, DateTimeOffset now) =>
        DateTime.TryParseExact(text, Clocks, CultureInfo.InvariantCulture, DateTimeStyles.NoCurrentDateDefault, out var clock)
            ? Local(day + clock.TimeOfDay, zone, now)
            : new Refused("This is no time that I can read. Write it like 2026-12-01 18:00, 18:00 or tomorrow 9:30.");
}

namespace Marketing.Core.Telegram;

/// <summary>The time zones that an admin may name.</summary>
public static class ChatZones
{
    /// <summary>Those offered as buttons; any other may be typed.</summary>
    public static readonly string[] Common =
        ["UTC", "Europe/London", "Europe/Berlin", "Europe/Istanbul", "Asia/Dubai", "Asia/Kolkata", "Asia/Singapore", "America/New_York"];

    /// <summary>UTC when the machine does not know the zone (any more).</summary>
    public static TimeZoneInfo Of(string name) => Find(name) ?? TimeZoneInfo.Utc;

    /// <summary>By its IANA name, in any case; null when there is none.</summary>
    public static TimeZoneInfo? Find(string name)
    {
        name = name.Trim();
        // The system looks a name up as a path below its zone files.
        if (name.Length is 0 or > 50 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '_' or '-' or '+'))
            return null;
        return TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : TimeZoneInfo.GetSystemTimeZones()
            .FirstOrDefault(known => known.Id.Equals(name, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The name that was probably meant.</summary>
    public static string? Near(string name) =>
        NearMiss.Find(name.Trim(), TimeZoneInfo.GetSystemTimeZones().Select(zone => zone.Id), id => id.Length / 4);
}

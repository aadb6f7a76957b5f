namespace Marketing.Core.Cohorts;

/// <summary>
/// Patterns of ISO-8601 times in attributes, for Postgres. What they match, Postgres casts without an error: years 1000 to
/// 9999, the days that each month has, offsets to 14:59.
/// </summary>
internal static class IsoTime
{
    private const string LeapYear = @"(?:[1-9]\d(?:0[48]|[2468][048]|[13579][26])|(?:[2468][048]|[13579][26])00)";

    private const string MonthAndDay =
        @"(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|02-(?:0[1-9]|1\d|2[0-8]))";

    private const string Day = $@"(?:[1-9]\d{{3}}-{MonthAndDay}|{LeapYear}-02-29)";

    private const string TimeOfDay = @"[T ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?";

    public const string WithOffset = $@"^{Day}{TimeOfDay}(?:Z|[+-](?:0\d|1[0-4])(?::?[0-5]\d)?)$";

    /// <summary>A date alone, or a time that does not say its zone: both are taken as UTC.</summary>
    public const string WithoutOffset = $@"^{Day}(?:{TimeOfDay})?$";
}

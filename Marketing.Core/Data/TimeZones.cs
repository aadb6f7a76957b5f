using System.Text.RegularExpressions;

namespace Marketing.Core.Data;

/// <summary>Time zones that the API takes: those of the IANA database, spelled as there.</summary>
internal static partial class TimeZones
{
    public const string Expected = "is not a time zone of the IANA database, such as Europe/Berlin";

    // The form first: on Linux a name is looked up as a file. Windows' own names, which .NET takes too, have blanks.
    public static bool Has(string name) =>
        IanaName().IsMatch(name) && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) && zone.HasIanaId;

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9_+-]{0,31}(/[A-Za-z0-9_+-]{1,32}){0,2}\z", RegexOptions.ExplicitCapture)]
    private static partial Regex IanaName();
}

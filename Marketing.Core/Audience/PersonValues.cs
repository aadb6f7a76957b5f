using System.Buffers;
using System.Globalization;
using System.Text;

namespace Marketing.Core.Audience;

/// <summary>How the text of a cell is read: pure functions, shared by both formats.</summary>
internal static class PersonValues
{
    /// <summary>The longest value in UTF-8 bytes.</summary>
    public const int MaxCell = 4 * 1024;

    // 15 digits are what every JSON reader keeps exactly (IEEE 754 double).
    private const int MostDigits = 15;

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789");

    /// <summary>Digits with an optional minus: no plus, no separators, no exponent, no ".0".</summary>
    public static bool TryWholeNumber(string value, out long number) =>
        long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number) && value[0] != '+';

    /// <summary>
    /// True for -12.5, 0.10 and 300; false for what only looks like a number and would lose something as one: 007, +44,
    /// .5, 1e6, and more than 15 digits.
    /// </summary>
    public static bool IsPlainNumber(ReadOnlySpan<char> value)
    {
        if (value is ['-', ..])
            value = value[1..];
        var point = value.IndexOf('.');
        var whole = point < 0 ? value : value[..point];
        var fraction = point < 0 ? "0" : value[(point + 1)..];
        return whole is ['0'] or [>= '1' and <= '9', ..]
            && !fraction.IsEmpty
            && whole.Length + (point < 0 ? 0 : fraction.Length) <= MostDigits
            && !whole.ContainsAnyExcept(Digits)
            && !fraction.ContainsAnyExcept(Digits);
    }

    public static bool IsTooLong(string value) =>
        value.Length > MaxCell / 3 && Encoding.UTF8.GetByteCount(value) > MaxCell;

    public static string TooLong(string name, string value, int bytes) =>
        $"{name}: {Quote(value)} is {bytes} bytes; at most {MaxCell} are taken";

    /// <summary>A value as a reason quotes it: whole up to 60 characters, a NUL made visible.</summary>
    public static string Quote(string value) =>
        (value.Length <= 60 ? $"\"{value}\"" : $"\"{value.AsSpan(0, 57)}...\"").Replace("\0", "\\0", StringComparison.Ordinal);

    /// <summary>Where the first byte that is not UTF-8 stands, or null when all are.</summary>
    public static string? NotUtf8(ReadOnlySpan<byte> line)
    {
        if (System.Text.Unicode.Utf8.IsValid(line))
            return null;
        var at = 0;
        while (Rune.DecodeFromUtf8(line[at..], out _, out var length) == OperationStatus.Done)
            at += length;
        return $"byte {at + 1} (0x{line[at]:X2}) is not UTF-8";
    }
}

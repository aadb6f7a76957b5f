namespace Marketing.Core.Audience;

/// <summary>
/// A cell that begins with one of these characters is run by a spreadsheet as a formula; behind an apostrophe it is text. What
/// is put on by an export is taken off by an import, whatever the text: one that looks guarded already gets another.
/// </summary>
internal static class FormulaGuard
{
    private const string Starts = "=+-@\t\r";

    public static string On(string cell) => IsFormula(cell.AsSpan().TrimStart('\'')) ? $"'{cell}" : cell;

    public static string Off(string cell) => cell is ['\'', ..] && IsFormula(cell.AsSpan().TrimStart('\'')) ? cell[1..] : cell;

    private static bool IsFormula(ReadOnlySpan<char> cell) => cell.Length > 0 && Starts.Contains(cell[0], StringComparison.Ordinal);
}

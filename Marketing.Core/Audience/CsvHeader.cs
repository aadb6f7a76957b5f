using System.Text;
using System.Text.Json;

namespace Marketing.Core.Audience;

/// <summary>One column of a CSV file.</summary>
internal readonly record struct CsvColumn(string Name, PersonColumn Column, JsonEncodedText Encoded);

/// <summary>The first line of a CSV file. Whatever is wrong with it refuses the import before anything is written.</summary>
internal static class CsvHeader
{
    /// <summary>The one of comma, semicolon and tab that stands most often in the line outside of quotes.</summary>
    public static char Delimiter(ReadOnlySpan<byte> line)
    {
        int commas = 0, semicolons = 0, tabs = 0;
        var quoted = false;
        foreach (var b in line)
        {
            if (b == '\n' && !quoted)
                break;
            quoted ^= b == '"';
            commas += !quoted && b == ',' ? 1 : 0;
            semicolons += !quoted && b == ';' ? 1 : 0;
            tabs += !quoted && b == '\t' ? 1 : 0;
        }
        return semicolons > commas && semicolons >= tabs ? ';' : tabs > commas ? '\t' : ',';
    }

    /// <summary>The names without blanks around them, each there and there once.</summary>
    public static List<string> Names(long line, IReadOnlyList<string> names)
    {
        var headers = names.Select(name => name.Trim()).ToList();
        var nameless = headers.FindIndex(name => name.Length == 0 || name.Contains('\0'));
        if (nameless >= 0)
            throw new InvalidException("", $"line {line}: column {nameless + 1} has no name");
        if (headers.GroupBy(name => name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new InvalidException("", $"line {line}: the column {twice.Key} is there {twice.Count()} times");
        if (headers.Find(PersonValues.IsTooLong) is { } endless)
            throw new InvalidException(
                "", $"line {line}: the column name {PersonValues.Quote(endless)} is longer than {PersonValues.MaxCell} bytes");
        return headers;
    }

    public static CsvColumn[] Columns(long line, IReadOnlyList<string> headers)
    {
        if (!headers.Any(name => PersonColumns.Of(name) == PersonColumn.TelegramUserId))
            throw new InvalidException($"/{PersonColumns.Required}", Missing(line, headers));
        return [.. headers.Select(name => new CsvColumn(name, PersonColumns.Of(name), JsonEncodedText.Encode(name)))];
    }

    private static string Missing(long line, IReadOnlyList<string> headers)
    {
        // Twenty names are enough to recognise a file by.
        var found = new StringBuilder().AppendJoin(", ", headers.Take(20)).Append(headers.Count > 20 ? ", ..." : "");
        var hint = PersonColumns.MeantAsRequired(headers) is { } near ? $"; rename {near}, if that is what it holds" : "";
        return $"line {line}: the column {PersonColumns.Required} is missing; found: {found}{hint}";
    }
}

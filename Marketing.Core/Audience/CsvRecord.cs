namespace Marketing.Core.Audience;

/// <summary>
/// Where a CSV record ends. The parser could find that itself, but it would read on to the end of the file, and into memory,
/// for a quote that nobody closed; so it is handed one whole record at a time.
/// </summary>
/// <param name="Length">Bytes of the record without its line ending.</param>
/// <param name="Consumed">Bytes with it.</param>
/// <param name="Lines">Line endings among these.</param>
/// <param name="Fault">Why there is no record here, or null; the line is to be skipped.</param>
internal readonly record struct CsvRecord(int Length, int Consumed, int Lines, string? Fault)
{
    private static readonly CsvRecord TooLong = new(0, 0, 0, $"longer than {LineBuffer.MaxRecord} bytes");
    private static readonly CsvRecord TextAfterQuote =
        new(0, 0, 0, "text after a closing quote; a quote inside a quoted cell is written twice");
    private static readonly CsvRecord Unclosed =
        new(0, 0, 0, $"a quote that is not closed within {LineBuffer.MaxRecord} bytes");

    private enum State { CellStart, Plain, Quoted, QuoteInQuoted }

    /// <summary>
    /// Finds the end of the record at the start of <paramref name="unread"/>, which holds the longest record or the rest of the file.
    /// </summary>
    public static CsvRecord Find(ReadOnlySpan<byte> unread, byte delimiter)
    {
        var newline = unread.IndexOf((byte)'\n');
        var line = newline < 0 ? unread : unread[..newline];
        // Most lines have no quote, and their end is the record's.
        return line.Contains((byte)'"') ? FindQuoted(unread, delimiter) : Ending(unread, newline < 0 ? unread.Length : newline, 1);
    }

    private static CsvRecord FindQuoted(ReadOnlySpan<byte> unread, byte delimiter)
    {
        var state = State.CellStart;
        var lines = 1;
        for (var i = 0; i < unread.Length && i <= LineBuffer.MaxRecord + 1; i++)
        {
            var b = unread[i];
            switch (state)
            {
                case State.Quoted:
                    if (b == '"')
                        state = State.QuoteInQuoted;
                    else if (b == '\n')
                        lines++;
                    break;
                case State.QuoteInQuoted when b == '"':
                    state = State.Quoted;
                    break;
                default:
                    if (b == '\n')
                        return Ending(unread, i, lines);
                    if (b == delimiter)
                        state = State.CellStart;
                    else if (state == State.CellStart)
                        state = b == '"' ? State.Quoted : State.Plain;
                    else if (state == State.QuoteInQuoted && !(b == '\r' && (i + 1 == unread.Length || unread[i + 1] == '\n')))
                        return TextAfterQuote;
                    break;
            }
        }
        return state == State.Quoted ? Unclosed : Ending(unread, unread.Length, lines);
    }

    private static CsvRecord Ending(ReadOnlySpan<byte> unread, int end, int lines)
    {
        var length = end > 0 && unread[end - 1] == '\r' ? end - 1 : end;
        if (length > LineBuffer.MaxRecord)
            return TooLong;
        return end < unread.Length ? new(length, end + 1, lines, null) : new(length, end, lines - 1, null);
    }
}

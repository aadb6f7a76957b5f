using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;

namespace Marketing.Core.Audience;

/// <summary>The records of a CSV file behind its header: RFC 4180, or with semicolons or tabs as spreadsheets of other locales write it.</summary>
internal sealed class CsvRows : IDisposable
{
    private readonly Feed feed = new();
    private readonly CsvParser parser;
    private readonly LineBuffer lines;
    private readonly Rejections rejections;
    private readonly byte delimiter;

    private CsvRows(LineBuffer lines, Rejections rejections, char delimiter)
    {
        (this.lines, this.rejections, this.delimiter) = (lines, rejections, (byte)delimiter);
        parser = new CsvParser(feed, new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = delimiter.ToString(),
            NewLine = "\n",
            // One more than the longest record and its line ending: a full buffer makes the parser double it.
            BufferSize = LineBuffer.MaxRecord + 2,
            IgnoreBlankLines = false,
            // A quote inside a cell that does not start with one is that character: 5" pipe.
            BadDataFound = null,
        });
    }

    /// <summary>The names of the columns, as <see cref="CsvHeader.Names"/> takes them.</summary>
    public IReadOnlyList<string> Header { get; private set; } = [];

    /// <summary>Where <see cref="Record"/> starts; the header's line before the first.</summary>
    public long Line { get; private set; }

    /// <summary>The bytes of the record read last.</summary>
    public ReadOnlyMemory<byte> Record { get; private set; }

    /// <summary>A cell of the record that was split last.</summary>
    public string this[int column] => FormulaGuard.Off(parser[column]);

    /// <summary>Reads the header.</summary>
    /// <exception cref="InvalidException">The file cannot be imported as it is.</exception>
    public static async Task<CsvRows> OpenAsync(LineBuffer lines, Rejections rejections, CancellationToken ct)
    {
        while (await lines.FillAsync(ct) && lines.Unread.Span is [(byte)'\n', ..] or [(byte)'\r', (byte)'\n', ..])
            lines.Advance(lines.Unread.Span[0] == '\n' ? 1 : 2, 1);
        var rows = new CsvRows(lines, rejections, CsvHeader.Delimiter(lines.Unread.Span));
        try
        {
            rows.ReadHeader();
            return rows;
        }
        catch
        {
            // Whatever stopped it: the caller gets nothing that it could dispose.
            rows.Dispose();
            throw;
        }
    }

    /// <summary>Goes on to the next record; false at the end of the body. What is none it rejects.</summary>
    public async ValueTask<bool> ReadAsync(CancellationToken ct)
    {
        while (await lines.FillAsync(ct))
        {
            Line = lines.Line;
            var unread = lines.Unread;
            var record = CsvRecord.Find(unread.Span, delimiter);
            if (record.Fault is { } fault)
            {
                // Only this line: the records behind a quote that nobody closed are good ones.
                rejections.Add(Line, fault);
                await lines.SkipLineAsync(ct);
                continue;
            }
            lines.Advance(record.Consumed, record.Lines);
            Record = unread[..record.Length];
            if (record.Length > 0)
                return true;
        }
        return false;
    }

    /// <summary>Splits a record of UTF-8 into its cells; the reason to reject it, or null.</summary>
    public string? Split(ReadOnlyMemory<byte> record)
    {
        Parse(record);
        return parser.Count == Header.Count ? null : $"{parser.Count} cells; the header has {Header.Count}";
    }

    public void Dispose() => parser.Dispose();

    private void ReadHeader()
    {
        Line = lines.Line;
        var unread = lines.Unread;
        if (unread.IsEmpty)
            throw new InvalidException("", "the file is empty; its first line names the columns");
        var record = CsvRecord.Find(unread.Span, delimiter);
        if ((record.Fault ?? PersonValues.NotUtf8(unread.Span[..record.Length])) is { } fault)
            throw new InvalidException("", $"line {Line}: {fault}");
        Parse(unread[..record.Length]);
        Header = CsvHeader.Names(Line, parser.Record ?? []);
        lines.Advance(record.Consumed, record.Lines);
    }

    // The record ends where the parser sees its line ending, so it is at rest again afterwards.
    private void Parse(ReadOnlyMemory<byte> record)
    {
        feed.Record = record;
        parser.Read();
    }

    /// <summary>Gives the parser one record and a line ending.</summary>
    private sealed class Feed : TextReader
    {
        public ReadOnlyMemory<byte> Record { get; set; }

        public override int Read(char[] buffer, int index, int count)
        {
            var length = Encoding.UTF8.GetChars(Record.Span, buffer.AsSpan(index, count));
            buffer[index + length] = '\n';
            return length + 1;
        }
    }
}

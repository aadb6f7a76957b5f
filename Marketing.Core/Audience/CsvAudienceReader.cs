using System.Globalization;
using System.Text;
using System.Text.Json;
using CsvHelper;
using CsvHelper.Configuration;

namespace Marketing.Core.Audience;

/// <summary>A CSV file with a header: RFC 4180, or with semicolons or tabs as spreadsheets of other locales write it.</summary>
internal sealed class CsvAudienceReader : PersonReader
{
    private readonly Feed feed = new();
    private readonly CsvParser parser;
    private readonly byte delimiter;
    private CsvColumn[] columns = [];

    private CsvAudienceReader(LineBuffer lines, Rejections rejections, char delimiter) : base(lines, rejections)
    {
        this.delimiter = (byte)delimiter;
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

    /// <summary>Reads the header.</summary>
    /// <exception cref="InvalidException">The file cannot be imported as it is.</exception>
    public static async Task<CsvAudienceReader> OpenAsync(LineBuffer lines, Rejections rejections, CancellationToken ct)
    {
        while (await lines.FillAsync(ct) && lines.Unread.Span is [(byte)'\n', ..] or [(byte)'\r', (byte)'\n', ..])
            lines.Advance(lines.Unread.Span[0] == '\n' ? 1 : 2, 1);
        var reader = new CsvAudienceReader(lines, rejections, CsvHeader.Delimiter(lines.Unread.Span));
        try
        {
            reader.ReadHeader();
            return reader;
        }
        catch
        {
            // Whatever stopped it: the caller gets no reader that it could dispose.
            reader.Dispose();
            throw;
        }
    }

    public override async ValueTask<bool> ReadAsync(CancellationToken ct)
    {
        while (await Lines.FillAsync(ct))
        {
            var line = Lines.Line;
            var unread = Lines.Unread;
            var record = CsvRecord.Find(unread.Span, delimiter);
            if (record.Fault is { } fault)
            {
                // Only this line: the records behind a quote that nobody closed are good ones.
                Rejections.Add(line, fault);
                await Lines.SkipLineAsync(ct);
                continue;
            }
            Lines.Advance(record.Consumed, record.Lines);
            if (record.Length > 0 && Take(unread[..record.Length], line))
                return true;
        }
        return false;
    }

    protected override string? Fill(ReadOnlyMemory<byte> record)
    {
        Parse(record);
        if (parser.Count != columns.Length)
            return $"{parser.Count} cells; the header has {columns.Length}";
        for (var i = 0; i < columns.Length; i++)
            if (Take(columns[i], parser[i]) is { } reason)
                return reason;
        return null;
    }

    public override void Dispose()
    {
        parser.Dispose();
        base.Dispose();
    }

    private string? Take(CsvColumn column, string guarded)
    {
        var cell = FormulaGuard.Off(guarded);
        return column.Column switch
        {
            PersonColumn.Attribute => Person.SetAttribute(column.Encoded, cell),
            PersonColumn.Attributes => string.IsNullOrWhiteSpace(cell) ? null : TakeObject(column.Name, cell),
            _ => Person.Set(column.Column, column.Name, cell),
        };
    }

    private string? TakeObject(string name, string cell)
    {
        var document = Encoding.UTF8.GetBytes(cell);
        var json = new Utf8JsonReader(document);
        try
        {
            json.Read();
            if (json.TokenType == JsonTokenType.StartObject)
            {
                var reason = JsonValues.TakeMembers(ref json, document, Person, columns: false);
                if (reason is null)
                    json.Read(); // throws for anything behind the object
                return reason;
            }
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            // Answered below.
        }
        return $"{name}: {PersonValues.Quote(cell)} is not a JSON object";
    }

    private void ReadHeader()
    {
        var line = Lines.Line;
        var unread = Lines.Unread;
        if (unread.IsEmpty)
            throw new InvalidException("", "the file is empty; its first line names the columns");
        var record = CsvRecord.Find(unread.Span, delimiter);
        if ((record.Fault ?? PersonValues.NotUtf8(unread.Span[..record.Length])) is { } fault)
            throw new InvalidException("", $"line {line}: {fault}");
        Parse(unread[..record.Length]);
        columns = CsvHeader.Columns(line, parser.Record ?? []);
        Lines.Advance(record.Consumed, record.Lines);
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

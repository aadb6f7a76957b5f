using System.Text;
using System.Text.Json;

namespace Marketing.Core.Audience;

/// <summary>People from a CSV file; a column that is none of ours is an attribute.</summary>
internal sealed class CsvAudienceReader : PersonReader
{
    private readonly CsvRows rows;
    private readonly CsvColumn[] columns;

    private CsvAudienceReader(LineBuffer lines, Rejections rejections, CsvRows rows, CsvColumn[] columns) : base(lines, rejections) =>
        (this.rows, this.columns) = (rows, columns);

    /// <summary>Reads the header.</summary>
    /// <exception cref="InvalidException">The file cannot be imported as it is.</exception>
    public static async Task<CsvAudienceReader> OpenAsync(LineBuffer lines, Rejections rejections, CancellationToken ct)
    {
        var rows = await CsvRows.OpenAsync(lines, rejections, ct);
        try
        {
            return new CsvAudienceReader(lines, rejections, rows, CsvHeader.Columns(rows.Line, rows.Header));
        }
        catch
        {
            // Whatever stopped it: the caller gets no reader that it could dispose.
            rows.Dispose();
            throw;
        }
    }

    public override async ValueTask<bool> ReadAsync(CancellationToken ct)
    {
        while (await rows.ReadAsync(ct))
            if (Take(rows.Record, rows.Line))
                return true;
        return false;
    }

    protected override string? Fill(ReadOnlyMemory<byte> record)
    {
        if (rows.Split(record) is { } fault)
            return fault;
        for (var i = 0; i < columns.Length; i++)
            if (Take(columns[i], rows[i]) is { } reason)
                return reason;
        return null;
    }

    public override void Dispose()
    {
        rows.Dispose();
        base.Dispose();
    }

    private string? Take(CsvColumn column, string cell) => column.Column switch
    {
        PersonColumn.Attribute => Person.SetAttribute(column.Encoded, cell),
        PersonColumn.Attributes => string.IsNullOrWhiteSpace(cell) ? null : TakeObject(column.Name, cell),
        _ => Person.Set(column.Column, column.Name, cell),
    };

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
}

using System.Globalization;
using Marketing.Core.Audience;
using Marketing.Core.Data;

namespace Marketing.Core.Cta;

/// <summary>Conversions from a CSV file, one a record; what is none it puts into the rejections and goes on.</summary>
internal sealed class ConversionFile : IDisposable
{
    private const string UserId = "user_id";
    private const string TelegramUserId = "telegram_user_id";
    private const string Event = "event";
    private const string Key = "idempotency_key";
    private static readonly string[] Known = [UserId, TelegramUserId, "broadcast_id", Event, "value", "currency", "occurred_at", Key];

    private readonly CsvRows rows;
    private readonly Rejections rejections;

    // Where each of Known is in the file; -1 for nowhere.
    private readonly Dictionary<string, int> places;

    private ConversionFile(CsvRows rows, Rejections rejections)
    {
        (this.rows, this.rejections) = (rows, rejections);
        var header = rows.Header.ToList();
        places = Known.ToDictionary(name => name, name => header.FindIndex(h => h.Equals(name, StringComparison.OrdinalIgnoreCase)));
        var problems = new Problems();
        foreach (var unknown in header.Where(h => !Known.Contains(h, StringComparer.OrdinalIgnoreCase)))
            problems.Add("", $"line {rows.Line}: unknown column {PersonValues.Quote(unknown)}{Meant(unknown)}; known are {string.Join(", ", Known)}");
        foreach (var name in (string[])[Event, Key])
            if (places[name] < 0)
                problems.Add($"/{name}", $"line {rows.Line}: the column {name} is missing");
        if (places[UserId] < 0 && places[TelegramUserId] < 0)
            problems.Add($"/{TelegramUserId}", $"line {rows.Line}: a column {TelegramUserId} or {UserId} is missing");
        problems.ThrowIfAny();
    }

    /// <summary>Where the one read last starts.</summary>
    public long Line => rows.Line;

    public ConversionInput Conversion { get; private set; } = new(null, null, null, null, null, null, null, null);

    /// <exception cref="InvalidException">The header has not what it needs; nothing is recorded.</exception>
    public static async Task<ConversionFile> OpenAsync(Stream body, Rejections rejections, CancellationToken ct)
    {
        var rows = await CsvRows.OpenAsync(new LineBuffer(body), rejections, ct);
        try
        {
            return new ConversionFile(rows, rejections);
        }
        catch
        {
            // Whatever stopped it: the caller gets nothing that it could dispose.
            rows.Dispose();
            throw;
        }
    }

    /// <summary>Goes on to the next conversion; false at the end of the body.</summary>
    public async ValueTask<bool> ReadAsync(CancellationToken ct)
    {
        while (await rows.ReadAsync(ct))
        {
            if ((PersonValues.NotUtf8(rows.Record.Span) ?? rows.Split(rows.Record) ?? Fill()) is not { } reason)
                return true;
            rejections.Add(rows.Line, reason);
        }

        return false;
    }

    public void Dispose() => rows.Dispose();

    private string? Fill()
    {
        string? reason = null;
        T? Read<T>(string column, Func<string, T?> parse, string what) where T : struct
        {
            if (Cell(column) is not { } cell)
                return null;
            var value = parse(cell);
            if (value is null)
                reason ??= $"{column}: {PersonValues.Quote(cell)} is not {what}";
            return value;
        }

        Conversion = new ConversionInput(
            Read<Guid>(UserId, Id, "a UUID"),
            Read<long>(TelegramUserId, text => PersonValues.TryWholeNumber(text, out var id) ? id : null, "a whole number"),
            Read<Guid>("broadcast_id", Id, "a UUID"),
            Cell(Event),
            Read<decimal>("value", Amount, "a number such as 1250.50"),
            Cell("currency"),
            Read<DateTimeOffset>("occurred_at", text => UtcTime.TryParse(text, out var time) ? time : null, "an ISO 8601 date or time"),
            Cell(Key));
        return reason;
    }

    private string? Cell(string column) => places[column] is >= 0 and var place && rows[place].Trim() is { Length: > 0 } cell ? cell : null;

    private static Guid? Id(string text) => Guid.TryParseExact(text, "D", out var id) ? id : null;

    // Neither a thousands separator nor a decimal comma: 1,250 is two different amounts.
    private static decimal? Amount(string text) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : null;

    // Two typing errors, as in ocurred_on for occurred_at.
    private static string Meant(string header) => NearMiss.Find(header, Known, _ => 2) is { } near ? $" ({near}?)" : "";
}

using System.Globalization;
using System.Text.Json;
using CsvHelper;
using Marketing.Core.Data;

namespace Marketing.Core.Audience;

/// <summary>Writes exported people as an import reads them: CSV (RFC 4180) or one JSON object a line, both UTF-8.</summary>
public static class AudienceFile
{
    private const int FlushedAt = 64 * 1024;

    private static readonly string[] Header =
    [
        "telegram_user_id", "chat_id", "first_name", "last_name", "username", "language", "user_tier", "region", "last_trade_at",
        "created_at", "opted_out_at", "suppressed_at", "attributes",
    ];

    public static async Task WriteCsvAsync(IAsyncEnumerable<ExportedPerson> people, Stream stream, CancellationToken ct)
    {
        await using var writer = new StreamWriter(stream, leaveOpen: true);
        await using var csv = new CsvWriter(writer, CultureInfo.InvariantCulture);
        foreach (var name in Header)
            csv.WriteField(name);
        await csv.NextRecordAsync();
        await foreach (var person in people.WithCancellation(ct))
        {
            csv.WriteField(person.TelegramUserId);
            csv.WriteField(person.ChatId);
            foreach (var text in (ReadOnlySpan<string?>)[person.FirstName, person.LastName, person.Username, person.Language, person.UserTier, person.Region])
                csv.WriteField(text is null ? null : FormulaGuard.On(text));
            foreach (var time in (ReadOnlySpan<DateTimeOffset?>)[person.LastTradeAt, person.CreatedAt, person.OptedOutAt, person.SuppressedAt])
                csv.WriteField(time?.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture));
            csv.WriteField(person.Attributes.GetRawText());
            await csv.NextRecordAsync();
        }
    }

    public static async Task WriteNdjsonAsync(IAsyncEnumerable<ExportedPerson> people, Stream stream, CancellationToken ct)
    {
        using var buffer = new MemoryStream(FlushedAt * 2);
        await foreach (var person in people.WithCancellation(ct))
        {
            JsonSerializer.Serialize(buffer, person, Json.Options);
            buffer.WriteByte((byte)'\n');
            if (buffer.Length >= FlushedAt)
                await FlushAsync();
        }
        await FlushAsync();

        async Task FlushAsync()
        {
            await stream.WriteAsync(buffer.GetBuffer().AsMemory(0, (int)buffer.Length), ct);
            buffer.SetLength(0);
        }
    }
}

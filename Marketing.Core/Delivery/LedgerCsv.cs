using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace Marketing.Core.Delivery;

/// <summary>The ledger as CSV (RFC 4180, UTF-8), written as it is read.</summary>
public static class LedgerCsv
{
    private static readonly string[] Header =
        ["seq", "user_id", "telegram_user_id", "first_name", "state", "attempts", "message_id", "reason", "finished_at"];

    public static async Task WriteAsync(IAsyncEnumerable<DeliveryRow> rows, Stream stream, CancellationToken ct)
    {
        await using var writer = new StreamWriter(stream, leaveOpen: true);
        // A first name may begin with = or @, which a spreadsheet would run as a formula.
        await using var csv = new CsvWriter(writer, new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            InjectionOptions = InjectionOptions.Escape,
        });
        foreach (var name in Header)
            csv.WriteField(name);
        await csv.NextRecordAsync();
        await foreach (var row in rows.WithCancellation(ct))
        {
            csv.WriteField(row.Seq);
            csv.WriteField(row.UserId);
            csv.WriteField(row.TelegramUserId);
            csv.WriteField(row.FirstName);
            csv.WriteField(row.State.ToString().ToLowerInvariant());
            csv.WriteField(row.Attempts);
            csv.WriteField(row.MessageId);
            csv.WriteField(row.Reason);
            csv.WriteField(row.FinishedAt?.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture));
            await csv.NextRecordAsync();
        }
    }
}

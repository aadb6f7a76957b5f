using System.Globalization;
using System.Text;

namespace Marketing.Bench;

/// <summary>
/// The same people as two files: one to import and one to COPY. Written before anything is timed, so that making them is in
/// nobody's figure.
/// </summary>
internal static class AudienceFile
{
    private static readonly string[] Regions = ["EU", "US", "APAC", "LATAM"];
    private static readonly string[] Languages = ["en", "de", "es", "pt", "ru"];

    public const string CopySql = """
        COPY users (id, telegram_user_id, chat_id, first_name, last_name, username, language, user_tier, region, attributes,
                    last_trade_at) FROM STDIN (FORMAT CSV)
        """;

    /// <summary>Telegram's ids come in no order: a step that shares no factor with the 2^32 numbers visits each of them once.</summary>
    public static long TelegramId(int n) => 1_000_000_000L + (uint)(n * 2_654_435_761u);

    public static async Task WriteAsync(string import, string copy, int people, CancellationToken ct)
    {
        await using var toImport = new StreamWriter(import, append: false, new UTF8Encoding(false), 1 << 16);
        await using var toCopy = new StreamWriter(copy, append: false, new UTF8Encoding(false), 1 << 16);
        await toImport.WriteLineAsync(
            "telegram_user_id,first_name,last_name,username,language,user_tier,region,last_trade_at,balance,campaign".AsMemory(), ct);
        var start = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        for (var n = 0; n < people; n++)
        {
            var telegramId = TelegramId(n);
            var person = string.Create(CultureInfo.InvariantCulture,
                $"Person{n % 5_003},Family{n % 40_009},person_{n},{Languages[n % 5]},{(n % 7 == 0 ? "premium" : "free")},{Regions[n % 4]}");
            var traded = start.AddSeconds(-(n % 90) * 86_400L - n % 86_400).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
            await toImport.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture, $"{telegramId},{person},{traded},{n % 1_000}.5,spring").AsMemory(), ct);
            await toCopy.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{Guid.CreateVersion7()},{telegramId},{telegramId},{person},\"{{\"\"balance\"\":{n % 1_000}.5,\"\"campaign\"\":\"\"spring\"\"}}\",{traded}").AsMemory(), ct);
        }
    }
}

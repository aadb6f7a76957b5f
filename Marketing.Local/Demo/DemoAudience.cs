using System.Globalization;
using System.Text;
using Marketing.Local.Telegram;

namespace Marketing.Local.Demo;

/// <summary>A trading community of 1,234, the same at every first start.</summary>
internal static class DemoAudience
{
    public const int Size = 1_234;

    /// <summary>Telegram ids are this and the numbers after it.</summary>
    public const long FirstTelegramId = 500_000_001;

    private static readonly string[] Names =
        ["Ana", "Ben", "Chiara", "Dmitri", "Elif", "Farid", "Grace", "Hiro", "Ines", "Jonas", "Kofi", "Lena", "Mateo", "Nadia", "Omar", "Priya"];

    private static readonly string[] Languages = ["en", "de", "es", "tr", "en", "fr", "en", "ja"];
    private static readonly string[] Regions = ["EU", "US", "EU", "APAC", "LATAM", "EU", "MEA"];

    /// <summary>The CSV that an operator would import.</summary>
    public static string Csv(DateTimeOffset now)
    {
        var csv = new StringBuilder("telegram_user_id,first_name,username,language,user_tier,region,last_trade_at,balance,plan\n");
        foreach (var cells in People(now))
            csv.AppendJoin(',', cells).Append('\n');
        return csv.ToString();
    }

    /// <summary>Gives them their names in the simulated Telegram, which remembers nobody over a restart.</summary>
    public static void Introduce(TelegramSimulator simulator)
    {
        foreach (var cells in People(DateTimeOffset.UnixEpoch))
            simulator.Introduce(long.Parse(cells[0], CultureInfo.InvariantCulture), cells[1], cells[2], cells[3]);
    }

    private static IEnumerable<string[]> People(DateTimeOffset now)
    {
        var random = new Random(Size);
        for (var i = 0; i < Size; i++)
        {
            var name = Names[random.Next(Names.Length)];
            var tier = random.NextDouble() switch { < 0.15 => "premium", < 0.2 => "vip", _ => "free" };
            var lastTrade = random.NextDouble() < 0.2 ? "" : $"{now.AddHours(-random.Next(1, 24 * 45)):yyyy-MM-dd'T'HH:mm:ss'Z'}";
            yield return
            [
                $"{FirstTelegramId + i}", name, $"{name.ToLowerInvariant()}{i}", Languages[random.Next(Languages.Length)], tier,
                Regions[random.Next(Regions.Length)], lastTrade, $"{random.Next(0, 50_000)}", tier == "free" ? "monthly" : "yearly",
            ];
        }
    }
}

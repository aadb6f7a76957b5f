using System.Collections;
using System.Security.Cryptography;
using System.Text.Json;

namespace Marketing.Local;

/// <summary>
/// The settings of a laptop: the environment's where it has them; otherwise secrets made at the first start and kept in the
/// data folder, so that tokens and links stay good after a restart.
/// </summary>
internal sealed class LocalSettings
{
    private const string ConnectionString = "ConnectionStrings__Marketing";
    private const string BotToken = "Telegram__BotToken";
    private const string ApiBaseUrl = "Telegram__ApiBaseUrl";
    private const string WebhookSecret = "Telegram__WebhookSecret";
    private const string PublicBaseUrl = "Marketing__PublicBaseUrl";
    private const string LinkSigningKey = "Marketing__LinkSigningKey";
    private const string Owner = "Marketing__OwnerToken";

    private readonly Dictionary<string, string?> values;

    private LocalSettings(Dictionary<string, string?> values) => this.values = values;

    public IReadOnlyDictionary<string, string?> All => values;

    public string OwnerToken => values[Owner]!;

    /// <summary>Whether the environment names no database, so that one is to be started here.</summary>
    public bool NeedsPostgres => !values.ContainsKey(ConnectionString);

    /// <summary>Whether the environment names no bot, so that the simulator is to be started here.</summary>
    public bool NeedsTelegram => !values.ContainsKey(BotToken);

    public static Dictionary<string, string?> FromEnvironment() =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Where(e => IsSetting((string)e.Key))
            .ToDictionary(e => (string)e.Key, e => (string?)e.Value);

    // Ours have two underscores; the others say where telemetry goes.
    private static bool IsSetting(string name) => name.Contains("__", StringComparison.Ordinal)
        || name.StartsWith("OTEL_", StringComparison.Ordinal) || name.StartsWith("APPLICATIONINSIGHTS_", StringComparison.Ordinal);

    public static LocalSettings Load(string folder, int port)
    {
        var values = FromEnvironment();
        // Telegram refuses "localhost" in a button.
        values.TryAdd(PublicBaseUrl, $"http://127.0.0.1:{port}");
        // The simulator keeps no limit of its own, and nobody wants to wait 46 s for the first 1,234 messages.
        if (!values.ContainsKey(BotToken))
            values.TryAdd("Marketing__SendRate", "300");
        foreach (var (key, value) in KeptSecrets(folder))
            values.TryAdd(key, value);
        return new LocalSettings(values);
    }

    public void UseDatabase(string connectionString) => values[ConnectionString] = connectionString;

    public void UseSimulator(Uri address)
    {
        values[BotToken] = "7071000001:simulated-bot-token";
        values[ApiBaseUrl] = address.ToString();
    }

    public static string SecretsFile(string folder) => Path.Combine(folder, "secrets.json");

    private static Dictionary<string, string> KeptSecrets(string folder)
    {
        var file = SecretsFile(folder);
        if (File.Exists(file))
            return JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(file))!;
        var secrets = new Dictionary<string, string>
        {
            [Owner] = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24)),
            [WebhookSecret] = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24)),
            [LinkSigningKey] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
        };
        Directory.CreateDirectory(folder);
        File.WriteAllText(file, JsonSerializer.Serialize(secrets));
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return secrets;
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Net;
using Dapper;
using Marketing.Bench.Chaos;
using Marketing.Core.Tests.Fixtures;
using Marketing.Functions.Tests.Fixtures;
using Marketing.Local.Telegram;
using Npgsql;

namespace Marketing.Functions.Tests.Chaos;

/// <summary>
/// A database and a Telegram that outlive the hosts, each of which is a process of its own. The people of its audience have
/// the chats 1 to n; the links in a message name the host that sent it.
/// </summary>
internal sealed class World : IAsyncDisposable
{
    /// <summary>What a worker that dies may leave in doubt.</summary>
    public const int MaxInFlight = 32;

    /// <summary>For a machine that is busy with other tests: a limit, no measure.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private readonly string connectionString;
    private readonly IReadOnlyDictionary<string, string> settings;
    private readonly List<LocalProcess> hosts = [];

    private World(string connectionString, TelegramSimulator telegram, IReadOnlyDictionary<string, string> settings)
    {
        (this.connectionString, Telegram, this.settings) = (connectionString, telegram, settings);
        Database = NpgsqlDataSource.Create(connectionString);
    }

    public TelegramSimulator Telegram { get; }

    public NpgsqlDataSource Database { get; }

    /// <param name="connectionString">An empty database of the test's own server; null for a migrated one of the common server.</param>
    public static async Task<World> StartAsync(
        double sendRate, SimulatorSettings? weather = null, string? connectionString = null, params (string Key, string Value)[] settings)
    {
        connectionString ??= await TestPostgres.CreateDatabaseAsync();
        var telegram = await TelegramSimulator.StartAsync(new TelegramSimulatorOptions { Settings = weather ?? new() }, default);
        var all = new Dictionary<string, string>
        {
            ["Telegram__BotToken"] = "42:token-of-the-tests",
            ["Telegram__ApiBaseUrl"] = telegram.Address.ToString(),
            ["Telegram__WebhookSecret"] = MarketingApp.WebhookSecret,
            ["Marketing__LinkSigningKey"] = Convert.ToBase64String(new byte[32]),
            ["Marketing__OwnerToken"] = MarketingApp.OwnerToken,
            ["Marketing__SendRate"] = sendRate.ToString(CultureInfo.InvariantCulture),
            ["Marketing__MaxInFlight"] = MaxInFlight.ToString(CultureInfo.InvariantCulture),
        };
        foreach (var (key, value) in settings)
            all[key] = value;
        return new World(connectionString, telegram, all);
    }

    public async Task<LocalProcess> StartHostAsync()
    {
        var name = $"host-{hosts.Count}";
        var host = LocalProcess.Launch(name, ["host", "--port", "0"], new Dictionary<string, string>(settings)
        {
            ["ConnectionStrings__Marketing"] = $"{connectionString};Application Name={name}",
            ["Marketing__PublicBaseUrl"] = $"https://{name}.example.test",
        });
        hosts.Add(host);
        await host.ReadyAsync();
        return host;
    }

    private const string AudienceSql = """
        INSERT INTO users (id, telegram_user_id, chat_id, first_name) SELECT gen_random_uuid(), n, n, 'Name' || n FROM generate_series(1, @count) n
        """;

    public async Task AddAudienceAsync(int count) => await ExecuteAsync(AudienceSql, new { count });

    /// <summary>Sends a broadcast to everybody and returns its id as soon as that was accepted.</summary>
    public static async Task<Guid> SendAsync(LocalProcess host)
    {
        var template = await host.PostAsync("v1/admin/templates", new
        {
            name = $"Template {Guid.CreateVersion7()}", category = "tests", content = "Hi <b>{{ first_name }}</b>",
            cta_buttons = new[] { new { label = "Open", action = "open", url = "https://example.com/" } },
        }, HttpStatusCode.Created);
        var broadcast = await host.PostAsync("v1/admin/broadcasts",
            new { title = "Test", template_id = template.Id(), cohort_query = new { } }, HttpStatusCode.Created);
        await host.PostAsync($"v1/admin/broadcasts/{broadcast.Id()}/send", new { }, HttpStatusCode.Accepted);
        return Guid.Parse(broadcast.Id());
    }

    /// <summary>Waits for its end, through the database: hosts may be dead.</summary>
    public Task<int> EndAsync(Guid broadcastId) =>
        UntilAsync(() => StatusAsync(broadcastId), status => status != Sending, "the broadcast has ended");

    public const int Sending = 4;

    public Task<int> StatusAsync(Guid broadcastId) => ScalarAsync<int>("SELECT status FROM broadcasts WHERE id = @broadcastId", new { broadcastId });

    /// <summary>Has a second host work on the broadcast of a first: it resumes it and does not know that the other still works on it.</summary>
    public static async Task JoinAsync(LocalProcess one, LocalProcess two, Guid broadcastId)
    {
        await one.PostAsync($"v1/admin/broadcasts/{broadcastId}/pause", new { }, HttpStatusCode.OK);
        await two.PostAsync($"v1/admin/broadcasts/{broadcastId}/resume", new { }, HttpStatusCode.Accepted);
    }

    // Neither the lease of 3 minutes nor the watchdog's 10 s of silence need be waited for: the worker is surely dead. Claims of earlier kills are aged already.
    private const string AgeSql = """
        UPDATE deliveries SET claimed_at = claimed_at - interval '10 minutes'
        WHERE state = 1 AND claimed_at > now() - interval '5 minutes';
        UPDATE delivery_batches SET recorded_at = recorded_at - interval '10 minutes';
        UPDATE broadcasts SET updated_at = updated_at - interval '10 minutes'
        """;

    /// <summary>Kills a host and returns how many claims it left behind; they count as expired from here on.</summary>
    public async Task<int> KillAsync(LocalProcess host)
    {
        await host.KillAsync();
        // A statement that was under way may commit all the same.
        await UntilAsync(() => ScalarAsync<int>("SELECT count(*) FROM pg_stat_activity WHERE application_name = @Name", new { host.Name }),
            connections => connections == 0, $"Postgres has noticed that {host.Name} is gone");
        var claims = await ScalarAsync<int>("SELECT count(*) FROM deliveries WHERE state = 1 AND claimed_at > now() - interval '5 minutes'");
        await ExecuteAsync(AgeSql);
        return claims;
    }

    /// <summary>How many messages each host sent.</summary>
    public int SentBy(LocalProcess host, int audience) => Enumerable.Range(1, audience).SelectMany(chat => Telegram.Messages(chat))
        .Count(m => m.ReplyMarkup!.Contains($"https://{host.Name}.example.test/", StringComparison.Ordinal));

    public async Task<T> ScalarAsync<T>(string sql, object? parameters = null)
    {
        await using var db = await Database.OpenConnectionAsync();
        return (await db.ExecuteScalarAsync<T>(sql, parameters))!;
    }

    private async Task<int> ExecuteAsync(string sql, object? parameters = null)
    {
        await using var db = await Database.OpenConnectionAsync();
        return await db.ExecuteAsync(sql, parameters, commandTimeout: 0);
    }

    public async Task<T> UntilAsync<T>(Func<Task<T>> read, Func<T, bool> isGood, string what, int pollMs = 50)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            var value = await read();
            if (isGood(value))
                return value;
            Assert.True(Stopwatch.GetElapsedTime(started) < Patience,
                $"not within {Patience}: {what}; last {value}\n{string.Join('\n', hosts.Select(h => $"{h.Name}: {h.Output}"))}");
            await Task.Delay(pollMs);
        }
    }

    /// <summary>Waits until chats have received so many messages.</summary>
    public Task MessagesAsync(int least) =>
        UntilAsync(() => Task.FromResult(Telegram.MessageCount), count => count >= least, $"{least} messages have arrived", pollMs: 5);

    public async ValueTask DisposeAsync()
    {
        foreach (var host in hosts)
            await host.DisposeAsync();
        await Telegram.DisposeAsync();
        await Database.DisposeAsync();
    }
}

using System.Diagnostics;
using System.Globalization;
using Dapper;
using Marketing.Core.Data;
using Marketing.Local.Postgres;
using Marketing.Local.Telegram;
using Npgsql;

namespace Marketing.Bench.Chaos;

/// <summary>Postgres, Telegram and two hosts' places, with an audience whose people have the chats 1 to <see cref="People"/>.</summary>
internal sealed class ChaosWorld : IAsyncDisposable
{
    public const int People = 400;

    /// <summary>Messages a second of all hosts together.</summary>
    public const double SendRate = 60;

    /// <summary>What a host that dies may leave in doubt.</summary>
    public const int MaxInFlight = 16;

    /// <summary>Chats whose accounts are no more, from the beginning to the end; one of them is in the smallest cohort.</summary>
    public static readonly IReadOnlySet<long> Deactivated = new HashSet<long> { 150, 396, 397 };

    /// <summary>Chats that Telegram does not know for this bot, as long; one of them is in the smallest cohort.</summary>
    public static readonly IReadOnlySet<long> NotFound = new HashSet<long> { 250, 398, 399 };

    private readonly string folder = Path.Combine(Path.GetTempPath(), $"marketing-chaos-{Path.GetRandomFileName()}");
    private readonly int postgresPort = HostSlot.FreePort();
    private PostgresServer postgres = null!;
    private bool isPostgresUp = true;

    public TelegramSimulator Telegram { get; private set; } = null!;

    public NpgsqlDataSource Database { get; private set; } = null!;

    public IReadOnlyList<HostSlot> Hosts { get; private set; } = [];

    public ChaosLog Log { get; } = new();

    public static async Task<ChaosWorld> StartAsync(CancellationToken ct)
    {
        var world = new ChaosWorld();
        try
        {
            await world.StartEverythingAsync(ct);
            return world;
        }
        catch
        {
            // Whatever stopped the start: the caller gets no world that it could dispose.
            await world.DisposeAsync();
            throw;
        }
    }

    private const string AudienceSql = """
        INSERT INTO users (id, telegram_user_id, chat_id, first_name, language, user_tier, region, attributes)
        SELECT gen_random_uuid(), n, n, 'Name' || n, CASE WHEN n % 7 = 0 THEN 'de' ELSE 'en' END,
            CASE WHEN n % 2 = 0 THEN 'premium' ELSE 'free' END, CASE WHEN n % 5 = 0 THEN 'EU' ELSE 'R' || n % 5 END,
            jsonb_build_object('club', n % 50 = 0)
        FROM generate_series(1, @People) n
        """;

    private async Task StartEverythingAsync(CancellationToken ct)
    {
        DapperMappings.Register();
        // With fsync: without it a crash of Postgres would lose what was committed.
        postgres = await PostgresServer.StartAsync(folder, durable: true, ct, postgresPort);
        var connectionString = await postgres.CreateDatabaseAsync("marketing", ct);
        Database = NpgsqlDataSource.Create($"{connectionString};Application Name=chaos");
        await new Migrator(Database).UpAsync(ct);
        await ExecuteAsync(AudienceSql, new { People });
        // A press is answered after an outage too.
        Telegram = await TelegramSimulator.StartAsync(new() { CallbackLifetime = TimeSpan.FromHours(1) }, ct);
        foreach (var chat in Deactivated)
            Telegram.SetChat(chat, ChatStatus.Deactivated);
        foreach (var chat in NotFound)
            Telegram.SetChat(chat, ChatStatus.NotFound);
        Hosts = [Slot("one", connectionString), Slot("two", connectionString)];
    }

    private HostSlot Slot(string name, string connectionString)
    {
        var port = HostSlot.FreePort();
        return new(name, port, new Dictionary<string, string>
        {
            ["ConnectionStrings__Marketing"] = $"{connectionString};Application Name={name}",
            ["Telegram__BotToken"] = "42:token-of-the-chaos",
            ["Telegram__ApiBaseUrl"] = Telegram.Address.ToString(),
            ["Telegram__WebhookSecret"] = "webhook-secret-of-the-chaos",
            ["Marketing__PublicBaseUrl"] = $"http://127.0.0.1:{port}",
            ["Marketing__LinkSigningKey"] = Convert.ToBase64String(new byte[32]),
            ["Marketing__OwnerToken"] = ChaosApi.OwnerToken,
            ["Marketing__SendRate"] = SendRate.ToString(CultureInfo.InvariantCulture),
            ["Marketing__MaxInFlight"] = MaxInFlight.ToString(CultureInfo.InvariantCulture),
        });
    }

    public Task StopPostgresAsync(bool crash)
    {
        isPostgresUp = false;
        return crash ? postgres.CrashAsync() : postgres.DisposeAsync().AsTask();
    }

    /// <summary>Nothing, where it is up.</summary>
    public async Task StartPostgresAsync()
    {
        if (isPostgresUp)
            return;
        postgres = await PostgresServer.StartAsync(folder, durable: true, CancellationToken.None, postgresPort);
        isPostgresUp = true;
        Database.Clear(); // our own broken connections; the hosts' are their affair
    }

    // A statement that was under way may commit all the same.
    private const string ConnectionsSql = "SELECT count(*) FROM pg_stat_activity WHERE application_name = @name";

    /// <summary>Waits until Postgres has noticed that a host is gone, and with it what the host had under way.</summary>
    public async Task GoneAsync(HostSlot host)
    {
        var started = Stopwatch.GetTimestamp();
        while (await ScalarAsync<int>(ConnectionsSql, new { name = host.Name }) > 0)
        {
            if (Stopwatch.GetElapsedTime(started) > TimeSpan.FromMinutes(1))
                throw new InvalidOperationException($"Postgres still has connections of host {host.Name}, a minute after it was killed");
            await Task.Delay(50);
        }
    }

    public async Task<T> ScalarAsync<T>(string sql, object? parameters = null)
    {
        await using var db = await Database.OpenConnectionAsync();
        return (await db.ExecuteScalarAsync<T>(sql, parameters))!;
    }

    public async Task<IReadOnlyList<T>> RowsAsync<T>(string sql, object? parameters = null)
    {
        await using var db = await Database.OpenConnectionAsync();
        return (await db.QueryAsync<T>(sql, parameters)).AsList();
    }

    public async Task ExecuteAsync(string sql, object? parameters = null)
    {
        await using var db = await Database.OpenConnectionAsync();
        await db.ExecuteAsync(sql, parameters);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in Hosts)
            await host.DisposeAsync();
        if (Telegram is not null)
            await Telegram.DisposeAsync();
        if (Database is not null)
            await Database.DisposeAsync();
        if (postgres is not null)
            await postgres.DisposeAsync();
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }
}

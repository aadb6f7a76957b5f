using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Dapper;
using Marketing.Core.Tests.Fixtures;
using Marketing.Functions.Tests.Fixtures;
using Marketing.Local.Hosting;
using Marketing.Local.Postgres;
using Marketing.Local.Telegram;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Marketing.Functions.Tests;

public sealed class HealthTests(QuietApp app) : IClassFixture<QuietApp>
{
    [Fact]
    public async Task GetReadiness_AllWell_Is200WithEveryCheck()
    {
        var (status, report) = await ReadAsync(app.Api);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.True(report.GetProperty("ready").GetBoolean());
        Assert.Equal(["database", "lane", "migrations", "telegram"], report.GetProperty("checks").EnumerateObject().Select(c => c.Name).Order());
        Assert.All(report.GetProperty("checks").EnumerateObject(), c => Assert.Equal("ok", c.Value.Text("status")));
        Assert.All(report.GetProperty("checks").EnumerateObject(), c => Assert.InRange(c.Value.Number("duration_ms"), 0, 3100));
    }

    [Fact]
    public async Task GetReadiness_LanePausedByA429_IsReadyAndSaysSo()
    {
        var (region, _) = await app.AudienceAsync(1);
        await app.SendAsync(await app.BroadcastAsync(new { region }));
        await using var db = await app.Database.OpenConnectionAsync();
        await db.ExecuteAsync("UPDATE send_lanes SET paused_until = now() + interval '1 min'");
        try
        {
            var (status, report) = await ReadAsync(app.Api);

            Assert.Equal((HttpStatusCode.OK, "paused"), (status, Status(report, "lane")));
        }
        finally
        {
            await db.ExecuteAsync("UPDATE send_lanes SET paused_until = NULL");
        }
    }

    [Fact]
    public async Task GetReadiness_PostgresGone_Is503WithinSecondsAndTellsNothing()
    {
        var folder = Path.Combine(Path.GetTempPath(), $"marketing-health-{Path.GetRandomFileName()}");
        await using var postgres = await PostgresServer.StartAsync(folder, durable: false, default);
        try
        {
            var simulator = await TelegramSimulator.StartAsync(new TelegramSimulatorOptions(), default);
            await using var host = await StartAsync(await postgres.CreateDatabaseAsync("marketing", default), simulator.Address);
            using var api = new HttpClient { BaseAddress = new Uri(host.Address, "api/") };
            Assert.Equal(HttpStatusCode.OK, (await ReadAsync(api)).Status);
            await simulator.DisposeAsync();
            Assert.Equal(HttpStatusCode.OK, (await ReadAsync(api)).Status); // Telegram was asked a moment ago

            await postgres.DisposeAsync();
            var watch = Stopwatch.StartNew();
            var (status, report) = await ReadAsync(api);

            Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
            Assert.InRange(watch.Elapsed.TotalSeconds, 0, 10);
            Assert.Equal(("failed", "failed", "failed", "ok"),
                (Status(report, "database"), Status(report, "migrations"), Status(report, "lane"), Status(report, "telegram")));
            Assert.All(["127.0.0.1", "Npgsql", "Exception", " at ", "token"], secret => Assert.DoesNotContain(secret, report.GetRawText(), StringComparison.Ordinal));
            using var alive = await api.GetAsync("health");
            Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
        }
        finally
        {
            await postgres.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task GetReadiness_TelegramAwayAndAMigrationMissing_Is503AndNamesThem()
    {
        var connectionString = await TestPostgres.CreateDatabaseAsync();
        await using var host = await StartAsync(connectionString, new Uri("http://127.0.0.1:9"));
        await using (var source = NpgsqlDataSource.Create(connectionString))
        await using (var db = await source.OpenConnectionAsync())
            await db.ExecuteAsync("DELETE FROM schema_migrations WHERE number = 1");
        using var api = new HttpClient { BaseAddress = new Uri(host.Address, "api/") };

        var (status, report) = await ReadAsync(api);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Equal(("ok", "failed", "failed", "ok"),
            (Status(report, "database"), Status(report, "migrations"), Status(report, "telegram"), Status(report, "lane")));
        Assert.Equal("1 of this build's migrations are not applied", report.GetProperty("checks").GetProperty("migrations").Text("detail"));
        Assert.Equal("cannot be reached", report.GetProperty("checks").GetProperty("telegram").Text("detail"));
    }

    private static string Status(JsonElement report, string check) => report.GetProperty("checks").GetProperty(check).Text("status");

    private static async Task<(HttpStatusCode Status, JsonElement Report)> ReadAsync(HttpClient api)
    {
        using var response = await api.GetAsync("health/ready");
        return (response.StatusCode, JsonElement.Parse(await response.Content.ReadAsStringAsync()));
    }

    private static Task<FunctionHost> StartAsync(string connectionString, Uri telegram)
    {
        var settings = new Dictionary<string, string?>(TestOptions.Good.Select(s => KeyValuePair.Create(s.Key.Replace(":", "__", StringComparison.Ordinal), s.Value)))
        {
            ["ConnectionStrings__Marketing"] = connectionString, ["Telegram__ApiBaseUrl"] = telegram.ToString(),
        };
        return FunctionHost.StartAsync(new FunctionHostOptions
        {
            Assembly = typeof(FunctionServices).Assembly,
            Settings = settings,
            ConfigureServices = (services, configuration) => services.AddMarketingFunctions(configuration),
            RunTimers = false,
            ConfigureLogging = logging => logging.SetMinimumLevel(LogLevel.None),
        }, default);
    }
}

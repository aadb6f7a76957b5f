using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Marketing.Local.Postgres;

/// <summary>
/// A Postgres of our own, on 127.0.0.1 and a free port, with its data in one folder. A server that an earlier process left
/// running on that folder (after a kill -9) is taken over instead of started.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    public const string User = "marketing";

    private const string StartSeconds = "60";

    private readonly PostgresBinaries binaries;
    private readonly string dataFolder;
    private readonly bool durable;
    private bool stopped;

    private PostgresServer(PostgresBinaries binaries, string dataFolder, int port, bool durable) =>
        (this.binaries, this.dataFolder, Port, this.durable) = (binaries, dataFolder, port, durable);

    public int Port { get; }

    /// <summary>Trust on loopback only: the server is for one laptop and holds demo data.</summary>
    public string ConnectionString(string database) =>
        $"Host=127.0.0.1;Port={Port};Username={User};Database={database};Maximum Pool Size=50";

    /// <summary>
    /// Starts on <paramref name="dataFolder"/>, which is made and initialised when it is new. Not
    /// <paramref name="durable"/> turns fsync off, for tests: a crash of the machine may lose the data. Without a
    /// <paramref name="port"/> it takes a free one.
    /// </summary>
    public static async Task<PostgresServer> StartAsync(string dataFolder, bool durable, CancellationToken ct, int? port = null)
    {
        var binaries = PostgresBinaries.Find();
        dataFolder = Path.GetFullPath(dataFolder);
        if (!File.Exists(Path.Combine(dataFolder, "PG_VERSION")))
        {
            // Beside its place first: a folder with PG_VERSION is a whole one, wherever an earlier start was ended.
            var making = $"{dataFolder}.new";
            if (Directory.Exists(making))
                Directory.Delete(making, recursive: true);
            await PostgresBinaries.MakeDataFolderAsync(making);
            await binaries.RunAsync("initdb", "-D", making, "-U", User, "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync");
            Directory.Move(making, dataFolder);
        }

        if (RunningPort(dataFolder) is { } running && await AnswersAsync(running, ct))
            return new PostgresServer(binaries, dataFolder, running, durable);
        return await LaunchAsync(binaries, dataFolder, durable, port ?? FreePort());
    }

    // pg_ctl puts the server into a session of its own, so that a Ctrl-C in the terminal reaches this process alone.
    private static async Task<PostgresServer> LaunchAsync(PostgresBinaries binaries, string dataFolder, bool durable, int port)
    {
        var log = Path.Combine(dataFolder, "postgres.log");
        var options = $"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=200 "
            + "-c shared_buffers=256MB -c max_wal_size=4GB"
            + (durable ? "" : " -c fsync=off -c full_page_writes=off -c synchronous_commit=off");
        try
        {
            await binaries.RunAsync("pg_ctl", "-D", dataFolder, "-w", "-t", StartSeconds, "-l", log, "-o", options, "-s", "start");
        }
        catch (InvalidOperationException e)
        {
            throw new InvalidOperationException($"Postgres did not start; {log} says why. {e.Message}", e);
        }

        return new PostgresServer(binaries, dataFolder, port, durable);
    }

    /// <summary>Makes the database unless it exists; returns its connection string.</summary>
    public async Task<string> CreateDatabaseAsync(string database, CancellationToken ct, string template = "template1")
    {
        await using var source = NpgsqlDataSource.Create($"{ConnectionString("postgres")};Pooling=false");
        await using var exists = source.CreateCommand("SELECT 1 FROM pg_database WHERE datname = $1");
        exists.Parameters.AddWithValue(database);
        if (await exists.ExecuteScalarAsync(ct) is null)
        {
            await using var create = source.CreateCommand($"CREATE DATABASE \"{database}\" TEMPLATE \"{template}\"");
            await create.ExecuteNonQueryAsync(ct);
        }

        return ConnectionString(database);
    }

    /// <summary>Ends it as a crash would: nothing is finished or written any more, and the next start recovers from the log.</summary>
    public Task CrashAsync() => StopAsync("immediate");

    public async ValueTask DisposeAsync() => await StopAsync(durable ? "fast" : "immediate");

    private async Task StopAsync(string mode)
    {
        if (stopped)
            return;
        stopped = true;
        await binaries.RunAsync("pg_ctl", "-D", dataFolder, "stop", "-m", mode, "-s");
    }

    // Line 4 of postmaster.pid is the port (postgresql.org/docs/current/storage-file-layout.html).
    private static int? RunningPort(string dataFolder)
    {
        var file = Path.Combine(dataFolder, "postmaster.pid");
        return File.Exists(file) && File.ReadAllLines(file) is { Length: > 3 } lines
            && int.TryParse(lines[3], NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? port : null;
    }

    private static async Task<bool> AnswersAsync(int port, CancellationToken ct)
    {
        try
        {
            await using var db = new NpgsqlConnection(
                $"Host=127.0.0.1;Port={port};Username={User};Database=postgres;Pooling=false;Timeout=5");
            await db.OpenAsync(ct);
            return true;
        }
        catch (NpgsqlException)
        {
            return false; // a pid file left by a crash: nobody listens
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

using System.Globalization;
using Marketing.Core.Data;
using Marketing.Local.Postgres;
using Npgsql;

namespace Marketing.Bench;

/// <summary>A Postgres in a temporary folder, with fsync on: what a real one does for durability is part of the cost.</summary>
internal sealed class BenchPostgres : IAsyncDisposable
{
    private const double TicksPerSecond = 100; // USER_HZ of every Linux that .NET runs on

    private readonly PostgresServer server;
    private readonly string folder;

    private BenchPostgres(PostgresServer server, string folder) => (this.server, this.folder) = (server, folder);

    public static async Task<BenchPostgres> StartAsync(CancellationToken ct)
    {
        DapperMappings.Register();
        var folder = Path.Combine(Path.GetTempPath(), $"marketing-bench-{Path.GetRandomFileName()}");
        return new BenchPostgres(await PostgresServer.StartAsync(folder, durable: true, ct), folder);
    }

    /// <summary>A migrated database of this name, made anew.</summary>
    public async Task<string> CreateDatabaseAsync(string name, CancellationToken ct)
    {
        var connectionString = await server.CreateDatabaseAsync($"{name}_{Path.GetRandomFileName()[..8]}", ct);
        await using var source = NpgsqlDataSource.Create($"{connectionString};Pooling=false");
        await new Migrator(source).UpAsync(ct);
        return connectionString;
    }

    /// <summary>CPU time of all server processes, those that have ended among them; zero where there is no /proc.</summary>
    public TimeSpan Cpu
    {
        get
        {
            if (!OperatingSystem.IsLinux())
                return TimeSpan.Zero;
            var postmaster = File.ReadLines(Path.Combine(folder, "postmaster.pid")).First();
            // The times of children that were waited for are the parent's fields 16 and 17 (man 5 proc_pid_stat).
            var ticks = Stat(postmaster) is { } own ? Sum(own[11..15]) : 0;
            foreach (var process in Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(n => char.IsAsciiDigit(n![0])))
            {
                if (Stat(process!) is { } stat && stat[1] == postmaster)
                    ticks += Sum(stat[11..13]);
            }

            return TimeSpan.FromSeconds(ticks / TicksPerSecond);
        }
    }

    // From field 3 on: the second is the program's name, which may hold spaces.
    private static string[]? Stat(string process)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{process}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null; // it ended meanwhile
        }
    }

    private static double Sum(string[] ticks) => ticks.Sum(t => double.Parse(t, CultureInfo.InvariantCulture));

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}

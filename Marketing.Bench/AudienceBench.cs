using System.Diagnostics;
using Marketing.Bench.Processes;
using Npgsql;

namespace Marketing.Bench;

/// <summary>
/// The import of a file over HTTP against a bare COPY of the same people into the same table with its indexes, the memory of
/// the process that imports, and searches.
/// </summary>
internal static class AudienceBench
{
    // A checkpoint in the middle of one run and not of the other would be all the difference there is.
    private static readonly string[] CleanSql = ["TRUNCATE users CASCADE", "CHECKPOINT"];

    public static async Task RunAsync(BenchPostgres postgres, BenchArguments arguments, Report report, CancellationToken ct)
    {
        var count = arguments.Recipients ?? (arguments.Quick ? 20_000 : 1_000_000);
        var small = Math.Min(arguments.Quick ? 5_000 : 100_000, count);
        var rounds = arguments.Rounds ?? (arguments.Quick ? 2 : 5);
        var connectionString = await postgres.CreateDatabaseAsync("audience", ct);
        // Statements are prepared when they come again, as the app has it.
        await using var source = NpgsqlDataSource.Create($"{connectionString};Command Timeout=0;Max Auto Prepare=64");
        var folder = Directory.CreateTempSubdirectory("marketing-bench-");
        try
        {
            var (all, few, copy) = (Path.Combine(folder.FullName, "all.csv"), Path.Combine(folder.FullName, "few.csv"), Path.Combine(folder.FullName, "copy.csv"));
            await AudienceFile.WriteAsync(few, copy, small, ct);
            await AudienceFile.WriteAsync(all, copy, count, ct);
            report.Title("audience", $"import of {count:N0} people, {rounds} rounds");
            var peakOfFew = await PeakAsync(source, connectionString, few, small, ct);
            var (peakOfAll, rates) = await ImportAsync(source, connectionString, (few, small), (all, count), copy, rounds, report, ct);
            report.AtLeast("import / bare COPY", rates, 0.5);
            report.AtMost($"peak working set / at {small:N0} people", new("MB", peakOfAll / 1e6, peakOfFew / 1e6), 1.2);
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        // Searches take milliseconds, so that more rounds cost little.
        await UserSearches.RunAsync(source, count, arguments.Quick ? 1 : Math.Max(rounds, 9), report, ct);
    }

    /// <summary>The peak after importing a file twice in a process of its own: the first import compiles the code.</summary>
    private static async Task<long> PeakAsync(NpgsqlDataSource source, string connectionString, string file, int people, CancellationToken ct)
    {
        await using var host = await StartAsync(connectionString, ct);
        using var api = new MarketingApi(host, source);
        for (var n = 0; n < 2; n++)
        {
            await CleanAsync(source, ct);
            await ImportAsync(api, file, people, ct);
        }
        return host.PeakWorkingSet;
    }

    private static async Task<(long Peak, Figure Rates)> ImportAsync(
        NpgsqlDataSource source, string connectionString, (string File, int People) warmUp, (string File, int People) all, string copy,
        int rounds, Report report, CancellationToken ct)
    {
        await using var host = await StartAsync(connectionString, ct);
        using var api = new MarketingApi(host, source);
        await CleanAsync(source, ct);
        await ImportAsync(api, warmUp.File, warmUp.People, ct);
        var (imports, copies) = (new List<double>(), new List<double>());
        for (var round = 1; round <= rounds; round++)
        {
            // Each goes first every other time, and the import last of all: its people are searched afterwards.
            var isBareFirst = (rounds - round) % 2 == 0;
            var bare = isBareFirst ? await CopyAsync(source, copy, all.People, ct) : 0;
            await CleanAsync(source, ct);
            var import = await ImportAsync(api, all.File, all.People, ct);
            bare = isBareFirst ? bare : await CopyAsync(source, copy, all.People, ct);
            imports.Add(all.People / import);
            copies.Add(all.People / bare);
            report.Round(round, rounds, $"import {import:0.00} s ({all.People / import:0} rows/s), bare COPY {bare:0.00} s");
        }
        return (host.PeakWorkingSet, new("rows/s", imports, copies));
    }

    private static Task<ChildProcess> StartAsync(string connectionString, CancellationToken ct) => ChildProcess.StartAsync(
        Child.Sender, new("start", MarketingApi.Settings(connectionString, null, 1_000_000, null)), ct);

    private static async Task<double> ImportAsync(MarketingApi api, string file, int people, CancellationToken ct)
    {
        var watch = Stopwatch.StartNew();
        var inserted = await api.ImportAsync(file, ct);
        return inserted == people ? watch.Elapsed.TotalSeconds : throw new InvalidOperationException($"{inserted} of {people} people were imported");
    }

    private static async Task<double> CopyAsync(NpgsqlDataSource source, string file, int people, CancellationToken ct)
    {
        await CleanAsync(source, ct);
        var watch = Stopwatch.StartNew();
        await using var db = await source.OpenConnectionAsync(ct);
        await using (var copy = await db.BeginTextImportAsync(AudienceFile.CopySql, ct))
        {
            using var lines = new StreamReader(file);
            var block = new char[1 << 16];
            int read;
            while ((read = await lines.ReadAsync(block, ct)) > 0)
                await copy.WriteAsync(block.AsMemory(0, read), ct);
        }
        var seconds = watch.Elapsed.TotalSeconds;
        await using var rows = source.CreateCommand("SELECT count(*) FROM users");
        return (long)(await rows.ExecuteScalarAsync(ct))! == people ? seconds : throw new InvalidOperationException("the COPY is not whole");
    }

    private static async Task CleanAsync(NpgsqlDataSource source, CancellationToken ct)
    {
        foreach (var sql in CleanSql)
        {
            await using var command = source.CreateCommand(sql);
            await command.ExecuteNonQueryAsync(ct);
        }
    }
}

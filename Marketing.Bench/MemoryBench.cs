using Marketing.Bench.Processes;
using Npgsql;

namespace Marketing.Bench;

/// <summary>
/// Peak memory and cost per message of the sending process with a large audience, over those with 10,000 recipients. Telegram
/// answers at once and in the process here: a million real requests would take minutes and hide our own cost.
/// </summary>
internal static class MemoryBench
{
    private sealed record Result(double WorkingSet, double Managed, double OwnCpu, double Wall, Usage Usage);

    public static async Task RunAsync(BenchPostgres postgres, BenchArguments arguments, Report report, CancellationToken ct)
    {
        var large = arguments.Recipients ?? (arguments.Quick ? 5_000 : 1_000_000);
        var small = Math.Min(arguments.Quick ? 1_000 : 10_000, large);
        var rounds = arguments.Rounds ?? (arguments.Quick ? 1 : 10);
        var connectionString = await postgres.CreateDatabaseAsync("memory", ct);
        await using var source = NpgsqlDataSource.Create($"{connectionString};Command Timeout=0");
        var few = await Audience.CreateAsync(source, "few", 1_000_000_001, small, ct);
        var many = await Audience.CreateAsync(source, "many", 2_000_000_001, large, ct);

        report.Title("memory", $"{large:N0} recipients against {small:N0}, Telegram answered in the process (our own cost only)");
        // Each in a process of its own. Both warm up with the few, so that compiling is in neither's cost.
        var ofFew = await MeasureAsync(postgres, source, connectionString, few, few, rounds, report, ct);
        var ofMany = await MeasureAsync(postgres, source, connectionString, few, many, 1, report, ct);
        report.AtMost("peak working set", new("MiB", ofMany.WorkingSet, ofFew.WorkingSet), 1.2);
        report.AtMost("peak managed memory", new("MiB", ofMany.Managed, ofFew.Managed), 1.2);
        report.AtMost("CPU per message, sender and Postgres", new("us", ofMany.OwnCpu, ofFew.OwnCpu), 1.1);
        report.AtMost("time per message", new("us", ofMany.Wall, ofFew.Wall), 1.1);
    }

    private static async Task<Result> MeasureAsync(
        BenchPostgres postgres, NpgsqlDataSource source, string connectionString, Audience warmUp, Audience audience, int broadcasts,
        Report report, CancellationToken ct)
    {
        await using var sender = await ChildProcess.StartAsync(Child.Sender, new(
            "start", MarketingApi.Settings(connectionString, null, 1_000_000, null), InstantBot: true, RunTimers: true), ct);
        using var api = new MarketingApi(sender, source);
        await api.SendToEndAsync(await api.DraftAsync(warmUp.Region, ct), ct);

        var ids = new List<Guid>();
        var walls = new List<double>();
        var before = await Usage.ReadAsync(sender, postgres, null, ct);
        for (var n = 0; n < broadcasts; n++)
        {
            ids.Add(await api.DraftAsync(audience.Region, ct));
            await api.SendToEndAsync(ids[n], ct);
            walls.Add((await api.LedgerAsync([ids[n]], ct)).Seconds);
        }

        var usage = await Usage.ReadAsync(sender, postgres, null, ct) - before;
        var messages = audience.Count * broadcasts;
        (await api.LedgerAsync(ids, ct)).MustBeAllSent(messages);
        var result = new Result(
            sender.PeakWorkingSet / 1048576.0, (await sender.AskAsync(new("measure"), ct)).PeakManaged / 1048576.0,
            usage.OwnCpu(messages), walls.Median() * 1e6 / audience.Count, usage);
        report.Note($"{audience.Count:N0} recipients, {broadcasts} broadcast(s): peak {result.WorkingSet:0} MiB, managed {result.Managed:0.0} MiB; each message {result.Wall:0} us, {usage.PerMessage(messages)}");
        return result;
    }
}

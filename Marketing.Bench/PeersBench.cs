using Marketing.Bench.Processes;

namespace Marketing.Bench;

/// <summary>
/// The same messages to the same simulator by the ways that people use today, and by this project. What arrived is counted in the
/// simulator's own log.
/// </summary>
internal sealed class PeersBench(BenchPostgres postgres, BenchArguments arguments, Report report, string scripts, string folder)
{
    public const long FirstChat = 1_000_000_001;
    private const int AtMost = 5_000;
    private const string Token = "42:token-of-the-benchmarks";
    private const string Project = "this project";

    // The product's default for everybody. grammY's guide advises a few at once for the sake of Telegram's limits; its throttler
    // sees to these here, and more at once only makes it faster.
    private const int InFlight = 256;

    /// <param name="Rate">Messages a second that are enforced.</param>
    /// <param name="Killed">kill -9 when half of the messages have come, then started again.</param>
    private sealed record Scenario(string Name, int Messages, object Weather, double? Rate = null, bool Killed = false);

    /// <param name="Lost">Chats that got no message.</param>
    /// <param name="PerSecond">Chats that got their first message.</param>
    /// <param name="Megabytes">Of the process that was killed or of the one after it, whichever had more.</param>
    /// <param name="Unnoticed">Those of them of which the sender does not know.</param>
    private sealed record Row(string Sender, double PerSecond, int Refused, int Lost, int Unnoticed, int Duplicated, double Megabytes);

    public static async Task RunAsync(BenchPostgres postgres, BenchArguments arguments, Report report, CancellationToken ct)
    {
        // At 30/s these take three minutes, for all senders at once; a million would take nine hours.
        var count = Math.Min(arguments.Recipients ?? (arguments.Quick ? 400 : AtMost), AtMost);
        var capped = Math.Min(arguments.Quick ? 60 : AtMost, count);
        var latency = arguments.Latency ?? 0;
        Scenario[] scenarios =
        [
            new("no cap", count, new { latency_ms = latency }),
            new("30/s enforced", capped, new { latency_ms = latency, rate_limit = 30 }, Rate: 30),
            new("2% faults", count, new { latency_ms = latency, fault_5xx_percent = 1, fault_reset_percent = 1 }),
            new("kill -9 at half", count, new { latency_ms = latency }, Killed: true),
        ];
        report.Title("peers", $"{count:N0} messages ({capped:N0} at 30/s), {arguments.InFlight ?? InFlight} requests under way, Telegram answers in {latency} ms");
        var scripts = await PeerScripts.InstallAsync(report, ct);
        var folder = Directory.CreateTempSubdirectory("marketing-bench-");
        try
        {
            var bench = new PeersBench(postgres, arguments, report, scripts, folder.FullName);
            var table = new List<string[]>();
            foreach (var scenario in scenarios)
            {
                var rows = await bench.RunAsync(scenario, ct);
                bench.Judge(scenario, rows);
                table.AddRange(rows.Select(row => (string[])[
                    scenario.Name, row.Sender, Report.Number(row.PerSecond), Report.Number(row.Refused), Report.Number(row.Lost),
                    Report.Number(row.Unnoticed), Report.Number(row.Duplicated), Report.Number(row.Megabytes)]));
            }

            report.Table(["scenario", "sender", "messages/s", "429s", "lost", "unnoticed", "duplicated", "peak MB"], table);
            report.Note($"lost: chats that the message never reached; unnoticed: those of them of which the sender does not know");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private async Task<IReadOnlyList<Row>> RunAsync(Scenario scenario, CancellationToken ct)
    {
        var messages = Path.Combine(folder, $"{scenario.Name.Replace('/', ' ')}.ndjson");
        await File.WriteAllLinesAsync(messages, Enumerable.Range(0, scenario.Messages)
            .Select(n => BenchMessage.Json(FirstChat + n).ReplaceLineEndings("")), ct);
        Func<Task<Row>>[] runs =
        [
            () => RunAsync(scenario, "grammY", messages, job => PeerProgram.Script(Path.Combine(scripts, "grammy.mjs"), job), ct),
            () => RunAsync(scenario, "Telegraf", messages, job => PeerProgram.Script(Path.Combine(scripts, "telegraf.mjs"), job), ct),
            () => RunAsync(scenario, "ITelegramBotClient loop", messages, PeerProgram.PlainLoop, ct),
            () => RunProjectAsync(scenario, messages, ct),
        ];
        // At the enforced rate everybody mostly waits, each for a simulator of its own. A smoke run's figures mean little anyway.
        if (scenario.Rate is not null || arguments.Quick)
            return await Task.WhenAll(runs.Select(run => run()));
        var rows = new List<Row>();
        foreach (var run in runs)
            rows.Add(await run());
        return rows;
    }

    private Task<Row> RunAsync(Scenario scenario, string name, string messages, Func<PeerJob, IPeer> start, CancellationToken ct) =>
        MeasureAsync(scenario, name, messages, (_, job) => Task.FromResult(start(job)), ct);

    private async Task<Row> RunProjectAsync(Scenario scenario, string messages, CancellationToken ct)
    {
        ProjectPeer.Broadcast? broadcast = null;
        try
        {
            return await MeasureAsync(scenario, Project, messages, async (simulator, job) =>
            {
                broadcast ??= await ProjectPeer.Broadcast.MakeAsync(postgres, simulator, job, scenario.Messages, ct);
                return await ProjectPeer.StartAsync(broadcast, ct);
            }, ct);
        }
        finally
        {
            if (broadcast is not null)
                await broadcast.DisposeAsync();
        }
    }

    private async Task<Row> MeasureAsync(
        Scenario scenario, string name, string messages, Func<Uri, PeerJob, Task<IPeer>> startAsync, CancellationToken ct)
    {
        await using var simulator = await ChildProcess.StartAsync(Child.Simulator, new("start"), ct);
        using var log = new SimulatorLog(simulator.Address);
        await log.SetAsync(scenario.Weather, ct);
        var api = simulator.Address.GetLeftPart(UriPartial.Authority);
        var job = new PeerJob(api, Token, messages, $"{messages}.{name.Replace(' ', '-')}", scenario.Rate, arguments.InFlight ?? InFlight);
        var arrivals = new Arrivals(log);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var peak = 0L;
        if (scenario.Killed)
        {
            await using var victim = await startAsync(simulator.Address, job);
            using var killed = CancellationTokenSource.CreateLinkedTokenSource(ct);
            // One that ends by itself before that has failed, and says why.
            await await Task.WhenAny(arrivals.WatchAsync(scenario.Messages / 2, killed.Token), victim.EndAsync(killed.Token));
            await killed.CancelAsync();
            peak = await victim.KillAsync();
        }

        var watching = arrivals.WatchAsync(int.MaxValue, ended.Token);
        await using var peer = await startAsync(simulator.Address, job);
        var end = await peer.EndAsync(ct);
        await ended.CancelAsync();
        await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var tally = await log.TallyAsync(ct);
        var lost = Enumerable.Range(0, scenario.Messages).Select(n => FirstChat + n).Except(await log.ReachedAsync(ct)).ToList();
        var row = new Row(
            name, arrivals.PerSecond, tally.Refused, lost.Count, lost.Except(end.Failed).Count(), tally.Duplicates, Math.Max(peak, end.PeakMemory) / 1e6);
        report.Note($"{scenario.Name}, {name}: {row.PerSecond:0}/s, {row.Refused} times 429, {row.Lost} lost, {row.Duplicated} duplicated");
        return row;
    }

    private void Judge(Scenario scenario, IReadOnlyList<Row> rows)
    {
        foreach (var row in rows)
        {
            foreach (var (what, unit, value) in new (string, string, double)[]
            {
                ("rate", "messages/s", row.PerSecond), ("429s", "answers", row.Refused), ("lost", "chats", row.Lost), ("unnoticed", "chats", row.Unnoticed),
                ("duplicated", "chats", row.Duplicated), ("peak memory", "MB", row.Megabytes),
            })
                report.Keep($"{scenario.Name}, {row.Sender}, {what}", new(unit, value));
        }

        var own = rows.Single(row => row.Sender == Project);
        report.Tell($"{scenario.Name}: {Project} / the fastest other", new(
            "messages/s", own.PerSecond, rows.Where(row => row != own).Max(row => row.PerSecond)));
        report.AtMost($"{scenario.Name}: {Project}, duplicated", new("chats", own.Duplicated), 0);
        report.AtMost($"{scenario.Name}: {Project}, lost unnoticed", new("chats", own.Unnoticed), 0);
        if (scenario.Rate is not null)
            report.AtMost($"{scenario.Name}: {Project}, answers 429", new("answers", own.Refused), 0);
    }
}

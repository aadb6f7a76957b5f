using System.Diagnostics;
using Marketing.Bench.Processes;
using Npgsql;

namespace Marketing.Bench;

/// <summary>Messages a second of the engine, over bare loops that send the same messages to the same simulator and keep no record.</summary>
internal sealed class DeliveryBench(
    BenchPostgres postgres, Audience audience, ChildProcess sender, ChildProcess simulator, MarketingApi api, SimulatorLog log)
{
    private sealed record Run(double Seconds, double SendingSeconds, Usage Usage);

    private int Count => audience.Count;

    public static async Task RunAsync(BenchPostgres postgres, BenchArguments arguments, Report report, CancellationToken ct)
    {
        var count = arguments.Recipients ?? (arguments.Quick ? 1_000 : 50_000);
        var rounds = arguments.Rounds ?? (arguments.Quick ? 2 : 5);
        var connectionString = await postgres.CreateDatabaseAsync("delivery", ct);
        await using var source = NpgsqlDataSource.Create(connectionString);
        var audience = await Audience.CreateAsync(source, "all", 1_000_000_001, count, ct);
        await using var simulator = await ChildProcess.StartAsync(Child.Simulator, new("start"), ct);
        await using var sender = await ChildProcess.StartAsync(Child.Sender, new("start",
            MarketingApi.Settings(connectionString, simulator.Address, sendRate: 1_000_000, arguments.InFlight), RunTimers: true), ct);
        using var api = new MarketingApi(sender, source);
        using var log = new SimulatorLog(simulator.Address);

        var latency = arguments.Latency ?? 0;
        await log.SetAsync(new { latency_ms = latency }, ct);
        report.Title("delivery", $"{count:N0} recipients, {rounds} rounds, {sender.MaxInFlight} in flight, no rate cap, Telegram answers in {latency} ms");
        await new DeliveryBench(postgres, audience, sender, simulator, api, log).RunAsync(rounds, report, ct);
    }

    private async Task RunAsync(int rounds, Report report, CancellationToken ct)
    {
        await WarmUpAsync(ct);
        var bots = new List<Run>();
        var engines = new List<Run>();
        var https = new List<Run>();
        for (var round = 1; round <= rounds; round++)
        {
            bots.Add(await LoopAsync("bot_loop", ct));
            engines.Add(await EngineAsync(ct));
            https.Add(await LoopAsync("http_loop", ct));
            report.Round(round, rounds, $"engine {Count / engines[^1].Seconds:0}/s, bot loop {Count / bots[^1].Seconds:0}/s, HttpClient loop {Count / https[^1].Seconds:0}/s");
        }

        report.Note($"engine, each message:          {Middle(engines).Usage.PerMessage(Count)}");
        report.Note($"bot loop, each message:        {Middle(bots).Usage.PerMessage(Count)}");
        report.Note($"HttpClient loop, each message: {Middle(https).Usage.PerMessage(Count)}");
        report.AtLeast("engine / bot loop", Rates(engines, e => e.Seconds, bots), 0.8);
        report.Tell("engine / bot loop, from the first claim to the last outcome", Rates(engines, e => e.SendingSeconds, bots));
        report.Tell("engine / HttpClient loop", Rates(engines, e => e.Seconds, https));
        report.Tell("bot loop / HttpClient loop", Rates(bots, b => b.Seconds, https));
    }

    private Figure Rates(List<Run> runs, Func<Run, double> seconds, List<Run> baselines) =>
        new("messages/s", [.. runs.Select(r => Count / seconds(r))], [.. baselines.Select(b => Count / b.Seconds)]);

    private static Run Middle(List<Run> runs) => runs.OrderBy(r => r.Seconds).ElementAt(runs.Count / 2);

    // Compiled code and warm connections, and a look at whether the loops send what the engine sends.
    private async Task WarmUpAsync(CancellationToken ct)
    {
        await EngineAsync(ct);
        var engines = await log.MessageAsync(audience.First, ct);
        foreach (var loop in new[] { "bot_loop", "http_loop" })
        {
            await LoopAsync(loop, ct);
            if (await log.MessageAsync(audience.First, ct) is var loops && loops != engines)
                throw new InvalidOperationException($"{loop} sends another message than the engine: {loops} against {engines}");
        }
    }

    private async Task<Run> EngineAsync(CancellationToken ct)
    {
        await log.ClearAsync(ct);
        var broadcast = await api.DraftAsync(audience.Region, ct);
        var before = await Usage.ReadAsync(sender, postgres, simulator, ct);
        var watch = Stopwatch.StartNew();
        await api.SendToEndAsync(broadcast, ct);
        var seconds = watch.Elapsed.TotalSeconds;
        var usage = await Usage.ReadAsync(sender, postgres, simulator, ct) - before;
        var ledger = await api.LedgerAsync([broadcast], ct);
        ledger.MustBeAllSent(Count);
        await log.MustBeAsync(Count, ct);
        return new Run(seconds, ledger.Seconds, usage);
    }

    private async Task<Run> LoopAsync(string loop, CancellationToken ct)
    {
        await log.ClearAsync(ct);
        var before = await Usage.ReadAsync(sender, postgres, simulator, ct);
        var seconds = (await sender.AskAsync(new(loop, First: audience.First, Count: Count), ct)).Seconds;
        var usage = await Usage.ReadAsync(sender, postgres, simulator, ct) - before;
        await log.MustBeAsync(Count, ct);
        return new Run(seconds, seconds, usage);
    }
}

using System.Diagnostics;
using System.Globalization;

namespace Marketing.Bench.Chaos;

/// <summary>Everything at once while everything fails; then clear weather, and what DESIGN's section 8 promises is counted.</summary>
internal static class Soak
{
    private static readonly TimeSpan ProgressPeriod = TimeSpan.FromSeconds(10);

    public static async Task<ChaosReport> RunAsync(ChaosArguments arguments, TextWriter output, CancellationToken ct)
    {
        await output.WriteLineAsync(Invariant($"Chaos for {arguments.Minutes} min with --seed {arguments.Seed}"));
        var watch = Stopwatch.StartNew();
        await using var world = await ChaosWorld.StartAsync(ct);
        using var api = new ChaosApi(world);
        var disasters = new Disasters(world, api, arguments);
        await disasters.BeginAsync(ct);
        var cast = await Cast.AssembleAsync(world, api, arguments.Seed, ct);

        using var storm = CancellationTokenSource.CreateLinkedTokenSource(ct);
        storm.CancelAfter(TimeSpan.FromMinutes(arguments.Minutes));
        using var progress = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var lines = new ProgressLines(world, disasters, output, watch).RunAsync(ProgressPeriod, progress.Token);
        await Task.WhenAll([disasters.RunAsync(storm.Token, ct), .. cast.Run(storm.Token, ct)]);
        var drain = new Drain(world, api, cast, disasters);
        var left = await drain.RunAsync(ct);
        await progress.CancelAsync();
        await lines;

        var verdicts = await Invariants.CheckAsync(world, api, left, ct);
        return new ChaosReport(arguments, watch.Elapsed, world, verdicts);
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

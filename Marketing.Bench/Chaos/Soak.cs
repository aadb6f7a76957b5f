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
        var actors = cast.Actors(storm.Token, ct).Prepend(("disasters", () => disasters.RunAsync(storm.Token, ct)));
        await Task.WhenAll(actors.Select(a => ActAsync(world, a.Item1, a.Item2, storm, ct)));
        IReadOnlyList<string> left = ["the drain"];
        await ActAsync(world, "the drain", async () =>
        {
            world.Telegram.Settings = new(); // should the weather not have cleared
            await disasters.RepairAsync();
            left = await new Drain(world, api, cast, disasters).RunAsync(ct);
        }, storm, ct);
        await progress.CancelAsync();
        await lines;

        var verdicts = await Invariants.CheckAsync(world, api, left, ct);
        return new ChaosReport(arguments, watch.Elapsed, world, verdicts);
    }

    /// <summary>A promise that somebody finds broken ends the storm, and is told with the others: by then there is much to look at.</summary>
    private static async Task ActAsync(ChaosWorld world, string who, Func<Task> act, CancellationTokenSource storm, CancellationToken ct)
    {
        try
        {
            await act();
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // Whatever it was: a soak that only says what an actor stumbled over says too little.
            world.Log.Broken.Add($"{who}: {(e is InvalidOperationException ? e.Message : e)}");
            await storm.CancelAsync();
        }
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

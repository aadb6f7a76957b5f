using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;
using Perfolizer.Mathematics.OutlierDetection;

namespace Marketing.Bench;

/// <summary>
/// What each message, click and update costs before any database: the parts of <see cref="PureParts"/>, each against the bare
/// operation beneath it, timed by BenchmarkDotNet.
/// </summary>
internal static class PureBench
{
    // Nine benchmarks of 21 short iterations each, about half a minute together; in this process, because the generated projects
    // of the default toolchain would each build the whole product.
    private static readonly Job Full = Job.Default.WithWarmupCount(6).WithIterationCount(15).WithIterationTime(TimeInterval.FromMilliseconds(100));
    private static readonly Job Quick = Job.Default.WithWarmupCount(3).WithIterationCount(5).WithIterationTime(TimeInterval.FromMilliseconds(25));

    // The most that a part may take, in times of what it is compared with: about twice what it took when this was written.
    private static readonly (string Name, string Part, string Bare, double AtMost)[] Pairs =
    [
        ("render a message / string.Replace", nameof(PureParts.Render), nameof(PureParts.Replace), 20),
        ("compile a cohort / parse its JSON", nameof(PureParts.CompileCohort), nameof(PureParts.ParseCohortJson), 25),
        ("sign a link's token / bare HMAC", nameof(PureParts.SignToken), nameof(PureParts.Hmac), 2),
        ("read a link's token / bare HMAC", nameof(PureParts.ReadToken), nameof(PureParts.Hmac), 2),
        ("parse an update / JsonDocument.Parse", nameof(PureParts.ParseUpdate), nameof(PureParts.ParseUpdateJson), 5),
    ];

    public static Task RunAsync(BenchPostgres postgres, BenchArguments arguments, Report report, CancellationToken ct)
    {
        var job = arguments.Quick ? Quick : Full;
        if (arguments.Rounds is { } rounds)
            job = job.WithIterationCount(rounds);
        report.Title("render", $"pure parts by BenchmarkDotNet, {Pairs.Length} pairs, {job.Run.IterationCount} iterations each");
        var artifacts = Directory.CreateTempSubdirectory("marketing-bench-");
        var config = ManualConfig.CreateEmpty()
            .AddJob(job.WithToolchain(InProcessEmitToolchain.Instance)
                // All of them: a part's and its bare operation's are compared one by one.
                .WithOutlierMode(OutlierMode.DontRemove))
            .AddLogger(NullLogger.Instance)
            .WithArtifactsPath(artifacts.FullName);
        Summary summary;
        try
        {
            summary = BenchmarkRunner.Run<PureParts>(config);
        }
        finally
        {
            artifacts.Delete(recursive: true);
        }

        if (summary.HasCriticalValidationErrors)
            throw new InvalidOperationException(string.Join(Environment.NewLine, summary.ValidationErrors.Select(e => e.Message)));
        ct.ThrowIfCancellationRequested();
        foreach (var (name, part, bare, most) in Pairs)
            report.AtMost(name, new("ns", Nanoseconds(summary, part), Nanoseconds(summary, bare)), most);
        return Task.CompletedTask;
    }

    private static IReadOnlyList<double> Nanoseconds(Summary summary, string method) =>
        summary.Reports.FirstOrDefault(r => r.BenchmarkCase.Descriptor.WorkloadMethod.Name == method)?.ResultStatistics?.OriginalValues
        ?? throw new InvalidOperationException($"BenchmarkDotNet has no result for {method}");
}

namespace Marketing.Bench;

internal sealed record Benchmark(string Name, Func<BenchPostgres, BenchArguments, Report, CancellationToken, Task> RunAsync)
{
    /// <summary>In the order in which all of them run.</summary>
    public static IReadOnlyList<Benchmark> All { get; } =
    [
        new("delivery", DeliveryBench.RunAsync),
        new("plan", PlanBench.RunAsync),
        new("audience", AudienceBench.RunAsync),
        new("cohorts", CohortBench.RunAsync),
        new("webhook", WebhookBench.RunAsync),
        new("clicks", ClickBench.RunAsync),
        new("analytics", AnalyticsBench.RunAsync),
        new("render", PureBench.RunAsync),
        new("rate", RateBench.RunAsync),
        new("memory", MemoryBench.RunAsync),
        new("peers", PeersBench.RunAsync),
    ];
}

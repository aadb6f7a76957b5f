namespace Marketing.Bench;

/// <param name="HasOneRound">Whatever --rounds says: it goes on for a given time, or compares many senders.</param>
internal sealed record Benchmark(string Name, Func<BenchPostgres, BenchArguments, Report, CancellationToken, Task> RunAsync, bool HasOneRound = false)
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
        new("rate", RateBench.RunAsync, HasOneRound: true),
        new("memory", MemoryBench.RunAsync),
        new("peers", PeersBench.RunAsync, HasOneRound: true),
    ];
}

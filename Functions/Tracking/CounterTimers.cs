using Marketing.Core;
using Marketing.Core.Analytics;
using Microsoft.Azure.Functions.Worker;

namespace Marketing.Functions.Tracking;

public sealed class CounterTimers(CounterRepository counters, MarketingTelemetry telemetry)
{
    /// <summary>Adds what was counted since to the counters. Numbers are right without it too, but reading them takes longer and longer.</summary>
    [Function(nameof(FoldCounters))]
    public async Task FoldCounters([TimerTrigger("*/5 * * * * *")] TimerInfo timer, CancellationToken ct) =>
        telemetry.CountersFolded(await counters.FoldAsync(ct));
}

using System.Diagnostics;
using System.Diagnostics.Metrics;
using Marketing.Core.Delivery;

namespace Marketing.Core;

/// <summary>
/// What the app measures of itself: the meter and the activity source, both named Marketing. The instruments' names are part
/// of the contract: infra's alerts ask for them.
/// </summary>
public sealed class MarketingTelemetry
{
    public const string Name = "Marketing";

    /// <summary>Activities of a batch, its windows and their claims and records; the HTTP requests to Telegram are HttpClient's own.</summary>
    public static readonly ActivitySource Activities = new(Name);

    // OpenTelemetry's default buckets are made for milliseconds.
    private static readonly InstrumentAdvice<double> Waits = new() { HistogramBucketBoundaries = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600] };
    private static readonly InstrumentAdvice<double> Batches = new() { HistogramBucketBoundaries = [0.5, 1, 2.5, 5, 10, 15, 30, 60, 120, 180, 240, 300, 600] };

    // Only the worker that runs the timers reads these. When the timers move to another, the last value here is no news.
    private static readonly TimeSpan GaugeLife = TimeSpan.FromMinutes(3);

    private readonly Counter<long> sent, failed, blocked, skipped, uncertain, rateLimited, clicks;
    private readonly Histogram<double> laneWait, batchDuration, webhookLag;
    private readonly Reading pending, stuck, unfolded;

    public MarketingTelemetry(IMeterFactory meters, TimeProvider clock)
    {
        var meter = meters.Create(Name); // the factory disposes it
        sent = meter.CreateCounter<long>("marketing.messages.sent", "{message}", "Messages that Telegram accepted.");
        failed = meter.CreateCounter<long>("marketing.messages.failed", "{message}", "Messages that will never go, by reason.");
        blocked = meter.CreateCounter<long>("marketing.messages.blocked", "{message}", "Messages to people who blocked the bot or are gone.");
        skipped = meter.CreateCounter<long>("marketing.messages.skipped", "{message}", "Messages not sent because the person could not be reached any more.");
        uncertain = meter.CreateCounter<long>("marketing.messages.uncertain", "{message}", "Messages that may or may not have arrived.");
        rateLimited = meter.CreateCounter<long>("marketing.telegram.rate_limited", "{response}", "Answers 429 of Telegram, to any request of the bot.");
        clicks = meter.CreateCounter<long>("marketing.clicks", "{click}", "Presses that count, repeated ones included, by kind of button.");
        laneWait = meter.CreateHistogram("marketing.lane.wait", "s", "Time a window of messages waited for its send slots.", advice: Waits);
        batchDuration = meter.CreateHistogram("marketing.batch.duration", "s", "Time to send one batch.", advice: Batches);
        webhookLag = meter.CreateHistogram("marketing.webhook.lag", "s", "From Telegram's date of an update to its handling, for updates that have one.", advice: Waits);
        pending = new Reading(clock);
        stuck = new Reading(clock);
        unfolded = new Reading(clock);
        meter.CreateObservableGauge("marketing.webhook.pending", pending.Observe, "{update}", "Updates that Telegram has not delivered yet.");
        meter.CreateObservableGauge("marketing.broadcasts.stuck", stuck.Observe, "{broadcast}", "Broadcasts that are sending and recorded nothing for 5 minutes.");
        meter.CreateObservableGauge("marketing.counters.unfolded", unfolded.Observe, "{row}", "Rows that waited to be added to the counters.");
    }

    /// <summary>The outcomes of one claim, in the ledger's words; a row that waits again is none.</summary>
    public void Recorded(IReadOnlyList<DeliveryOutcome> outcomes)
    {
        foreach (var outcome in outcomes)
        {
            switch (outcome.State)
            {
                case DeliveryState.Sent: sent.Add(1); break;
                case DeliveryState.Failed: failed.Add(1, KeyValuePair.Create("reason", (object?)FailureReason.Of(outcome.Reason))); break;
                case DeliveryState.Blocked: blocked.Add(1); break;
                case DeliveryState.Uncertain: uncertain.Add(1); break;
            }
        }
    }

    /// <summary>The rows of a claim, those among them that were skipped by it.</summary>
    public void Claimed(IReadOnlyList<ClaimedDelivery> rows) => Add(skipped, rows.Count(row => row.State == DeliveryState.Skipped));

    /// <summary>Claims of a worker that is gone, given up as uncertain.</summary>
    public void GaveUp(int claims) => Add(uncertain, claims);

    public void RateLimited() => rateLimited.Add(1);

    /// <param name="kind">callback or link.</param>
    public void Clicked(string kind) => clicks.Add(1, KeyValuePair.Create("kind", (object?)kind));

    public void WaitedForLane(TimeSpan wait) => laneWait.Record(wait.TotalSeconds);

    public void BatchSent(TimeSpan duration) => batchDuration.Record(duration.TotalSeconds);

    /// <summary>Telegram's clock may be ahead of ours.</summary>
    public void UpdateHandled(TimeSpan lag) => webhookLag.Record(Math.Max(0, lag.TotalSeconds));

    public void WebhookPending(int updates) => pending.Set(updates);

    public void BroadcastsStuck(int broadcasts) => stuck.Set(broadcasts);

    /// <param name="rows">All that waited until then.</param>
    public void CountersFolded(int rows) => unfolded.Set(rows);

    // An alert asks whether there were any; a zero would make a series of it.
    private static void Add(Counter<long> counter, int count)
    {
        if (count > 0)
            counter.Add(count);
    }

    /// <summary>A value that somebody else sets now and then; it is not reported before the first time nor when it is old.</summary>
    private sealed class Reading(TimeProvider clock)
    {
        private volatile Measured? last;

        public void Set(int value) => last = new Measured(value, clock.GetTimestamp());

        public IEnumerable<Measurement<int>> Observe() =>
            last is { } now && clock.GetElapsedTime(now.At) < GaugeLife ? [new Measurement<int>(now.Value)] : [];

        private sealed record Measured(int Value, long At);
    }
}

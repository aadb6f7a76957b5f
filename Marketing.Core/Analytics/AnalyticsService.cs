using Marketing.Core.Broadcasts;

namespace Marketing.Core.Analytics;

public sealed class AnalyticsService(BroadcastRepository broadcasts, StatsRepository stats, TimeProvider clock)
{
    private static readonly TimeSpan DefaultPeriod = TimeSpan.FromDays(30);

    /// <summary>All zero before its sending has begun.</summary>
    public async Task<BroadcastStats> StatsAsync(Guid broadcastId, CancellationToken ct)
    {
        if ((await stats.ForAsync([broadcastId], ct)).TryGetValue(broadcastId, out var found))
            return found;
        return await broadcasts.GetAsync(broadcastId, ct) is null
            ? throw new NotFoundException($"There is no broadcast {broadcastId}.") : BroadcastStats.None;
    }

    /// <summary>The last 30 days unless said otherwise.</summary>
    public async Task<AnalyticsOverview> OverviewAsync(DateTimeOffset? from, DateTimeOffset? to, CancellationToken ct)
    {
        var end = to ?? clock.GetUtcNow();
        if (end - DateTimeOffset.MinValue < DefaultPeriod)
            throw new InvalidException("/to", "is too long ago");
        var start = from ?? end - DefaultPeriod;
        if (start >= end)
            throw new InvalidException("/from", "must be before to");
        var begun = await broadcasts.ListBegunAsync(start, end, ct);
        var numbers = await stats.ForAsync([.. begun.Select(b => b.Id)], ct);
        return new AnalyticsOverview(
            start, end, BroadcastStats.Total(numbers.Values),
            [.. begun.Select(b => new AnalyticsRow(b.Id, b.Title, b.Status, b.SentAt, numbers[b.Id]))]);
    }
}

using Marketing.Core.Broadcasts;
using Marketing.Core.Data;
using Npgsql;

namespace Marketing.Core.Analytics;

public sealed class AnalyticsService(
    NpgsqlDataSource source, BroadcastRepository broadcasts, StatsRepository stats, SegmentRepository segments, OverviewRepository overviews,
    CounterRepository counters, TimeProvider clock)
{
    private static readonly TimeSpan DefaultPeriod = TimeSpan.FromDays(30);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    /// <summary>All zero before its sending has begun.</summary>
    public async Task<BroadcastStats> StatsAsync(Guid id, CancellationToken ct)
    {
        if ((await stats.ForAsync([id], ct)).TryGetValue(id, out var found))
            return found;
        await GetAsync(id, ct);
        return BroadcastStats.None;
    }

    public async Task<SegmentsOfBroadcast> SegmentsAsync(Guid id, SegmentBy by, CancellationToken ct)
    {
        await GetAsync(id, ct);
        return new SegmentsOfBroadcast(by, await segments.ForAsync(id, by, ct));
    }

    /// <summary>From its first event to its last, in UTC, and in a unit that fits, unless said otherwise.</summary>
    public async Task<BroadcastSeries> SeriesAsync(
        Guid id, SeriesUnit? unit, string? timeZone, DateTimeOffset? from, DateTimeOffset? to, CancellationToken ct)
    {
        var zone = SeriesRules.Zone(timeZone);
        if (from >= to)
            throw new InvalidException("/from", "must be before to");
        await GetAsync(id, ct);
        return await source.ReadAsync(async db =>
        {
            var span = from is null || to is null ? await SeriesReader.SpanAsync(db, id, ct) : null;
            var begin = Floor(from ?? span?.From ?? to ?? clock.GetUtcNow(), Minute);
            var end = Ceiling(to ?? span?.To ?? begin, Minute);
            end = end < begin ? begin : end; // when all that happened was before the one that was given
            begin = from is null && begin > end ? end : begin;
            var points = unit ?? SeriesRules.UnitFor(end - begin);
            return new BroadcastSeries(points, zone, begin, end, await SeriesReader.OfBroadcastAsync(db, id, points, zone, begin, end, ct));
        }, ct);
    }

    public async Task<BroadcastComparison> CompareAsync(Guid a, Guid b, CancellationToken ct)
    {
        var (first, second) = (await GetAsync(a, ct), await GetAsync(b, ct));
        var found = await stats.ForAsync([a, b], ct);
        var (ofA, ofB) = (Row(first), Row(second));
        return new BroadcastComparison(ofA, ofB, Comparison.Of(ofA.Stats, ofB.Stats));

        AnalyticsRow Row(Broadcast of) => new(of.Id, of.Title, of.Status, of.SentAt, found.GetValueOrDefault(of.Id, BroadcastStats.None));
    }

    public async Task<AnalyticsOverview> OverviewAsync(OverviewQuery query, CancellationToken ct)
    {
        var zone = SeriesRules.Zone(query.TimeZone);
        var end = query.To ?? clock.GetUtcNow();
        var start = query.From ?? end - DefaultPeriod;
        if (start >= end)
            throw new InvalidException("/from", "must be before to");
        var unit = query.Unit ?? (SeriesRules.UnitFor(end - start) == SeriesUnit.Day ? SeriesUnit.Day : SeriesUnit.Hour);
        return await overviews.ReadAsync(query with { From = start, To = end, Unit = unit }, zone, ct);
    }

    /// <exception cref="ConflictException">Its ledger was deleted, so there is nothing to count.</exception>
    public async Task<Recounted> RecountAsync(Guid id, CancellationToken ct)
    {
        await GetAsync(id, ct);
        var repaired = await counters.RecountAsync(id, ct)
            ?? throw new ConflictException("The broadcast's ledger was deleted, so its numbers cannot be counted again; they stay as they are.");
        return new Recounted(await StatsAsync(id, ct), repaired);
    }

    private async Task<Broadcast> GetAsync(Guid id, CancellationToken ct) =>
        await broadcasts.GetAsync(id, ct) ?? throw new NotFoundException($"There is no broadcast {id}.");

    private static DateTimeOffset Floor(DateTimeOffset time, TimeSpan step) => time.AddTicks(-(time.UtcTicks % step.Ticks));

    private static DateTimeOffset Ceiling(DateTimeOffset time, TimeSpan step) =>
        time.UtcTicks % step.Ticks == 0 ? time : Floor(time, step) + step;
}

using Marketing.Core;
using Marketing.Core.Access;
using Marketing.Core.Analytics;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Marketing.Functions.Admin;

public sealed class AnalyticsFunctions(AdminRequests admin, AnalyticsService analytics)
{
    [Function(nameof(GetBroadcastStats))]
    public Task<IResult> GetBroadcastStats(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/admin/broadcasts/{id}/stats")] HttpRequest request, string id, CancellationToken ct) =>
        admin.HandleAsync(request, Permission.View, async _ =>
            AdminRequests.Ok(await analytics.StatsAsync(AdminRequests.Id(id), ct)), ct);

    [Function(nameof(GetBroadcastSegments))]
    public Task<IResult> GetBroadcastSegments(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/admin/broadcasts/{id}/stats/segments")] HttpRequest request, string id, CancellationToken ct) =>
        admin.HandleAsync(request, new(Permission.View) { Query = ["by"] }, async _ => AdminRequests.Ok(await analytics.SegmentsAsync(
            AdminRequests.Id(id), AdminRequests.Choice<SegmentBy>(request, "by") ?? throw new InvalidException("/by", "is missing; one of user_tier, region, language"), ct)), ct);

    [Function(nameof(GetBroadcastSeries))]
    public Task<IResult> GetBroadcastSeries(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/admin/broadcasts/{id}/stats/series")] HttpRequest request, string id, CancellationToken ct) =>
        admin.HandleAsync(request, new(Permission.View) { Query = ["unit", "time_zone", "from", "to"] }, async _ => AdminRequests.Ok(await analytics.SeriesAsync(
            AdminRequests.Id(id), AdminRequests.Choice<SeriesUnit>(request, "unit"), AdminRequests.Text(request, "time_zone"),
            AdminRequests.Time(request, "from"), AdminRequests.Time(request, "to"), ct)), ct);

    [Function(nameof(CompareBroadcasts))]
    public Task<IResult> CompareBroadcasts(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/admin/broadcasts/compare")] HttpRequest request, CancellationToken ct) =>
        admin.HandleAsync(request, new(Permission.View) { Query = ["a", "b"] }, async _ => AdminRequests.Ok(await analytics.CompareAsync(
            AdminRequests.Id(request.Query["a"].ToString(), "/a"), AdminRequests.Id(request.Query["b"].ToString(), "/b"), ct)), ct);

    [Function(nameof(GetAnalytics))]
    public Task<IResult> GetAnalytics(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/admin/broadcasts/analytics")] HttpRequest request, CancellationToken ct) =>
        admin.HandleAsync(request, new(Permission.View) { Query = ["from", "to", "unit", "time_zone", "best_by", "limit", "cursor"] }, async _ =>
        {
            var unit = AdminRequests.Choice<SeriesUnit>(request, "unit");
            if (unit == SeriesUnit.Minute)
                throw new InvalidException("/unit", "must be hour or day");
            return AdminRequests.Ok(await analytics.OverviewAsync(new OverviewQuery(
                AdminRequests.Time(request, "from"), AdminRequests.Time(request, "to"), unit, AdminRequests.Text(request, "time_zone"),
                AdminRequests.Choice<BestBy>(request, "best_by"), AdminRequests.Limit(request, OverviewQuery.DefaultLimit, OverviewQuery.MostLimit),
                AdminRequests.Text(request, "cursor")), ct));
        }, ct);

    [Function(nameof(RecountBroadcast))]
    public Task<IResult> RecountBroadcast(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/admin/broadcasts/{id}/recount")] HttpRequest request, string id, CancellationToken ct) =>
        admin.HandleAsync(request, new(Permission.Edit, "broadcast.recount"), async _ =>
            AdminRequests.Ok(await analytics.RecountAsync(AdminRequests.Id(id), ct)), ct);
}

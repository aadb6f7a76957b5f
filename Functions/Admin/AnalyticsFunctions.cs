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

    [Function(nameof(GetAnalytics))]
    public Task<IResult> GetAnalytics(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/admin/broadcasts/analytics")] HttpRequest request, CancellationToken ct) =>
        admin.HandleAsync(request, new(Permission.View) { Query = ["from", "to"] }, async _ => AdminRequests.Ok(
            await analytics.OverviewAsync(AdminRequests.Time(request, "from"), AdminRequests.Time(request, "to"), ct)), ct);
}

using System.Globalization;
using Marketing.Core;
using Marketing.Core.Access;
using Marketing.Core.Broadcasts;
using Marketing.Core.Delivery;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Marketing.Functions.Admin;

public sealed class LedgerFunctions(AdminRequests admin, BroadcastService broadcasts, LedgerRepository ledger)
{
    [Function(nameof(ListDeliveries))]
    public Task<IResult> ListDeliveries(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/admin/broadcasts/{id}/deliveries")] HttpRequest request, string id, CancellationToken ct) =>
        admin.HandleAsync(request, new(Permission.View) { Query = ["state", "limit", "cursor"] }, async _ =>
        {
            var broadcast = await broadcasts.GetAsync(AdminRequests.Id(id), ct);
            var state = AdminRequests.Choice<DeliveryState>(request, "state");
            if (request.Headers.Accept.ToString().Contains("text/csv", StringComparison.OrdinalIgnoreCase))
                return Results.Stream(
                    stream => LedgerCsv.WriteAsync(ledger.StreamAsync(broadcast.Id, state, ct), stream, ct),
                    "text/csv; charset=utf-8", $"deliveries-{broadcast.Id}.csv");

            var limit = AdminRequests.Limit(request, 100, 1000);
            var rows = await ledger.PageAsync(broadcast.Id, state, After(request), limit + 1, ct);
            var page = rows.Take(limit).ToList();
            return AdminRequests.Ok(new Page<DeliveryRow>(
                page, rows.Count > limit ? page[^1].Seq.ToString(CultureInfo.InvariantCulture) : null));
        }, ct);

    // The cursor is the last seq seen.
    private static int After(HttpRequest request) => request.Query["cursor"].ToString() switch
    {
        "" => -1,
        var text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seq)
            ? seq : throw new InvalidException("/cursor", "is not a cursor of this list"),
    };
}

using Marketing.Core;
using Marketing.Core.Data;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Marketing.Functions;

public sealed class HealthFunctions(Readiness readiness)
{
    /// <summary>Liveness: the process answers. It asks nothing of the database.</summary>
    [Function(nameof(GetHealth))]
    public IResult GetHealth([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health")] HttpRequest request) =>
        Results.Json(new { status = "ok" });

    /// <summary>Readiness: what the app needs answers too. 503 takes the instance out of rotation; it is no reason to restart it.</summary>
    [Function(nameof(GetReadiness))]
    public async Task<IResult> GetReadiness(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health/ready")] HttpRequest request, CancellationToken ct)
    {
        var report = await readiness.CheckAsync(ct);
        request.HttpContext.Response.Headers.CacheControl = "no-store";
        return Results.Json(report, Json.Options, statusCode: report.Ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }
}

using Marketing.Core;
using Marketing.Core.Data;
using Marketing.Functions.Admin;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace Marketing.Functions;

public sealed class HealthFunctions(Readiness readiness, ILogger<HealthFunctions> logger)
{
    /// <summary>Liveness: the process answers. It asks nothing of the database.</summary>
    [Function(nameof(GetHealth))]
    public Task<IResult> GetHealth([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health")] HttpRequest request) =>
        ProblemResults.GuardAsync(request, logger, () => Task.FromResult(Results.Json(new { status = "ok" })));

    /// <summary>Readiness: what the app needs answers too. 503 takes the instance out of rotation; it is no reason to restart it.</summary>
    [Function(nameof(GetReadiness))]
    public Task<IResult> GetReadiness(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health/ready")] HttpRequest request, CancellationToken ct) =>
        ProblemResults.GuardAsync(request, logger, async () =>
        {
            var report = await readiness.CheckAsync(ct);
            request.HttpContext.Response.Headers.CacheControl = "no-store";
            return Results.Json(report, Json.Options, statusCode: report.Ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
        });
}

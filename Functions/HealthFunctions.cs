using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Marketing.Functions;

public sealed class HealthFunctions
{
    /// <summary>Liveness: the process answers. It asks nothing of the database.</summary>
    [Function(nameof(GetHealth))]
    public IResult GetHealth([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health")] HttpRequest request) =>
        Results.Json(new { status = "ok" });
}

using Marketing.Functions.Admin;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace Marketing.Functions;

public sealed class OpenApiFunctions(ILogger<OpenApiFunctions> logger)
{
    private const string Name = "openapi.yaml";

    /// <summary>docs/openapi.yaml of the version that runs.</summary>
    [Function(nameof(GetOpenApi))]
    public Task<IResult> GetOpenApi([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Name)] HttpRequest request) =>
        ProblemResults.GuardAsync(request, logger, () => Task.FromResult(
            Results.Stream(typeof(OpenApiFunctions).Assembly.GetManifestResourceStream(Name)!, "application/yaml"))); // RFC 9512
}

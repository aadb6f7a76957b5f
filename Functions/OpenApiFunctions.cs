using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Marketing.Functions;

public sealed class OpenApiFunctions
{
    private const string Name = "openapi.yaml";

    /// <summary>docs/openapi.yaml of the version that runs.</summary>
    [Function(nameof(GetOpenApi))]
    public IResult GetOpenApi([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Name)] HttpRequest request) =>
        Results.Stream(typeof(OpenApiFunctions).Assembly.GetManifestResourceStream(Name)!, "application/yaml"); // RFC 9512
}

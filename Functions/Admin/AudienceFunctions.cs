using Marketing.Core;
using Marketing.Core.Access;
using Marketing.Core.Audience;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Marketing.Functions.Admin;

public sealed class AudienceFunctions(AdminRequests admin, AudienceImporter importer)
{
    [Function(nameof(ImportAudience))]
    public Task<IResult> ImportAudience(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/admin/audience/import")] HttpRequest request, CancellationToken ct) =>
        admin.HandleAsync(request, Permission.ManageAudience, async _ =>
            AdminRequests.Ok(await importer.ImportAsync(request.Body, Format(request), ct)), ct);

    private static ImportFormat Format(HttpRequest request) => request.ContentType?.Split(';')[0].Trim().ToLowerInvariant() switch
    {
        "text/csv" => ImportFormat.Csv,
        "application/x-ndjson" => ImportFormat.Ndjson,
        null or "" => throw new UnsupportedMediaTypeException("Content-Type is missing; send text/csv or application/x-ndjson."),
        var other => throw new UnsupportedMediaTypeException($"Content-Type is {other}; send text/csv or application/x-ndjson."),
    };
}

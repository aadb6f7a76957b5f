using Marketing.Core;
using Marketing.Core.Access;
using Marketing.Core.Audience;
using Marketing.Core.Cohorts;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Marketing.Functions.Admin;

public sealed class AudienceFunctions(AdminRequests admin, AudienceImporter importer, AudienceExport export, CohortService cohorts)
{
    private const string Csv = "text/csv";
    private const string Ndjson = "application/x-ndjson";

    [Function(nameof(ImportAudience))]
    public Task<IResult> ImportAudience(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/admin/audience/import")] HttpRequest request, CancellationToken ct) =>
        admin.HandleAsync(request, new(Permission.ManageAudience, "audience.import") { Query = ["dry_run"] }, async _ =>
        {
            var dryRun = AdminRequests.Flag(request, "dry_run");
            var result = await importer.ImportAsync(request.Body, Format(request), dryRun, ct);
            AuditTrail.Note(request, new { result.Inserted, result.Updated, result.RejectedTotal, DryRun = dryRun });
            return AdminRequests.Ok(result);
        }, ct);

    [Function(nameof(ExportAudience))]
    public Task<IResult> ExportAudience(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/admin/audience/export")] HttpRequest request, CancellationToken ct) =>
        admin.HandleAsync(request, new(Permission.ManageAudience, "audience.export") { Query = ["cohort_id", "cohort_query"] }, async _ =>
        {
            var people = export.StreamAsync(await CohortAsync(request, ct), ct);
            return request.Headers.Accept.ToString().Contains(Ndjson, StringComparison.OrdinalIgnoreCase)
                ? Results.Stream(stream => AudienceFile.WriteNdjsonAsync(people, stream, ct), Ndjson, "audience.ndjson")
                : Results.Stream(stream => AudienceFile.WriteCsvAsync(people, stream, ct), $"{Csv}; charset=utf-8", "audience.csv");
        }, ct);

    // Null for everybody. A query in the address is the JSON itself, encoded.
    private async Task<CohortNode?> CohortAsync(HttpRequest request, CancellationToken ct)
    {
        var (id, query) = (request.Query["cohort_id"].ToString(), request.Query["cohort_query"].ToString());
        if (id.Length > 0 && query.Length > 0)
            throw new InvalidException("/cohort_query", "give either cohort_id or cohort_query");
        if (id.Length > 0)
            return await cohorts.ParseSavedAsync(
                Guid.TryParseExact(id, "D", out var saved) ? saved : throw new InvalidException("/cohort_id", $"\"{id}\" is not a UUID"), ct);
        return query.Length > 0 ? await cohorts.ParseAsync(JsonBody.Parse(query, "/cohort_query"), ct) : null;
    }

    private static ImportFormat Format(HttpRequest request) => request.ContentType?.Split(';')[0].Trim().ToLowerInvariant() switch
    {
        Csv => ImportFormat.Csv,
        Ndjson => ImportFormat.Ndjson,
        null or "" => throw new UnsupportedMediaTypeException($"Content-Type is missing; send {Csv} or {Ndjson}."),
        var other => throw new UnsupportedMediaTypeException($"Content-Type is {other}; send {Csv} or {Ndjson}."),
    };
}

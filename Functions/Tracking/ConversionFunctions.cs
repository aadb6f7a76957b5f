using System.Text.Json;
using Marketing.Core;
using Marketing.Core.Access;
using Marketing.Core.Cta;
using Marketing.Core.Data;
using Marketing.Functions.Admin;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Marketing.Functions.Tracking;

public sealed record ConversionBatchInput(IReadOnlyList<JsonElement>? Conversions);

public sealed class ConversionFunctions(
    AdminRequests admin, ConversionService conversions, ConversionImporter importer, ConversionRepository rows, ConversionLinks links)
{
    private const string Csv = "text/csv";

    /// <summary>201 for a new conversion; 200 with the row that stands for a key that was used before.</summary>
    [Function(nameof(RecordConversion))]
    public Task<IResult> RecordConversion(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/conversions")] HttpRequest request, CancellationToken ct) =>
        admin.HandleAsync<ConversionInput>(request, Permission.RecordConversions, async (body, _) =>
        {
            var (row, isNew) = await conversions.RecordAsync(body, ct);
            return Results.Json(row, Json.Options, statusCode: isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK);
        }, ct);

    [Function(nameof(RecordConversions))]
    public Task<IResult> RecordConversions(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/conversions/batch")] HttpRequest request, CancellationToken ct) =>
        admin.HandleAsync<ConversionBatchInput>(request, Permission.RecordConversions, async (body, _) =>
            AdminRequests.Ok(await conversions.RecordAllAsync(body.Conversions, JsonBody.Read<ConversionInput>, ct)), ct);

    [Function(nameof(ImportConversions))]
    public Task<IResult> ImportConversions(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/conversions/import")] HttpRequest request, CancellationToken ct) =>
        admin.HandleAsync(request, new(Permission.RecordConversions, "conversion.import"), async _ =>
        {
            if (request.ContentType?.Split(';')[0].Trim() is not { } type || !type.Equals(Csv, StringComparison.OrdinalIgnoreCase))
                throw new UnsupportedMediaTypeException($"Content-Type is {(request.ContentType is { Length: > 0 } other ? other : "missing")}; send {Csv}.");
            var result = await importer.ImportAsync(request.Body, ct);
            AuditTrail.Note(request, new { result.Recorded, result.Repeated, result.RejectedCount });
            return AdminRequests.Ok(result);
        }, ct);

    [Function(nameof(ListConversions))]
    public Task<IResult> ListConversions(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/admin/conversions")] HttpRequest request, CancellationToken ct) =>
        admin.HandleAsync(request, new(Permission.View) { Query = ["broadcast_id", "attributed", "event", "limit", "cursor"] }, async _ =>
        {
            string? Text(string key) => AdminRequests.Text(request, key);
            var filter = new ConversionFilter(
                Text("broadcast_id") is { } id ? AdminRequests.Id(id, "/broadcast_id") : null,
                Text("attributed") is null ? null : AdminRequests.Flag(request, "attributed"), Text("event"));
            return AdminRequests.Ok(await rows.ListAsync(filter, AdminRequests.Limit(request, 50, 500), Text("cursor"), ct));
        }, ct);

    /// <summary>A link that stores nothing: what it says is signed.</summary>
    [Function(nameof(CreateConversionLink))]
    public Task<IResult> CreateConversionLink(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/admin/conversion-links")] HttpRequest request, CancellationToken ct) =>
        admin.HandleAsync<ConversionLinkInput>(request, new(Permission.Edit, "conversion_link.create"), async (body, _) =>
            AdminRequests.Ok(await links.MakeAsync(body, ct)), ct);
}

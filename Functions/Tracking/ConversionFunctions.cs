using Marketing.Core.Access;
using Marketing.Core.Cta;
using Marketing.Core.Data;
using Marketing.Functions.Admin;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Marketing.Functions.Tracking;

public sealed class ConversionFunctions(AdminRequests admin, ConversionService conversions)
{
    /// <summary>201 for a new conversion; 200 with the row that stands for a key that was used before.</summary>
    [Function(nameof(RecordConversion))]
    public Task<IResult> RecordConversion(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/conversions")] HttpRequest request, CancellationToken ct) =>
        admin.HandleAsync<ConversionInput>(request, Permission.RecordConversions, async (body, _) =>
        {
            var (row, isNew) = await conversions.RecordAsync(body, ct);
            return Results.Json(row, Json.Options, statusCode: isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK);
        }, ct);
}

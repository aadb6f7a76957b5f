using System.Text.Json;
using Marketing.Core;
using Marketing.Core.Access;
using Marketing.Core.Cohorts;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Marketing.Functions.Admin;

public sealed record CohortPreviewInput(JsonElement? CohortQuery);

public sealed class CohortFunctions(AdminRequests admin, CohortService cohorts)
{
    [Function(nameof(PreviewCohort))]
    public Task<IResult> PreviewCohort(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/admin/cohorts/preview")] HttpRequest request, CancellationToken ct) =>
        admin.HandleAsync<CohortPreviewInput>(request, Permission.View, async (body, _) => AdminRequests.Ok(await cohorts.PreviewAsync(
            body.CohortQuery ?? throw new InvalidException("/cohort_query", "is missing; {} is everyone who can be reached"), ct)), ct);
}

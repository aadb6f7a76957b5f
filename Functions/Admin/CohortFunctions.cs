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
    private const string Route = "v1/admin/cohorts";

    [Function(nameof(PreviewCohort))]
    public Task<IResult> PreviewCohort(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Route + "/preview")] HttpRequest request, CancellationToken ct) =>
        admin.HandleAsync<CohortPreviewInput>(request, Permission.View, async (body, _) => AdminRequests.Ok(await cohorts.PreviewAsync(
            body.CohortQuery ?? throw new InvalidException("/cohort_query", CohortInput.QueryMissing), ct)), ct);

    [Function(nameof(ListCohorts))]
    public Task<IResult> ListCohorts(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route)] HttpRequest request, CancellationToken ct) =>
        admin.HandleAsync(request, Permission.View, async _ => AdminRequests.Ok(new { Items = await cohorts.ListAsync(ct) }), ct);

    [Function(nameof(CreateCohort))]
    public Task<IResult> CreateCohort(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Route)] HttpRequest request, CancellationToken ct) =>
        admin.HandleAsync<CohortInput>(request, new(Permission.Edit, "cohort.create"), async (body, caller) =>
        {
            var cohort = await cohorts.CreateAsync(body, caller, ct);
            return AdminRequests.Created($"/api/{Route}/{cohort.Id}", cohort);
        }, ct);

    [Function(nameof(GetCohort))]
    public Task<IResult> GetCohort(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route + "/{id}")] HttpRequest request, string id, CancellationToken ct) =>
        admin.HandleAsync(request, Permission.View, async _ => AdminRequests.Ok(await cohorts.GetAsync(AdminRequests.Id(id), ct)), ct);

    [Function(nameof(UpdateCohort))]
    public Task<IResult> UpdateCohort(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = Route + "/{id}")] HttpRequest request, string id, CancellationToken ct) =>
        admin.HandleAsync<CohortInput>(request, new(Permission.Edit, "cohort.update"), async (body, _) =>
            AdminRequests.Ok(await cohorts.UpdateAsync(AdminRequests.Id(id), body, ct)), ct);

    [Function(nameof(DeleteCohort))]
    public Task<IResult> DeleteCohort(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = Route + "/{id}")] HttpRequest request, string id, CancellationToken ct) =>
        admin.HandleAsync(request, new(Permission.Edit, "cohort.delete"), async _ =>
        {
            await cohorts.DeleteAsync(AdminRequests.Id(id), ct);
            return Results.NoContent();
        }, ct);

    [Function(nameof(PreviewSavedCohort))]
    public Task<IResult> PreviewSavedCohort(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route + "/{id}/preview")] HttpRequest request, string id, CancellationToken ct) =>
        admin.HandleAsync(request, Permission.View, async _ =>
            AdminRequests.Ok(await cohorts.PreviewAsync((await cohorts.GetAsync(AdminRequests.Id(id), ct)).CohortQuery, ct)), ct);
}

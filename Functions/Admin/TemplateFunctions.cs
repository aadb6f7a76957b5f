using Marketing.Core.Access;
using Marketing.Core.Templates;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Marketing.Functions.Admin;

public sealed class TemplateFunctions(AdminRequests admin, TemplateService templates)
{
    private const string Route = "v1/admin/templates";

    [Function(nameof(ListTemplates))]
    public Task<IResult> ListTemplates(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route)] HttpRequest request, CancellationToken ct) =>
        admin.HandleAsync(request, Permission.View, async _ =>
            AdminRequests.Ok(new { Items = await templates.ListAsync(ct) }), ct);

    [Function(nameof(CreateTemplate))]
    public Task<IResult> CreateTemplate(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Route)] HttpRequest request, CancellationToken ct) =>
        admin.HandleAsync<TemplateInput>(request, Permission.Edit, async (body, caller) =>
        {
            var template = await templates.CreateAsync(body, caller, ct);
            return AdminRequests.Created($"/api/{Route}/{template.Id}", template);
        }, ct);

    [Function(nameof(GetTemplate))]
    public Task<IResult> GetTemplate(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route + "/{id}")] HttpRequest request, string id, CancellationToken ct) =>
        admin.HandleAsync(request, Permission.View, async _ =>
            AdminRequests.Ok(await templates.GetAsync(AdminRequests.Id(id), ct)), ct);

    [Function(nameof(UpdateTemplate))]
    public Task<IResult> UpdateTemplate(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = Route + "/{id}")] HttpRequest request, string id, CancellationToken ct) =>
        admin.HandleAsync<TemplateInput>(request, Permission.Edit, async (body, caller) =>
            AdminRequests.Ok(await templates.UpdateAsync(AdminRequests.Id(id), body, caller, ct)), ct);

    [Function(nameof(DeleteTemplate))]
    public Task<IResult> DeleteTemplate(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = Route + "/{id}")] HttpRequest request, string id, CancellationToken ct) =>
        admin.HandleAsync(request, Permission.Edit, async _ =>
        {
            await templates.DeleteAsync(AdminRequests.Id(id), ct);
            return Results.NoContent();
        }, ct);

    [Function(nameof(PreviewTemplate))]
    public Task<IResult> PreviewTemplate(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Route + "/{id}/preview")] HttpRequest request, string id, CancellationToken ct) =>
        admin.HandleAsync<PreviewInput>(request, Permission.View, async (body, _) =>
            AdminRequests.Ok(await templates.PreviewAsync(AdminRequests.Id(id), body, ct)), ct);
}

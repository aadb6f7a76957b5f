using System.Globalization;
using Marketing.Core.Access;
using Marketing.Core.Templates;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Marketing.Functions.Admin;

public sealed class TemplateFunctions(AdminRequests admin, TemplateService templates, TemplatePreviewer previewer)
{
    private const string Route = "v1/admin/templates";

    [Function(nameof(ListTemplates))]
    public Task<IResult> ListTemplates(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route)] HttpRequest request, CancellationToken ct) =>
        admin.HandleAsync(request, new(Permission.View) { Query = ["category", "search", "limit", "cursor"] }, async _ =>
            AdminRequests.Ok(await templates.ListAsync(
                new TemplateFilter(AdminRequests.Text(request, "category"), AdminRequests.Text(request, "search")),
                AdminRequests.Limit(request, 50, 100), AdminRequests.Text(request, "cursor"), ct)), ct);

    [Function(nameof(CreateTemplate))]
    public Task<IResult> CreateTemplate(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Route)] HttpRequest request, CancellationToken ct) =>
        admin.HandleAsync<TemplateInput>(request, new(Permission.Edit, "template.create"), async (body, caller) =>
        {
            var template = await templates.CreateAsync(body, caller, ct);
            return AdminRequests.Created($"/api/{Route}/{template.Id}", template).Tagged(Revision(template));
        }, ct);

    [Function(nameof(GetTemplate))]
    public Task<IResult> GetTemplate(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route + "/{id}")] HttpRequest request, string id, CancellationToken ct) =>
        admin.HandleAsync(request, Permission.View, async _ => Ok(await templates.GetAsync(AdminRequests.Id(id), ct)), ct);

    private static IResult Ok(Template template) => AdminRequests.Ok(template).Tagged(Revision(template));

    private static string Revision(Template template) => template.Version.ToString(CultureInfo.InvariantCulture);

    [Function(nameof(UpdateTemplate))]
    public Task<IResult> UpdateTemplate(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = Route + "/{id}")] HttpRequest request, string id, CancellationToken ct) =>
        admin.HandleAsync<TemplateInput>(request, new(Permission.Edit, "template.update"), async (body, caller) =>
            Ok(await templates.UpdateAsync(AdminRequests.Id(id), body, caller, EntityTags.IfMatch(request), ct)), ct);

    [Function(nameof(DeleteTemplate))]
    public Task<IResult> DeleteTemplate(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = Route + "/{id}")] HttpRequest request, string id, CancellationToken ct) =>
        admin.HandleAsync(request, new(Permission.Edit, "template.delete"), async _ =>
        {
            await templates.DeleteAsync(AdminRequests.Id(id), ct);
            return Results.NoContent();
        }, ct);

    [Function(nameof(ListTemplateVersions))]
    public Task<IResult> ListTemplateVersions(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route + "/{id}/versions")] HttpRequest request, string id, CancellationToken ct) =>
        admin.HandleAsync(request, new(Permission.View) { Query = ["limit", "cursor"] }, async _ => AdminRequests.Ok(await templates.VersionsAsync(
            AdminRequests.Id(id), AdminRequests.Limit(request, 50, 100), AdminRequests.Text(request, "cursor"), ct)), ct);

    [Function(nameof(GetTemplateVersion))]
    public Task<IResult> GetTemplateVersion(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route + "/{id}/versions/{version}")] HttpRequest request,
        string id, string version, CancellationToken ct) =>
        admin.HandleAsync(request, Permission.View, async _ =>
            AdminRequests.Ok(await templates.VersionAsync(AdminRequests.Id(id), version, ct)), ct);

    [Function(nameof(PreviewTemplate))]
    public Task<IResult> PreviewTemplate(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Route + "/{id}/preview")] HttpRequest request, string id, CancellationToken ct) =>
        admin.HandleAsync<PreviewInput>(request, Permission.View, async (body, _) =>
            AdminRequests.Ok(await previewer.PreviewAsync(AdminRequests.Id(id), body, ct)), ct);

    [Function(nameof(PreviewTemplateContent))]
    public Task<IResult> PreviewTemplateContent(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Route + "/preview")] HttpRequest request, CancellationToken ct) =>
        admin.HandleAsync<ContentPreviewInput>(request, Permission.View, async (body, _) =>
            AdminRequests.Ok(await previewer.PreviewAsync(body, ct)), ct);
}

using System.Globalization;
using Marketing.Core.Access;
using Marketing.Core.Data;

namespace Marketing.Core.Templates;

public sealed class TemplateService(TemplateRepository templates, TemplateVersionRepository versions, TimeProvider clock)
{
    private const string DefaultCategory = "general";

    /// <param name="limit">1 to 100.</param>
    /// <param name="cursor">A page's next_cursor.</param>
    public async Task<Page<Template>> ListAsync(TemplateFilter filter, int limit, string? cursor, CancellationToken ct)
    {
        var found = await templates.PageAsync(filter, Page.After(cursor), limit + 1, ct);
        return Page.Of(found, limit, template => ShortId.Encode(template.Id));
    }

    public async Task<Template> GetAsync(Guid id, CancellationToken ct) =>
        await templates.GetAsync(id, ct) ?? throw NotFound(id);

    public Task<Template> CreateAsync(TemplateInput input, Caller caller, CancellationToken ct) =>
        templates.InsertAsync(Checked(Guid.CreateVersion7(clock.GetUtcNow()), input, caller), ct);

    /// <param name="ifMatch">ETags, of which the template must have one; null when it may have any.</param>
    public async Task<Template> UpdateAsync(Guid id, TemplateInput input, Caller caller, string[]? ifMatch, CancellationToken ct)
    {
        if (await templates.UpdateAsync(Checked(id, input, caller), ifMatch, ct) is { } updated)
            return updated;
        var current = await GetAsync(id, ct);
        throw new PreconditionFailedException($"The template was changed in the meantime and has version {current.Version} now; look at it again.");
    }

    public async Task DeleteAsync(Guid id, CancellationToken ct)
    {
        if (!await templates.DeleteAsync(id, ct))
            throw NotFound(id);
    }

    /// <param name="limit">1 to 100.</param>
    /// <param name="cursor">A page's next_cursor.</param>
    public async Task<Page<TemplateVersionRow>> VersionsAsync(Guid id, int limit, string? cursor, CancellationToken ct)
    {
        var found = await versions.PageAsync(id, cursor is null ? null : Version(cursor, "/cursor"), limit + 1, ct);
        if (found.Count == 0 && cursor is null)
            throw NotFound(id);
        return Page.Of(found, limit, row => row.Version.ToString(CultureInfo.InvariantCulture));
    }

    public async Task<TemplateVersion> VersionAsync(Guid id, string version, CancellationToken ct) =>
        await versions.GetAsync(id, Version(version, "/version"), ct) ?? throw new NotFoundException($"There is no version {version} of template {id}.");

    private static int Version(string text, string pointer) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? version : throw new InvalidException(pointer, $"\"{text}\" is not the number of a version");

    private Template Checked(Guid id, TemplateInput input, Caller caller)
    {
        var buttons = TemplateRules.Check(input, clock);
        var now = clock.GetUtcNow();
        return new Template(
            id, input.Name!.Trim(), input.Category?.Trim() ?? DefaultCategory, input.Content!, buttons, TranslationRules.Of(input), 1,
            caller.Id, now, now);
    }

    private static NotFoundException NotFound(Guid id) => new($"There is no template {id}.");
}

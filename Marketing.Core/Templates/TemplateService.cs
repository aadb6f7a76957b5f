using Marketing.Core.Access;
using Marketing.Core.Audience;

namespace Marketing.Core.Templates;

public sealed class TemplateService(TemplateRepository templates, AudienceRepository audience, TimeProvider clock)
{
    private const string DefaultCategory = "general";

    public Task<IReadOnlyList<Template>> ListAsync(CancellationToken ct) => templates.ListAsync(ct);

    public async Task<Template> GetAsync(Guid id, CancellationToken ct) =>
        await templates.GetAsync(id, ct) ?? throw NotFound(id);

    public Task<Template> CreateAsync(TemplateInput input, Caller caller, CancellationToken ct) =>
        templates.InsertAsync(Checked(Guid.CreateVersion7(clock.GetUtcNow()), input, caller), ct);

    public async Task<Template> UpdateAsync(Guid id, TemplateInput input, Caller caller, CancellationToken ct) =>
        await templates.UpdateAsync(Checked(id, input, caller), ct) ?? throw NotFound(id);

    public async Task DeleteAsync(Guid id, CancellationToken ct)
    {
        if (!await templates.DeleteAsync(id, ct))
            throw NotFound(id);
    }

    /// <summary>The template as one person would get it.</summary>
    public async Task<TemplatePreview> PreviewAsync(Guid id, PreviewInput input, CancellationToken ct)
    {
        var template = await GetAsync(id, ct);
        var model = TemplateModel.Sample;
        if (input.TelegramUserId is { } telegramUserId)
        {
            var user = await audience.FindByTelegramIdAsync(telegramUserId, ct)
                ?? throw new InvalidException("/telegram_user_id", $"nobody in the audience has the Telegram id {telegramUserId}");
            model = TemplateModel.Of(user);
        }

        try
        {
            var text = CompiledTemplate.Compile(template.Content, "/content").Render(model);
            return new TemplatePreview(text, TelegramHtml.Length(text), template.CtaButtons);
        }
        catch (TemplateRenderException e)
        {
            throw new InvalidException("/telegram_user_id", $"this person's fields break the template: {e.Message}");
        }
    }

    private Template Checked(Guid id, TemplateInput input, Caller caller)
    {
        var buttons = TemplateRules.Check(input, clock);
        var now = clock.GetUtcNow();
        return new Template(id, input.Name!.Trim(), input.Category?.Trim() ?? DefaultCategory, input.Content!, buttons, 1, caller.Id, now, now);
    }

    private static NotFoundException NotFound(Guid id) => new($"There is no template {id}.");
}

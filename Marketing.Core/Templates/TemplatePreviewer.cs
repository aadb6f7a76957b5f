using System.Text.Json;
using Marketing.Core.Audience;

namespace Marketing.Core.Templates;

/// <summary>Shows a template as one person would get it.</summary>
public sealed class TemplatePreviewer(TemplateRepository templates, AudienceRepository audience)
{
    public async Task<TemplatePreview> PreviewAsync(Guid id, PreviewInput input, CancellationToken ct)
    {
        var template = await templates.GetAsync(id, ct) ?? throw new NotFoundException($"There is no template {id}.");
        var (model, pointer) = await PersonAsync(input, ct);
        Languages.Check(input.Language, "/language");
        var language = Languages.Find(template.Translations, input.Language ?? model.Language);
        var translation = language is null ? null : template.Translations[language];
        var shown = Render(translation?.Content ?? template.Content, model, pointer);
        return new TemplatePreview(
            shown.Html, shown.Text, shown.Length, shown.MaxLength, language,
            translation is null ? template.CtaButtons : Languages.Translate(template.CtaButtons, translation));
    }

    /// <summary>The same for a text that is being written.</summary>
    /// <exception cref="InvalidException">The content does not compile, or not for this person.</exception>
    public async Task<ContentPreview> PreviewAsync(ContentPreviewInput input, CancellationToken ct)
    {
        var (model, pointer) = await PersonAsync(new PreviewInput(input.UserId, input.TelegramUserId, input.Sample, null), ct);
        return Render(input.Content ?? "", model, pointer);
    }

    private static ContentPreview Render(string content, TemplateModel model, string pointer)
    {
        try
        {
            var html = CompiledTemplate.Compile(content, "/content").Render(model);
            return new ContentPreview(html, TelegramHtml.PlainText(html), TelegramHtml.Length(html), TelegramHtml.MaxLength);
        }
        catch (TemplateRenderException e)
        {
            throw new InvalidException(pointer, $"this person's fields break the template: {e.Message}");
        }
    }

    private async Task<(TemplateModel Model, string Pointer)> PersonAsync(PreviewInput input, CancellationToken ct)
    {
        switch (input)
        {
            case { UserId: null, TelegramUserId: null, Sample: null }:
                return (TemplateModel.Sample, "");
            case { UserId: { } userId, TelegramUserId: null, Sample: null }:
                return (TemplateModel.Of(await audience.FindAsync(userId, ct)
                    ?? throw new InvalidException("/user_id", $"nobody in the audience has the id {userId}")), "/user_id");
            case { UserId: null, TelegramUserId: { } telegramUserId, Sample: null }:
                return (TemplateModel.Of(await audience.FindByTelegramIdAsync(telegramUserId, ct)
                    ?? throw new InvalidException("/telegram_user_id", $"nobody in the audience has the Telegram id {telegramUserId}")), "/telegram_user_id");
            case { UserId: null, TelegramUserId: null, Sample: { } sample }:
                if (sample.Attributes is { ValueKind: not JsonValueKind.Object })
                    throw new InvalidException("/sample/attributes", "must be an object");
                return (TemplateModel.Of(sample), "/sample");
            default:
                throw new InvalidException("", "give one of user_id, telegram_user_id and sample, or none");
        }
    }
}

using System.Text.Json;

namespace Marketing.Core.Templates;

/// <summary>
/// open leads to the button's url through a redirect that counts; callback is counted in the chat, then answered there;
/// unsubscribe asks in the chat whether all messages are to stop, and is no click.
/// </summary>
public enum CtaAction : short { Open, Callback, Unsubscribe }

/// <param name="Url">http or https; needed by open.</param>
/// <param name="Answer">What the bot replies after a callback press, plain text.</param>
public sealed record CtaButton(Guid Id, string Label, CtaAction Action, string? Url, string? Answer);

/// <summary>A button's words in another language; null is the button's own.</summary>
public sealed record CtaButtonText(string? Label, string? Answer);

/// <summary>A template in another language.</summary>
/// <param name="CtaButtons">In the order of the template's buttons; none when all keep their words.</param>
public sealed record Translation(string Content, IReadOnlyList<CtaButtonText> CtaButtons);

/// <param name="Content">Scriban in Telegram HTML.</param>
/// <param name="Translations">By language, in lower case.</param>
/// <param name="Version">Counts up with each change.</param>
public sealed record Template(
    Guid Id, string Name, string Category, string Content, IReadOnlyList<CtaButton> CtaButtons,
    IReadOnlyDictionary<string, Translation> Translations, int Version, Guid CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

/// <summary>One version as it was saved.</summary>
/// <param name="CreatedBy">Whoever saved this version.</param>
public sealed record TemplateVersion(
    Guid TemplateId, int Version, string Name, string Category, string Content, IReadOnlyList<CtaButton> CtaButtons,
    IReadOnlyDictionary<string, Translation> Translations, Guid CreatedBy, DateTimeOffset CreatedAt);

/// <summary>A version without its texts, for the list of them.</summary>
public sealed record TemplateVersionRow(int Version, string Name, string Category, Guid CreatedBy, DateTimeOffset CreatedAt);

/// <param name="Category">Exactly.</param>
/// <param name="Search">A part of the name, in any case.</param>
public sealed record TemplateFilter(string? Category, string? Search);

/// <summary>A button as sent by a client; an id keeps an existing button's identity, and so its clicks.</summary>
public sealed record CtaButtonInput(Guid? Id, string? Label, CtaAction? Action, string? Url, string? Answer);

/// <param name="CtaButtons">As many as the template has, in their order, or none.</param>
public sealed record TranslationInput(string? Content, IReadOnlyList<CtaButtonText>? CtaButtons);

public sealed record TemplateInput(
    string? Name, string? Content, string? Category, IReadOnlyList<CtaButtonInput>? CtaButtons,
    IReadOnlyDictionary<string, TranslationInput>? Translations = null);

/// <summary>Somebody made up; what is not given they do not have.</summary>
/// <param name="Attributes">A JSON object.</param>
public sealed record SamplePerson(
    string? FirstName, string? LastName, string? Username, string? Language, string? UserTier, string? Region,
    DateTimeOffset? LastTradeAt, DateTimeOffset? CreatedAt, JsonElement? Attributes);

/// <summary>One of the three at most; the built-in sample person when there is none.</summary>
/// <param name="Language">In place of the person's.</param>
public sealed record PreviewInput(Guid? UserId, long? TelegramUserId, SamplePerson? Sample, string? Language);

/// <param name="Html">Telegram HTML as it would be sent.</param>
/// <param name="Text">As a person reads it.</param>
/// <param name="Length">UTF-16 units after entities are parsed, of <paramref name="MaxLength"/>.</param>
/// <param name="Language">The translation that was used; null for the template's own content.</param>
public sealed record TemplatePreview(
    string Html, string Text, int Length, int MaxLength, string? Language, IReadOnlyList<CtaButton> CtaButtons);

/// <summary>A text that is not saved yet, for one of the three at most.</summary>
public sealed record ContentPreviewInput(string? Content, Guid? UserId, long? TelegramUserId, SamplePerson? Sample);

/// <inheritdoc cref="TemplatePreview"/>
public sealed record ContentPreview(string Html, string Text, int Length, int MaxLength);

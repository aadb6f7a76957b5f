namespace Marketing.Core.Templates;

/// <summary>open leads to the button's url through a redirect that counts; callback is counted in the chat, then answered there.</summary>
public enum CtaAction : short { Open, Callback }

/// <param name="Url">http or https; needed by open.</param>
/// <param name="Answer">What the bot replies after a callback press, plain text.</param>
public sealed record CtaButton(Guid Id, string Label, CtaAction Action, string? Url, string? Answer);

/// <param name="Content">Scriban in Telegram HTML.</param>
/// <param name="Version">Counts up with each change.</param>
public sealed record Template(
    Guid Id, string Name, string Category, string Content, IReadOnlyList<CtaButton> CtaButtons, int Version,
    Guid CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

/// <summary>A button as sent by a client; an id keeps an existing button's identity, and so its clicks.</summary>
public sealed record CtaButtonInput(Guid? Id, string? Label, CtaAction? Action, string? Url, string? Answer);

public sealed record TemplateInput(string? Name, string? Content, string? Category, IReadOnlyList<CtaButtonInput>? CtaButtons);

/// <param name="TelegramUserId">Whose fields to use; a sample person's when null.</param>
public sealed record PreviewInput(long? TelegramUserId);

/// <param name="Text">Telegram HTML as it would be sent.</param>
/// <param name="Length">UTF-16 units after entities are parsed, which Telegram limits to 4096.</param>
public sealed record TemplatePreview(string Text, int Length, IReadOnlyList<CtaButton> CtaButtons);

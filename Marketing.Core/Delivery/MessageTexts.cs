using Marketing.Core.Templates;

namespace Marketing.Core.Delivery;

/// <summary>A message in each of its languages. A translation is compiled when the first recipient needs it, and then kept.</summary>
public sealed class MessageTexts
{
    private readonly (CompiledTemplate, FrozenMessage) own;
    private readonly Dictionary<string, Lazy<(CompiledTemplate, FrozenMessage)>> translated;

    /// <exception cref="InvalidException">The message's own content does not compile.</exception>
    public MessageTexts(FrozenMessage message)
    {
        own = (CompiledTemplate.Compile(message.Content, "/content"), message);
        translated = message.Translations.ToDictionary(t => t.Key, t => new Lazy<(CompiledTemplate, FrozenMessage)>(() => (
            CompiledTemplate.Compile(t.Value.Content, $"/translations/{t.Key}/content"),
            message with { Content = t.Value.Content, Buttons = Languages.Translate(message.Buttons, t.Value) })));
    }

    /// <summary>What somebody with this language gets.</summary>
    /// <exception cref="InvalidException">Their translation does not compile.</exception>
    public (CompiledTemplate Template, FrozenMessage Message) For(string? language) =>
        Languages.Find(translated, language) is { } found ? translated[found].Value : own;
}

using System.Text.RegularExpressions;

namespace Marketing.Core.Templates;

/// <summary>Which translation a person gets: their language's ("pt-br"), else its primary subtag's ("pt"), else none.</summary>
public static partial class Languages
{
    /// <summary>The form in which languages are compared and kept: lower case, with hyphens.</summary>
    public static string Normalize(string language) => language.Replace('_', '-').ToLowerInvariant();

    /// <exception cref="InvalidException">It is not a language tag such as "pt" or "pt-BR" (RFC 5646).</exception>
    public static void Check(string? language, string pointer)
    {
        if (language is not null && !Tag().IsMatch(language))
            throw new InvalidException(pointer, "is no language; write a tag such as pt or pt-BR");
    }

    /// <summary>The key in <paramref name="translations"/>; null when the default content is theirs. The SQL of a click finds it likewise.</summary>
    public static string? Find<T>(IReadOnlyDictionary<string, T> translations, string? language)
    {
        if (language is null || translations.Count == 0)
            return null;
        var tag = Normalize(language);
        if (translations.ContainsKey(tag))
            return tag;
        var primary = tag.Split('-', 2)[0];
        return translations.ContainsKey(primary) ? primary : null;
    }

    /// <summary>The buttons with the translation's words.</summary>
    public static IReadOnlyList<CtaButton> Translate(IReadOnlyList<CtaButton> buttons, Translation translation) =>
        translation.CtaButtons.Count == 0 ? buttons : [.. buttons.Zip(translation.CtaButtons, (button, text) => button with
        {
            Label = text.Label ?? button.Label,
            Answer = text.Answer ?? button.Answer,
        })];

    // RFC 5646 asks whoever stores tags to have room for 35 characters.
    [GeneratedRegex(@"^(?=.{1,35}\z)[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*\z", RegexOptions.ExplicitCapture)]
    private static partial Regex Tag();
}

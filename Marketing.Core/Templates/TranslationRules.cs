namespace Marketing.Core.Templates;

/// <summary>What translations must satisfy: each content is checked as the template's own is.</summary>
internal static class TranslationRules
{
    // Each may hold 16,384 characters, and a plan freezes them all.
    private const int MaxTranslations = 20;

    /// <summary>The problems of the input's translations, each with its JSON pointer.</summary>
    public static void Check(TemplateInput input, Problems problems)
    {
        var translations = input.Translations ?? new Dictionary<string, TranslationInput>();
        if (translations.Count > MaxTranslations)
            problems.Add("/translations", $"{translations.Count} languages; at most {MaxTranslations} are allowed");
        foreach (var same in translations.Keys.GroupBy(Languages.Normalize).Where(g => g.Count() > 1))
            problems.Add("/translations", $"{string.Join(" and ", same)} are the same language");
        foreach (var (language, translation) in translations.Take(MaxTranslations))
        {
            var pointer = $"/translations/{language.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";
            problems.Collect(() => Languages.Check(language, pointer));
            if (translation is null)
                problems.Add(pointer, "must be an object");
            else
                Check(translation, input.CtaButtons ?? [], pointer, problems);
        }
    }

    private static void Check(TranslationInput translation, IReadOnlyList<CtaButtonInput> buttons, string pointer, Problems problems)
    {
        problems.Collect(() => CompiledTemplate.Compile(translation.Content ?? "", $"{pointer}/content"));
        var texts = translation.CtaButtons ?? [];
        if (texts.Count != 0 && texts.Count != buttons.Count)
        {
            problems.Add($"{pointer}/cta_buttons", $"{texts.Count} texts for {buttons.Count} buttons; give one for each, in their order, or none");
            return;
        }

        for (var i = 0; i < texts.Count; i++)
        {
            var at = $"{pointer}/cta_buttons/{i}";
            if (texts[i] is not { } text)
            {
                problems.Add(at, "must be an object; {} keeps the button's own words");
                continue;
            }

            if (text.Label is not null)
                problems.Text($"{at}/label", text.Label, TemplateRules.MaxLabel);
            if (text.Answer is not null)
                problems.Text($"{at}/answer", text.Answer, TemplateRules.MaxAnswer);
            if (text.Answer is not null && buttons[i]?.Action is not (null or CtaAction.Callback))
                problems.Add($"{at}/answer", "only a callback button has an answer");
        }
    }

    /// <summary>The translations of an input that <see cref="Check(TemplateInput, Problems)"/> found nothing wrong with.</summary>
    public static IReadOnlyDictionary<string, Translation> Of(TemplateInput input) =>
        (input.Translations ?? new Dictionary<string, TranslationInput>()).OrderBy(t => t.Key, StringComparer.Ordinal).ToDictionary(
            t => Languages.Normalize(t.Key),
            t => new Translation(t.Value.Content!, [.. (t.Value.CtaButtons ?? []).Select(b => b with { Label = b.Label?.Trim() })]));
}

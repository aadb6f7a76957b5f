namespace Marketing.Core.Templates;

/// <summary>What a template must satisfy before it is saved; every problem is reported, with its JSON pointer.</summary>
public static class TemplateRules
{
    private const int MaxName = 100;
    private const int MaxCategory = 50;
    private const int MaxUrl = 2048;

    // Ours, not Telegram's: it shows up to 100 buttons, but a message with more than these is unusable on a phone.
    private const int MaxButtons = 10;
    internal const int MaxLabel = 64;

    // A callback's answer is sent as a message of its own (core.telegram.org/bots/api#sendmessage).
    internal const int MaxAnswer = 4096;

    /// <summary>The buttons, those without an id given a new one.</summary>
    /// <exception cref="InvalidException">Something is missing or too long, the content does not compile, a button cannot work.</exception>
    public static IReadOnlyList<CtaButton> Check(TemplateInput input, TimeProvider clock)
    {
        var problems = new Problems();
        problems.Text("/name", input.Name, MaxName);
        if (input.Category is not null)
            problems.Text("/category", input.Category, MaxCategory);
        problems.Collect(() => CompiledTemplate.Compile(input.Content ?? "", "/content"));
        var buttons = input.CtaButtons ?? [];
        if (buttons.Count > MaxButtons)
            problems.Add("/cta_buttons", $"{buttons.Count} buttons; at most {MaxButtons} are allowed");
        for (var i = 0; i < buttons.Count; i++)
            CheckButton(buttons[i], $"/cta_buttons/{i}", problems);
        if (buttons.Where(b => b?.Id is not null).GroupBy(b => b.Id).Any(g => g.Count() > 1))
            problems.Add("/cta_buttons", "two buttons have the same id");
        TranslationRules.Check(input, problems);
        problems.ThrowIfAny();
        return [.. buttons.Select(b => new CtaButton(
            b.Id ?? Guid.CreateVersion7(clock.GetUtcNow()), b.Label!.Trim(), b.Action!.Value, b.Url, b.Answer))];
    }

    private static void CheckButton(CtaButtonInput? button, string pointer, Problems problems)
    {
        if (button is null)
        {
            problems.Add(pointer, "must be an object");
            return;
        }

        problems.Text($"{pointer}/label", button.Label, MaxLabel);
        if (button.Action is null)
            problems.Add($"{pointer}/action", "must be open, callback or unsubscribe");
        if (button.Action == CtaAction.Open && button.Url is null)
            problems.Add($"{pointer}/url", "an open button needs a url");
        if (button.Url is not null && !IsWebAddress(button.Url))
            problems.Add($"{pointer}/url", $"must be an http or https address of at most {MaxUrl} characters, without spaces");
        if (button.Answer is not null)
            problems.Text($"{pointer}/answer", button.Answer, MaxAnswer);
        if (button.Action == CtaAction.Unsubscribe && button.Url is not null)
            problems.Add($"{pointer}/url", "an unsubscribe button leads nowhere");
        if (button.Action is CtaAction.Open or CtaAction.Unsubscribe && button.Answer is not null)
            problems.Add($"{pointer}/answer", "only a callback button has an answer");
    }

    private static bool IsWebAddress(string url) =>
        url.Length <= MaxUrl && !url.Any(c => char.IsControl(c) || char.IsWhiteSpace(c)) && Uri.TryCreate(url, UriKind.Absolute, out var parsed)
        && parsed.Scheme is "http" or "https" && parsed.IdnHost.All(char.IsAscii);
}

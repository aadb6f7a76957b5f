namespace Marketing.Core.Telegram.Conversations;

/// <summary>Which kind of template.</summary>
internal static class ChooseCategory
{
    private const string Use = "use";
    private const string PressOne = "Press one of the categories below.";

    public static Move? Take(Draft draft, ChatInput input, Facts facts) => input switch
    {
        ChatInput.Press { Action: Screen.PageAction } press => new Move(ChatStep.Category, draft with { Page = Paging.Read(press.Value) }),
        ChatInput.Press { Action: Use } press => Categories(facts).FirstOrDefault(name => Words.Key(name) == press.Value) is { } category
            ? new Move(ChatStep.Template, draft with { Category = category, Page = 0 })
            : new Move(ChatStep.Category, draft with { Page = 0 }, "This category has no templates any more."),
        ChatInput.Press => null,
        _ => new Move(ChatStep.Category, draft, PressOne),
    };

    public static Screen Show(Draft draft, Facts facts)
    {
        var categories = Categories(facts);
        if (categories.Count == 0)
        {
            return new Screen(
                "There is no template yet. Make one with <code>POST /api/v1/admin/templates</code>, then send /broadcast again.", [Screen.OnlyCancel]);
        }

        var counts = facts.Templates.CountBy(t => t.Category).ToDictionary();
        return new Screen("<b>New broadcast</b>\nWhich template? Choose its category.",
        [
            .. Paging.Of(categories, draft.Page).Select(name => new[] { new ScreenButton($"{Words.Label(name)} · {counts[name]}", Use, Words.Key(name)) }),
            .. Paging.Row(categories.Count, draft.Page),
            Screen.OnlyCancel,
        ]);
    }

    private static List<string> Categories(Facts facts) => [.. facts.Templates.Select(t => t.Category).Distinct()];
}

using Marketing.Core.Data;

namespace Marketing.Core.Telegram.Conversations;

/// <summary>Which template of the category.</summary>
internal static class ChooseTemplate
{
    private const string Use = "use";

    public static Move? Take(Draft draft, ChatInput input, Facts facts) => input switch
    {
        ChatInput.Press { Action: Screen.PageAction } press => new Move(ChatStep.Template, draft with { Page = Paging.Read(press.Value) }),
        ChatInput.Press { Action: Screen.Back } => new Move(ChatStep.Category, draft with { Page = 0 }),
        ChatInput.Press { Action: Use } press => ShortId.Decode(press.Value) is { } id && facts.Templates.Any(t => t.Id == id)
            ? new Move(ChatStep.Preview, draft with { TemplateId = id, Text = null })
            : new Move(ChatStep.Template, draft with { Page = 0 }, "This template was deleted."),
        ChatInput.Press => null,
        _ => new Move(ChatStep.Template, draft, "Press one of the templates below."),
    };

    public static Screen Show(Draft draft, Facts facts)
    {
        var templates = facts.Templates.Where(t => t.Category == draft.Category).ToList();
        var category = Words.Html(draft.Category ?? "");
        return new Screen(templates.Count == 0 ? $"<b>{category}</b>\nThis category has no templates any more." : $"<b>{category}</b>\nWhich template?",
        [
            .. Paging.Of(templates, draft.Page).Select(t => new[] { new ScreenButton(Words.Label(t.Name), Use, ShortId.Encode(t.Id)) }),
            .. Paging.Row(templates.Count, draft.Page),
            Screen.BackAndCancel,
        ]);
    }
}

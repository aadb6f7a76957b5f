using Marketing.Core.Cta;
using Marketing.Core.Delivery;
using Marketing.Core.Templates;

namespace Marketing.Core.Telegram.Conversations;

/// <summary>The message as people will see it, with its buttons.</summary>
internal static class PreviewMessage
{
    private const string Edit = "edit";

    private static readonly IReadOnlyList<ScreenButton> EditAndNext = [new("Edit text", Edit), new("Next ›", Screen.Next)];

    // A text typed for the broadcast goes to everybody, whatever their language.
    private static readonly IReadOnlyDictionary<string, Translation> NoTranslations = new Dictionary<string, Translation>();

    public static Move? Take(Draft draft, ChatInput input) => input switch
    {
        ChatInput.Press { Action: Edit } => new Move(ChatStep.Edit, draft),
        ChatInput.Press { Action: Screen.Next } => new Move(ChatStep.Cohort, draft with { Page = 0 }),
        ChatInput.Press { Action: Screen.Back } => new Move(draft.Category is null ? ChatStep.Category : ChatStep.Template, draft with { Page = 0 }),
        ChatInput.Press => null,
        _ => new Move(ChatStep.Preview, draft, "To change the message press Edit text first."),
    };

    public static Screen Show(Draft draft, Facts facts)
    {
        if (facts.Template is not { } template)
            return new Screen("The template was deleted. Go back and choose another.", [Screen.BackAndCancel]);
        try
        {
            var model = facts.Self is { } self ? TemplateModel.Of(self) : TemplateModel.Sample;
            var (own, translations) = draft.Text is { } text ? (text, NoTranslations) : (template.Content, template.Translations);
            // The id is nobody's: a press on a preview's button counts nothing.
            var texts = new MessageTexts(new FrozenMessage(Guid.Empty, own, template.CtaButtons, translations, OnUncertain.Keep));
            var (compiled, message) = texts.For(model.Language);
            return new Screen(
                compiled.Render(model), [EditAndNext, Screen.BackAndCancel], CtaKeyboard.Untracked(Guid.Empty, message.Buttons), IsMessage: true);
        }
        catch (Exception e) when (e is TemplateRenderException or InvalidException)
        {
            var why = Words.Html(Words.Cut(e.Message, 1_000));
            return new Screen($"The message cannot be shown with your own fields, and will fail for others like you:\n{why}", [EditAndNext, Screen.BackAndCancel]);
        }
    }
}

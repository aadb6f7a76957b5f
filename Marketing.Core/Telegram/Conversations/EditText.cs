using Marketing.Core.Templates;

namespace Marketing.Core.Telegram.Conversations;

/// <summary>The message's text for this broadcast only; its template stays as it is.</summary>
internal static class EditText
{
    private const string Reset = "reset";

    // Of a message's 4,096: the rest is for the words around it and a note.
    private const int ShownLength = 2_500;

    public static Move? Take(Draft draft, ChatInput input) => input switch
    {
        ChatInput.Press { Action: Screen.Back } => new Move(ChatStep.Preview, draft),
        ChatInput.Press { Action: Reset } => new Move(ChatStep.Preview, draft with { Text = null }),
        ChatInput.Press => null,
        ChatInput.Text typed => Typed(draft, typed),
        _ => new Move(ChatStep.Edit, draft, "Send the message's text as text; photos, stickers and voice are not taken here."),
    };

    private static Move Typed(Draft draft, ChatInput.Text typed)
    {
        if (typed.Value.Contains('\0', StringComparison.Ordinal))
            return new Move(ChatStep.Edit, draft, "The text has a NUL character in it, which cannot be sent. Send it without.");
        var html = TypedHtml.Of(typed.Value, typed.Entities);
        try
        {
            CompiledTemplate.Compile(html, "");
            return new Move(ChatStep.Preview, draft with { Text = html });
        }
        catch (InvalidException e)
        {
            var errors = string.Join("\n", e.Errors.SelectMany(error => error.Value));
            return new Move(ChatStep.Edit, draft, $"This text was not taken:\n{errors}\nEdit your message or send another.");
        }
    }

    public static Screen Show(Draft draft, Facts facts)
    {
        var text = Words.Cut(draft.Text ?? facts.Template?.Content ?? "", ShownLength);
        return new Screen(
            $"Send the new text, with Telegram's formatting or as HTML. <code>{{{{ first_name }}}}</code> and the like are filled in.\n\nThe text now:\n<pre>{Words.Html(text)}</pre>",
            draft.Text is null ? [Screen.BackAndCancel] : [[new ScreenButton("Use the template's text", Reset)], Screen.BackAndCancel]);
    }
}

namespace Marketing.Core.Telegram.Conversations;

/// <summary>The last question before the broadcast is made.</summary>
public static class ConfirmSend
{
    public const string Yes = "yes";

    private static readonly ScreenButton OtherTemplate = new("Choose another template", "template");
    private static readonly ScreenButton OtherCohort = new("Choose another cohort", "cohort");

    public static Move? Take(Draft draft, ChatInput input, DateTimeOffset now) => input switch
    {
        ChatInput.Press { Action: Screen.Back } => new Move(ChatStep.Time, draft),
        ChatInput.Press press when press.Action == OtherTemplate.Action => new Move(ChatStep.Category, draft with { Page = 0 }),
        ChatInput.Press press when press.Action == OtherCohort.Action => new Move(ChatStep.Cohort, draft with { Page = 0 }),
        ChatInput.Press { Action: Yes } when draft.At <= now => new Move(ChatStep.Time, draft with { At = null }, "That time has passed. Choose another."),
        ChatInput.Press { Action: Yes } press => new Move(ChatStep.Confirmed, draft with { ConfirmPress = press.PressId }, Effect: new Effect.Send()),
        ChatInput.Press => null,
        _ => new Move(ChatStep.Confirm, draft, "Press Yes to send, or Cancel."),
    };

    /// <summary>Yes once more, after a crash cut the first short: what is left of it is done.</summary>
    public static Move? TakeAgain(Draft draft, ChatInput input) =>
        input is ChatInput.Press { Action: Yes } ? new Move(ChatStep.Confirmed, draft, Effect: new Effect.Send()) : null;

    public static Screen Show(Draft draft, Facts facts)
    {
        var cohort = Words.Html(draft.CohortName ?? "");
        if (facts.Template is not { } template)
            return new Screen("The template was deleted meanwhile.", [[OtherTemplate], Screen.OnlyCancel]);
        if (facts.CohortProblem is { } problem)
            return new Screen($"<b>{cohort}</b> cannot be used: {Words.Html(Words.Cut(problem, 1_000))}", [[OtherCohort], Screen.BackAndCancel]);
        if (facts.Count == 0 && draft.At is null)
            return new Screen($"Nobody is in <b>{cohort}</b> now, so there is nobody to send to.", [[OtherCohort], Screen.BackAndCancel]);

        var name = Words.Html(template.Name);
        var edited = draft.Text is null ? "" : ", text edited";
        var question = draft.At is { } at
            ? $"Ready to send to {Words.Users(facts.Count)} on {Words.Time(at, facts.Zone)}. Confirm?{(facts.Count == 0 ? "\nNobody is in the cohort now; it is sent only if somebody is by then." : "")}"
            : $"Ready to send to {Words.Users(facts.Count)}. Confirm?";
        return new Screen(
            $"<b>{name}</b>{edited}\nTo {cohort}\n\n{question}",
            [[new ScreenButton("Yes", Yes), new ScreenButton("Cancel", Screen.Cancel)], [new ScreenButton("‹ Back", Screen.Back)]]);
    }
}

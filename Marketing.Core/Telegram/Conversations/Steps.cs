namespace Marketing.Core.Telegram.Conversations;

/// <summary>The steps by their name: what each makes of an input, and what it shows.</summary>
public static class Steps
{
    /// <returns>Null for a button that the step does not have.</returns>
    public static Move? Take(ChatStep step, Draft draft, ChatInput input, Facts facts, DateTimeOffset now) => input switch
    {
        ChatInput.Press { Action: Screen.Cancel } when step <= ChatStep.Confirm => new Move(ChatStep.Ended, draft),
        _ => step switch
        {
            ChatStep.Category => ChooseCategory.Take(draft, input, facts),
            ChatStep.Template => ChooseTemplate.Take(draft, input, facts),
            ChatStep.Preview => PreviewMessage.Take(draft, input),
            ChatStep.Edit => EditText.Take(draft, input),
            ChatStep.Cohort => ChooseCohort.Take(draft, input, facts),
            ChatStep.CustomCohort => BuildCohort.Take(draft, input, facts),
            ChatStep.Time => ChooseTime.Take(draft, input, facts.Zone, now),
            ChatStep.Zone => ChooseZone.Take(draft, input),
            ChatStep.Confirm => ConfirmSend.Take(draft, input, now),
            ChatStep.Confirmed => ConfirmSend.TakeAgain(draft, input),
            _ => null,
        },
    };

    public static Screen Show(ChatStep step, Draft draft, Facts facts, DateTimeOffset now) => step switch
    {
        ChatStep.Category => ChooseCategory.Show(draft, facts),
        ChatStep.Template => ChooseTemplate.Show(draft, facts),
        ChatStep.Preview => PreviewMessage.Show(draft, facts),
        ChatStep.Edit => EditText.Show(draft, facts),
        ChatStep.Cohort => ChooseCohort.Show(draft, facts),
        ChatStep.CustomCohort => BuildCohort.Show(draft, facts),
        ChatStep.Time => ChooseTime.Show(draft, facts, now),
        ChatStep.Zone => ChooseZone.Show(facts),
        ChatStep.Confirm => ConfirmSend.Show(draft, facts),
        ChatStep.Confirmed => new Screen("Making the broadcast…", []),
        ChatStep.Ended => new Screen("Cancelled. Nothing was sent.", []),
        _ => throw new ArgumentOutOfRangeException(nameof(step), step, "Shown by the broadcast's card."),
    };
}

using Marketing.Core.Access;
using Marketing.Core.Telegram.Conversations;

namespace Marketing.Core.Tests.Telegram;

public sealed class StepsTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 19, 50, 0, TimeSpan.Zero);
    private static readonly Facts Nothing = Facts.Of(new TelegramAdmin(Guid.Empty, "Admin", Role.Sender, "UTC"));

    public static TheoryData<ChatStep> Open => [.. Enum.GetValues<ChatStep>().Where(step => step <= ChatStep.Confirm)];

    [Theory]
    [MemberData(nameof(Open))]
    public void Take_Cancel_EndsEveryOpenStep(ChatStep step) => Assert.Equal(ChatStep.Ended, Take(step, Press(Screen.Cancel))!.Step);

    [Theory]
    [MemberData(nameof(Open))]
    public void Take_ButtonThatTheStepDoesNotHave_IsNothing(ChatStep step) => Assert.Null(Take(step, Press("format")));

    [Theory]
    [MemberData(nameof(Open))]
    public void Take_NoText_StaysAndSaysWhatIsExpected(ChatStep step)
    {
        var move = Take(step, new ChatInput.Other())!;

        Assert.Equal((step, null), (move.Step, move.Effect));
        Assert.NotEmpty(move.Note!);
    }

    [Theory]
    [InlineData(ChatStep.Template, ChatStep.Category)]
    [InlineData(ChatStep.Preview, ChatStep.Category)] // without a category, which a deleted template leaves behind
    [InlineData(ChatStep.Edit, ChatStep.Preview)]
    [InlineData(ChatStep.Cohort, ChatStep.Preview)]
    [InlineData(ChatStep.CustomCohort, ChatStep.Cohort)]
    [InlineData(ChatStep.Time, ChatStep.Cohort)]
    [InlineData(ChatStep.Zone, ChatStep.Time)]
    [InlineData(ChatStep.Confirm, ChatStep.Time)]
    public void Take_Back_LeadsToTheStepBefore(ChatStep step, ChatStep before) => Assert.Equal(before, Take(step, Press(Screen.Back))!.Step);

    [Fact]
    public void Take_Yes_SendsAndRemembersThePress()
    {
        var move = Take(ChatStep.Confirm, Press(ConfirmSend.Yes))!;

        Assert.Equal((ChatStep.Confirmed, "press"), (move.Step, move.Draft.ConfirmPress));
        Assert.IsType<Effect.Send>(move.Effect);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("99999999999999")]
    [InlineData("soon")]
    public void Take_ForgedTime_IsNothing(string value) =>
        Assert.Null(Steps.Take(ChatStep.Time, new Draft(), new ChatInput.Press("at", value, "press"), Nothing, Now));

    [Theory]
    [InlineData(ChatStep.Confirmed)]
    [InlineData(ChatStep.Watching)]
    [InlineData(ChatStep.Ended)]
    public void Take_AfterTheLastStep_TakesNoText(ChatStep step) => Assert.Null(Take(step, new ChatInput.Text(1, "hello", [])));

    [Fact]
    public void Show_TimeLateInTheEvening_OffersNoTonight()
    {
        var evening = Steps.Show(ChatStep.Time, new Draft(CohortName: "<All>"), Nothing, Now);
        var morning = Steps.Show(ChatStep.Time, new Draft(CohortName: "<All>"), Nothing, Now.AddHours(-10));

        Assert.Contains("&lt;All&gt;", evening.Html, StringComparison.Ordinal);
        Assert.DoesNotContain(evening.Rows, row => row.Any(button => button.Label.StartsWith("Tonight", StringComparison.Ordinal)));
        Assert.Contains(morning.Rows, row => row.Any(button => button.Label == "Tonight 19:00"));
    }

    private static Move? Take(ChatStep step, ChatInput input) => Steps.Take(step, new Draft(), input, Nothing, Now);

    private static ChatInput.Press Press(string action) => new(action, "", "press");
}

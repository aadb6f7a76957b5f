using Marketing.Core.Data;

namespace Marketing.Core.Telegram.Conversations;

/// <summary>Who gets it: a saved cohort, or one of the admin's own.</summary>
internal static class ChooseCohort
{
    private const string Use = "use";
    private const string Custom = "custom";

    public static Move? Take(Draft draft, ChatInput input, Facts facts) => input switch
    {
        ChatInput.Press { Action: Screen.PageAction } press => new Move(ChatStep.Cohort, draft with { Page = Paging.Read(press.Value) }),
        ChatInput.Press { Action: Screen.Back } => new Move(ChatStep.Preview, draft),
        ChatInput.Press { Action: Custom } => new Move(ChatStep.CustomCohort, draft with { Tiers = [], Regions = [] }),
        ChatInput.Press { Action: Use } press => facts.Cohorts.FirstOrDefault(c => ShortId.Encode(c.Id) == press.Value) is { } chosen
            ? new Move(ChatStep.Time, draft with { Cohort = chosen.Query, CohortName = chosen.Name })
            : new Move(ChatStep.Cohort, draft with { Page = 0 }, "This cohort was deleted."),
        ChatInput.Press => null,
        ChatInput.Text { Value: ['{', ..] } typed => BuildCohort.TakeJson(ChatStep.Cohort, draft, typed.Value),
        _ => new Move(ChatStep.Cohort, draft, "Press one of the cohorts below, or send a cohort query as JSON."),
    };

    /// <summary>The saved cohorts that this screen shows, so that only they are counted.</summary>
    public static IEnumerable<T> OnPage<T>(IReadOnlyList<T> saved, Draft draft) => Paging.Of(saved, draft.Page);

    public static Screen Show(Draft draft, Facts facts) => new("<b>Who gets it?</b>\nThe counts are of now; people are picked when the sending begins.",
    [
        .. OnPage(facts.Cohorts, draft).Select(c => new[] { new ScreenButton($"{Words.Label(c.Name)} · {Count(c)}", Use, ShortId.Encode(c.Id)) }),
        .. Paging.Row(facts.Cohorts.Count, draft.Page),
        [new ScreenButton("Custom…", Custom)],
        Screen.BackAndCancel,
    ]);

    private static string Count(CohortChoice cohort) => cohort.Count is { } count ? Words.Number(count) : "cannot be read";
}

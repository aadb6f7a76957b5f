using System.Globalization;

namespace Marketing.Core.Telegram.Conversations;

/// <summary>Now, or when.</summary>
internal static class ChooseTime
{
    private const string Now = "now";
    private const string InAnHour = "hour";
    private const string At = "at";
    private const string Zone = "zone";

    // Days from today, the hour, and how it is called.
    private static readonly (int Days, int Hour, string Name)[] Usual =
        [(0, 19, "Tonight 19:00"), (1, 9, "Tomorrow 09:00"), (1, 19, "Tomorrow 19:00")];

    public static Move? Take(Draft draft, ChatInput input, TimeZoneInfo zone, DateTimeOffset now) => input switch
    {
        ChatInput.Press { Action: Screen.Back } => new Move(ChatStep.Cohort, draft with { Page = 0 }),
        ChatInput.Press { Action: Zone } => new Move(ChatStep.Zone, draft),
        ChatInput.Press { Action: Now } => new Move(ChatStep.Confirm, draft with { At = null }),
        ChatInput.Press { Action: InAnHour } => new Move(ChatStep.Confirm, draft with { At = now.AddHours(1) }),
        ChatInput.Press { Action: At } press => long.TryParse(press.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds < 253_402_300_800
            ? Taken(draft, TypedTime.Check(DateTimeOffset.FromUnixTimeSeconds(seconds), zone, now)) : null,
        ChatInput.Press => null,
        ChatInput.Text typed => Taken(draft, TypedTime.Read(typed.Value, zone, now)),
        _ => new Move(ChatStep.Time, draft, "Press a time below, or write one like 2026-12-01 18:00, 18:00 or tomorrow 9:30."),
    };

    private static Move Taken(Draft draft, TypedTime time) => time switch
    {
        TypedTime.At(var at) => new Move(ChatStep.Confirm, draft with { At = at }),
        TypedTime.Refused(var why) => new Move(ChatStep.Time, draft, why),
        _ => throw new InvalidOperationException($"No move for {time}."),
    };

    public static Screen Show(Draft draft, Facts facts, DateTimeOffset now)
    {
        var cohort = Words.Html(draft.CohortName ?? "");
        if (facts.CohortProblem is { } problem)
            return new Screen($"<b>{cohort}</b> cannot be used: {Words.Html(Words.Cut(problem, 1_000))}\nGo back and choose another.", [Screen.BackAndCancel]);
        return new Screen(
            $"<b>When?</b>\nTo {cohort}: {Words.Users(facts.Count)} now.\nPress a time, or write one like <code>2026-12-01 18:00</code>, <code>18:00</code> or <code>tomorrow 9:30</code>. It is {Words.Time(now, facts.Zone)}.",
            [
                [new ScreenButton("Now", Now), new ScreenButton("In 1 hour", InAnHour)],
                .. Usual.Select(u => Button(u.Days, u.Hour, u.Name, facts.Zone, now)).OfType<ScreenButton>().Chunk(2),
                [new ScreenButton($"Time zone: {facts.Zone.Id}", Zone)],
                Screen.BackAndCancel,
            ]);
    }

    // The button holds the moment itself: tomorrow is another day when it is pressed after midnight.
    private static ScreenButton? Button(int days, int hour, string name, TimeZoneInfo zone, DateTimeOffset now)
    {
        var local = TimeZoneInfo.ConvertTime(now, zone).Date.AddDays(days).AddHours(hour);
        return TypedTime.Local(local, zone, now) is TypedTime.At(var at) ? new ScreenButton(name, At, Words.Plain(at.ToUnixTimeSeconds())) : null;
    }
}

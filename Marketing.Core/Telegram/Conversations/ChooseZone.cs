namespace Marketing.Core.Telegram.Conversations;

/// <summary>The admin's time zone, kept with their token.</summary>
internal static class ChooseZone
{
    private const string Use = "use";

    public static Move? Take(Draft draft, ChatInput input) => input switch
    {
        ChatInput.Press { Action: Screen.Back } => new Move(ChatStep.Time, draft),
        ChatInput.Press { Action: Use } press => Named(draft, press.Value),
        ChatInput.Press => null,
        ChatInput.Text typed => Named(draft, typed.Value),
        _ => new Move(ChatStep.Zone, draft, "Send the name of your time zone as text, such as Europe/Berlin."),
    };

    private static Move Named(Draft draft, string name)
    {
        if (ChatZones.Find(name) is { } zone)
            return new Move(ChatStep.Time, draft, Effect: new Effect.KeepZone(zone.Id));
        var meant = ChatZones.Near(name) is { } near ? $" Did you mean {near}?" : "";
        return new Move(ChatStep.Zone, draft, $"There is no time zone {Words.Cut(name, 50)}.{meant} Send its IANA name, such as Europe/Berlin.");
    }

    public static Screen Show(Facts facts) => new(
        $"<b>Your time zone</b> is {Words.Html(facts.Zone.Id)}. Press another, or send its IANA name, such as <code>Europe/Berlin</code>.",
        [.. ChatZones.Common.Select(name => new ScreenButton(name, Use, name)).Chunk(2), Screen.BackAndCancel]);
}

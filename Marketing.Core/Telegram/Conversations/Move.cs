namespace Marketing.Core.Telegram.Conversations;

/// <summary>What a step made of an input.</summary>
/// <param name="Note">Plain text above the next screen: what was wrong and what to do.</param>
public sealed record Move(ChatStep Step, Draft Draft, string? Note = null, Effect? Effect = null);

/// <summary>What is to be done besides going to the next screen.</summary>
public abstract record Effect
{
    private Effect() { }

    /// <summary>Makes the broadcast, once, and sends or schedules it.</summary>
    public sealed record Send : Effect;

    /// <param name="TimeZone">IANA name.</param>
    public sealed record KeepZone(string TimeZone) : Effect;
}

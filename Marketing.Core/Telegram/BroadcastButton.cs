using Marketing.Core.Data;

namespace Marketing.Core.Telegram;

/// <summary>
/// The data of a button that acts on a broadcast, <c>~b{broadcast}:{action}:{origin}</c>. It holds all that a press needs, so that the
/// buttons of an old report work for as long as the report is there; each of them may be pressed twice without harm.
/// </summary>
/// <param name="FromList">The card was opened from the list of /broadcasts, and leads back to it.</param>
public readonly record struct BroadcastButton(Guid BroadcastId, string Action, bool FromList)
{
    public const string Prefix = "~b";
    public const string Pause = "pause";
    public const string Resume = "resume";
    public const string Cancel = "cancel";
    public const string Refresh = "show";
    public const string List = "list";

    public override string ToString() => $"{Prefix}{ShortId.Encode(BroadcastId)}:{Action}:{(FromList ? "l" : "")}";

    /// <summary>Null when it is not of this form: forged.</summary>
    public static BroadcastButton? Read(string data) =>
        data.StartsWith(Prefix, StringComparison.Ordinal) && data[Prefix.Length..].Split(':') is [var id, var action, var origin]
        && ShortId.Decode(id) is { } broadcast
            ? new BroadcastButton(broadcast, action, origin == "l") : null;
}

using System.Text.Json;

namespace Marketing.Core.Telegram.Conversations;

/// <summary>What a conversation waits for. Up to Confirm it is open, and a chat has one such; the numbers are stored.</summary>
public enum ChatStep : short
{
    Category = 0, Template = 1, Preview = 2, Edit = 3, Cohort = 4, CustomCohort = 5, Time = 6, Zone = 7, Confirm = 8,

    /// <summary>Yes was pressed: the broadcast is being made, or is to be if that was cut short.</summary>
    Confirmed = 9,

    /// <summary>Its message shows how the broadcast goes on.</summary>
    Watching = 10,

    Ended = 11,
}

/// <summary>What was chosen so far. Stored as JSON, so a member that is added needs a default.</summary>
/// <param name="Page">Of the list that is shown, from 0.</param>
/// <param name="Text">Typed in place of the template's.</param>
/// <param name="CohortName">A saved cohort's name, or the custom one in words.</param>
/// <param name="At">UTC; now when null.</param>
/// <param name="LastInput">The message that was typed last, at <paramref name="InputStep"/>: while that lasts, an edit of it is taken again.</param>
/// <param name="ConfirmPress">The press of Yes, by which Telegram's second delivery of it is known.</param>
/// <param name="Shown">The text of the progress message as it was last edited.</param>
public sealed record Draft(
    int Page = 0, string? Category = null, Guid? TemplateId = null, string? Text = null, JsonElement? Cohort = null, string? CohortName = null,
    IReadOnlyList<string>? Tiers = null, IReadOnlyList<string>? Regions = null, DateTimeOffset? At = null,
    int? LastInput = null, ChatStep? InputStep = null, string? ConfirmPress = null, string? Shown = null);

/// <param name="Version">Counts up with each transition; a button carries that of its screen.</param>
public sealed record Conversation(
    Guid Id, long ChatId, Guid AdminId, ChatStep Step, Draft Draft, int? MessageId, Guid? BroadcastId, int Version, DateTimeOffset UpdatedAt)
{
    /// <summary>What was left for longer is over: prices and plans of yesterday are not to be confirmed today.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    public bool IsOpen => Step <= ChatStep.Confirm;

    public bool IsOver(DateTimeOffset now) => Step <= ChatStep.Confirmed && now - UpdatedAt > Lifetime;
}

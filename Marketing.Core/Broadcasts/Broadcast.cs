using System.Text.Json;
using System.Text.Json.Serialization;
using Marketing.Core.Analytics;
using Marketing.Core.Delivery;

namespace Marketing.Core.Broadcasts;

public enum BroadcastStatus : short { Draft = 0, Scheduled = 1, Sent = 2, Failed = 3, Sending = 4, Paused = 5, Cancelled = 6 }

/// <param name="TemplateVersion">The version that is sent; null before its sending has begun.</param>
/// <param name="MessageTemplate">In place of the template's content and all its translations; null to use those.</param>
/// <param name="SentAt">When the last recipient was settled.</param>
/// <param name="FailureReason">Why the status is failed.</param>
/// <param name="UpdatedBy">Null when nobody has changed it since it was made.</param>
/// <param name="ApprovedBy">The second person (FourEyes.cs); each change takes it back.</param>
/// <param name="Revision">Another after each change of anything but the stats.</param>
public sealed record Broadcast(
    Guid Id, string Title, Guid TemplateId, int? TemplateVersion, JsonElement CohortQuery, string? MessageTemplate, OnUncertain OnUncertain, BroadcastStatus Status,
    DateTimeOffset? ScheduledAt, DateTimeOffset? SentAt, string? FailureReason,
    Guid CreatedBy, Guid? UpdatedBy, Guid? ApprovedBy, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, [property: JsonIgnore] string Revision)
{
    /// <summary>Null before its sending has begun.</summary>
    public BroadcastStats? Stats { get; init; }
}

/// <param name="ScheduledAt">UTC, in the future; a draft when null.</param>
/// <param name="OnUncertain">Keep when null.</param>
public sealed record BroadcastInput(
    string? Title, Guid? TemplateId, JsonElement? CohortQuery, string? MessageTemplate, DateTimeOffset? ScheduledAt,
    OnUncertain? OnUncertain);

/// <param name="CreateSha256">Of the body of the request that made it.</param>
public sealed record BroadcastOfKey(Guid Id, byte[] CreateSha256);

/// <summary>A send that was accepted: <paramref name="Recipients"/> is the cohort's count at that moment.</summary>
public sealed record SendAccepted(Guid Id, BroadcastStatus Status, int Recipients);

public sealed record StatusChanged(Guid Id, BroadcastStatus Status);

/// <summary>Which broadcasts a list shows; null is any. A from is inclusive, a to is not.</summary>
/// <param name="Search">A part of the title, in any case.</param>
public sealed record BroadcastFilter(
    BroadcastStatus? Status = null, Guid? TemplateId = null, string? Search = null, DateTimeOffset? CreatedFrom = null,
    DateTimeOffset? CreatedTo = null, DateTimeOffset? ScheduledFrom = null, DateTimeOffset? ScheduledTo = null);

/// <param name="ChatIds">Up to 10 chats, which get the message with the fields of the person there, or a sample's.</param>
/// <param name="Language">In place of each person's own.</param>
public sealed record TestSendInput(IReadOnlyList<long>? ChatIds, string? Language = null);

using System.Text.Json;
using Marketing.Core.Analytics;
using Marketing.Core.Delivery;

namespace Marketing.Core.Broadcasts;

public enum BroadcastStatus : short { Draft = 0, Scheduled = 1, Sent = 2, Failed = 3, Sending = 4, Paused = 5, Cancelled = 6 }

/// <param name="MessageTemplate">In place of the template's content; null to use that.</param>
/// <param name="SentAt">When the last recipient was settled.</param>
/// <param name="FailureReason">Why the status is failed.</param>
public sealed record Broadcast(
    Guid Id, string Title, Guid TemplateId, JsonElement CohortQuery, string? MessageTemplate, OnUncertain OnUncertain, BroadcastStatus Status,
    DateTimeOffset? ScheduledAt, DateTimeOffset? SentAt, string? FailureReason,
    Guid CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    /// <summary>Null before its sending has begun.</summary>
    public BroadcastStats? Stats { get; init; }
}

/// <param name="ScheduledAt">UTC, in the future; a draft when null.</param>
/// <param name="OnUncertain">Keep when null.</param>
public sealed record BroadcastInput(
    string? Title, Guid? TemplateId, JsonElement? CohortQuery, string? MessageTemplate, DateTimeOffset? ScheduledAt,
    OnUncertain? OnUncertain);

/// <summary>A send that was accepted: <paramref name="Recipients"/> is the cohort's count at that moment.</summary>
public sealed record SendAccepted(Guid Id, BroadcastStatus Status, int Recipients);

public sealed record StatusChanged(Guid Id, BroadcastStatus Status);

/// <summary>One page, newest first; <paramref name="NextCursor"/> is null on the last.</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor);

/// <param name="ChatIds">Up to 10 chats, which get the message with the fields of the person there, or a sample's.</param>
public sealed record TestSendInput(IReadOnlyList<long>? ChatIds);

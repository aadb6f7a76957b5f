using System.Text.Json;

namespace Marketing.Core.Audience;

/// <summary>
/// Someone the bot may write to; reachable while neither opted out (asked for no more broadcasts) nor suppressed (Telegram
/// refused the chat: blocked, deactivated). In a private chat ChatId and TelegramUserId are the same number; Attributes is a
/// JSON object with what the operator knows beyond the columns.
/// </summary>
public sealed record User(
    Guid Id, long TelegramUserId, long ChatId, string? FirstName, string? LastName, string? Username, string? Language,
    string? UserTier, string? Region, JsonElement Attributes, DateTimeOffset? LastTradeAt, DateTimeOffset? LastSeenAt,
    DateTimeOffset? OptedOutAt, DateTimeOffset? SuppressedAt, string? SuppressionReason,
    DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

public enum ImportFormat { Csv, Ndjson }

/// <summary>A line that was left out. <paramref name="Line"/> counts from 1 and is where the record starts in the file.</summary>
public sealed record RejectedLine(long Line, string Reason);

/// <summary>
/// What an import did. Every record of the file is a person inserted, a person updated, an earlier line of a person who comes
/// again further down (Duplicates) or rejected, so the four numbers add up to it. Rejected lists the first 1,000 of RejectedTotal.
/// </summary>
public sealed record ImportResult(
    long Inserted, long Updated, long Duplicates, long RejectedTotal, IReadOnlyList<RejectedLine> Rejected);

using Marketing.Core.Audience;

namespace Marketing.Core.Cta;

/// <summary>Somebody did what a broadcast was for. One of the two user ids is needed.</summary>
/// <param name="BroadcastId">Attributed to this broadcast; to the last click within the window when null.</param>
/// <param name="Event">What happened, such as deposit.</param>
/// <param name="Currency">ISO 4217, such as EUR.</param>
/// <param name="OccurredAt">Now when null. Only clicks up to then can have led to it.</param>
/// <param name="IdempotencyKey">The same key again changes nothing and gets the same answer.</param>
public sealed record ConversionInput(
    Guid? UserId, long? TelegramUserId, Guid? BroadcastId, string? Event, decimal? Value, string? Currency, DateTimeOffset? OccurredAt,
    string? IdempotencyKey);

/// <param name="BroadcastId">Null when no click could be found to attribute it to.</param>
/// <param name="CtaButtonId">Of the click that it is credited to; null for none.</param>
public sealed record Conversion(
    Guid Id, Guid UserId, Guid? BroadcastId, Guid? CtaButtonId, string Event, decimal? Value, string? Currency, string IdempotencyKey,
    DateTimeOffset OccurredAt, DateTimeOffset CreatedAt);

/// <param name="Errors">JSON pointers into that conversion, and what is wrong there.</param>
public sealed record RejectedConversion(int Index, IReadOnlyDictionary<string, string[]> Errors);

/// <summary>What became of a batch; the three add up to it.</summary>
/// <param name="Repeated">Their key was used before, or further up in the batch.</param>
public sealed record ConversionBatch(int Recorded, int Repeated, IReadOnlyList<RejectedConversion> Rejected);

/// <summary>What became of a file; the three numbers add up to its records.</summary>
/// <param name="Rejected">At most 1,000 of them, by line.</param>
public sealed record ConversionImport(long Recorded, long Repeated, long RejectedCount, IReadOnlyList<RejectedLine> Rejected);

/// <param name="Attributed">Whether it has a broadcast; null for both.</param>
public sealed record ConversionFilter(Guid? BroadcastId, bool? Attributed, string? Event);

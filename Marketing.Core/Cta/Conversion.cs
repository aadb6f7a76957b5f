namespace Marketing.Core.Cta;

/// <summary>Somebody did what a broadcast was for. One of the two user ids is needed.</summary>
/// <param name="BroadcastId">Attributed to this broadcast; to the last click within the window when null.</param>
/// <param name="Event">What happened, such as deposit.</param>
/// <param name="Currency">ISO 4217, such as EUR.</param>
/// <param name="IdempotencyKey">The same key again changes nothing and gets the same answer.</param>
public sealed record ConversionInput(
    Guid? UserId, long? TelegramUserId, Guid? BroadcastId, string? Event, decimal? Value, string? Currency, string? IdempotencyKey);

/// <param name="BroadcastId">Null when no click could be found to attribute it to.</param>
public sealed record Conversion(
    Guid Id, Guid UserId, Guid? BroadcastId, string Event, decimal? Value, string? Currency, string IdempotencyKey, DateTimeOffset CreatedAt);

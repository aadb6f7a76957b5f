namespace Marketing.Core.Cohorts;

/// <summary>Somebody in a cohort, as an operator recognises them.</summary>
public sealed record CohortMember(
    Guid Id, long TelegramUserId, string? FirstName, string? Username, string? Language, string? UserTier, string? Region);

/// <summary>How many people a query reaches now, and up to ten of them, newest first.</summary>
public sealed record CohortPreview(int Count, IReadOnlyList<CohortMember> Sample);

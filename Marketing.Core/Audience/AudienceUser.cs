using System.Text.Json;
using System.Text.Json.Serialization;

namespace Marketing.Core.Audience;

/// <summary>Why somebody is on the list of those not to write to.</summary>
public enum SuppressionKind : short
{
    /// <summary>Telegram refused the chat: blocked or gone. Lifted by the person, who comes back to the bot.</summary>
    Blocked,

    /// <summary>An operator's decision. Lifted by an operator, never by the person or an import.</summary>
    Operator,
}

public sealed record Suppression(SuppressionKind Kind, string Reason, DateTimeOffset Since);

/// <summary>A person as operators see them. Reachable: neither opted out nor suppressed, so that cohorts may hold them.</summary>
public sealed record AudienceUser(
    Guid Id, long TelegramUserId, long ChatId, string? FirstName, string? LastName, string? Username, string? Language,
    string? UserTier, string? Region, JsonElement Attributes, DateTimeOffset? LastTradeAt, DateTimeOffset? LastSeenAt,
    DateTimeOffset? OptedOutAt, IReadOnlyList<Suppression> Suppressions, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    [JsonPropertyOrder(-1)]
    public bool Reachable => OptedOutAt is null && Suppressions.Count == 0;
}

public enum UserState { Reachable, OptedOut, Suppressed }

/// <param name="Search">The beginning of a first name (the last name may follow), a last name, a username or a Telegram id.</param>
public sealed record UserFilter(string? Search, string? Tier, string? Region, string? Language, UserState? State);

/// <summary>Which person is meant: our id, or telegram:ID.</summary>
public readonly record struct UserKey(Guid? Id, long? TelegramUserId)
{
    private const string TelegramPrefix = "telegram:";

    /// <exception cref="InvalidException">It is neither.</exception>
    public static UserKey Parse(string text) =>
        Guid.TryParseExact(text, "D", out var id) ? new UserKey(id, null)
        : text.StartsWith(TelegramPrefix, StringComparison.Ordinal) ? new UserKey(null, TelegramId("/id", text[TelegramPrefix.Length..]))
        : throw new InvalidException("/id", $"{PersonValues.Quote(text)} is neither a UUID nor {TelegramPrefix}ID");

    /// <exception cref="InvalidException">It is not a positive whole number.</exception>
    public static long TelegramId(string pointer, string text) =>
        PersonValues.TryWholeNumber(text, out var id) && id > 0
            ? id : throw new InvalidException(pointer, $"{PersonValues.Quote(text)} is not a Telegram id; it is a positive whole number");

    public override string ToString() => Id is { } id ? id.ToString() : $"{TelegramPrefix}{TelegramUserId}";
}

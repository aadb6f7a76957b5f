using System.Text.Json;
using System.Text.Json.Serialization;

namespace Marketing.Core.Access;

/// <summary>Who may use the API, with a token or signed in with Microsoft Entra.</summary>
/// <param name="PrincipalId">tenant/object of somebody signed in with Entra, whose name and role come from there; null for a token.</param>
/// <param name="LastUsedAt">Exact to a minute; null when it never was.</param>
/// <param name="CreatedBy">The caller who made it; null for one from the settings or from Entra.</param>
public sealed record AdminToken(
    Guid Id, string Name, Role Role, string? PrincipalId, DateTimeOffset CreatedAt, Guid? CreatedBy, DateTimeOffset? ExpiresAt,
    DateTimeOffset? LastUsedAt, DateTimeOffset? RevokedAt, bool TelegramLinked)
{
    /// <summary>The token itself, only in the answer that made it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Token { get; init; }
}

/// <param name="ExpiresAt">UTC, in the future; never when null.</param>
public sealed record AdminTokenInput(string? Name, Role? Role, DateTimeOffset? ExpiresAt);

/// <summary>What is not given stays as it is.</summary>
/// <param name="ExpiresAt">A time in the future, or null for never.</param>
public sealed record AdminTokenChanges(string? Name, Role? Role, JsonElement ExpiresAt);

/// <summary>The caller's own view of themselves.</summary>
/// <param name="TimeZone">IANA name.</param>
/// <param name="FourEyesOver">Recipients over which a broadcast needs a second person, for all alike; null for never.</param>
public sealed record Profile(
    Guid Id, string Name, Role Role, IReadOnlyList<Permission> Permissions, string TimeZone, bool TelegramLinked, DateTimeOffset? ExpiresAt,
    int? FourEyesOver);

public sealed record ProfileChanges(string? TimeZone);

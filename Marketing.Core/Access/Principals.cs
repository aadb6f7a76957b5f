using Dapper;
using Npgsql;

namespace Marketing.Core.Access;

/// <summary>People signed in with Microsoft Entra: a row beside the tokens, so that what they make points to them like to any other.</summary>
public sealed class Principals(NpgsqlDataSource source, MarketingOptions options, TimeProvider clock)
{
    /// <summary>
    /// How long a sign-in holds for acting from the chat, where Entra is not asked: somebody who left the company loses the chat
    /// at the latest then. Each request over the API renews it.
    /// </summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    /// <summary>Off by default: where App Service authentication is not in front of the app, anybody can write the header.</summary>
    public bool AreAccepted => options.EntraRoles.Count > 0;

    // Most requests: nothing changed since less than a minute ago, so nothing is written.
    private const string KnownSql = """
        SELECT id, name, role FROM admin_tokens
        WHERE principal_id = @Id AND name = @Name AND role = @role AND revoked_at IS NULL AND last_used_at > @staleSince
        """;

    private const string SignInSql = """
        INSERT INTO admin_tokens (id, name, role, principal_id, created_at, last_used_at, expires_at)
        VALUES (@newId, @Name, @role, @Id, @now, @now, @expiresAt)
        ON CONFLICT (principal_id) DO UPDATE SET name = @Name, role = @role, last_used_at = @now, expires_at = @expiresAt
            WHERE admin_tokens.revoked_at IS NULL
        RETURNING id, name, role
        """;

    /// <exception cref="ForbiddenException">None of their roles is in the settings, or their access was revoked.</exception>
    public async Task<Caller> SignInAsync(ClientPrincipal principal, CancellationToken ct)
    {
        if (RoleOf(principal, options.EntraRoles) is not { } role)
            throw new ForbiddenException("None of your app roles in Microsoft Entra gives a role here.");
        var now = clock.GetUtcNow();
        var parameters = new
        {
            principal.Id, principal.Name, role, now, newId = Guid.CreateVersion7(now),
            staleSince = now - TokenRepository.LastUsedPrecision, expiresAt = now + Lifetime,
        };
        await using var db = await source.OpenConnectionAsync(ct);
        return await db.QuerySingleOrDefaultAsync<Caller>(new CommandDefinition(KnownSql, parameters, cancellationToken: ct))
            ?? await db.QuerySingleOrDefaultAsync<Caller>(new CommandDefinition(SignInSql, parameters, cancellationToken: ct))
            ?? throw new ForbiddenException("Your access was revoked here.");
    }

    /// <summary>The highest role that any of the app roles gives; null for none.</summary>
    public static Role? RoleOf(ClientPrincipal principal, IReadOnlyDictionary<string, Role> roles) =>
        principal.Roles.Where(roles.ContainsKey).Select(role => (Role?)roles[role]).Max();
}

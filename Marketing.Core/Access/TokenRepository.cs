using System.Security.Cryptography;
using System.Text;
using Dapper;
using Npgsql;

namespace Marketing.Core.Access;

/// <summary>Admin tokens. Only the SHA-256 is kept and looked up, so a comparison's time tells nothing about a token.</summary>
public sealed class TokenRepository(NpgsqlDataSource source, TimeProvider clock)
{
    /// <summary>How exactly a last use is known, so that reading is not a write per request.</summary>
    public static readonly TimeSpan LastUsedPrecision = TimeSpan.FromMinutes(1);

    private const string Valid = "revoked_at IS NULL AND (expires_at IS NULL OR expires_at > @now)";

    private const string FindSql = $"SELECT id, name, role, last_used_at FROM admin_tokens WHERE token_sha256 = @hash AND {Valid}";

    // The condition once more: of requests at once only one writes.
    private const string TouchSql = """
        UPDATE admin_tokens SET last_used_at = @now WHERE id = @id AND (last_used_at IS NULL OR last_used_at <= @staleSince)
        """;

    /// <summary>Whose token it is; null when it is unknown, expired or revoked.</summary>
    public async Task<Caller?> FindAsync(string token, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var staleSince = now - LastUsedPrecision;
        await using var db = await source.OpenConnectionAsync(ct);
        var found = await db.QuerySingleOrDefaultAsync<Found>(new CommandDefinition(
            FindSql, new { hash = Hash(token), now }, cancellationToken: ct));
        if (found is null)
            return null;
        if (found.LastUsedAt is null || found.LastUsedAt <= staleSince)
            await db.ExecuteAsync(new CommandDefinition(TouchSql, new { found.Id, now, staleSince }, cancellationToken: ct));
        return new Caller(found.Id, found.Name, found.Role);
    }

    private sealed record Found(Guid Id, string Name, Role Role, DateTimeOffset? LastUsedAt);

    // An owner who was revoked stays revoked, whatever the settings still say.
    private const string AddOwnerSql = """
        INSERT INTO admin_tokens (id, name, role, token_sha256) VALUES (@id, 'owner', @role, @hash)
        ON CONFLICT (token_sha256) DO NOTHING
        """;

    /// <summary>Makes the first owner's token known; nothing happens when it already is.</summary>
    public async Task AddOwnerAsync(string token, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        await db.ExecuteAsync(new CommandDefinition(
            AddOwnerSql, new { id = Guid.CreateVersion7(clock.GetUtcNow()), role = Role.Owner, hash = Hash(token) }, cancellationToken: ct));
    }

    private const string Columns = """
        id, name, role, principal_id, created_at, created_by, expires_at, last_used_at, revoked_at,
        telegram_user_id IS NOT NULL AS telegram_linked
        """;

    private const string InsertSql = $"""
        INSERT INTO admin_tokens (id, name, role, token_sha256, created_at, created_by, expires_at)
        VALUES (@id, @name, @role, @hash, @now, @createdBy, @expiresAt)
        RETURNING {Columns}
        """;

    public async Task<AdminToken> InsertAsync(
        string token, string name, Role role, DateTimeOffset? expiresAt, Guid createdBy, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var db = await source.OpenConnectionAsync(ct);
        return await db.QuerySingleAsync<AdminToken>(new CommandDefinition(
            InsertSql, new { id = Guid.CreateVersion7(now), name, role, hash = Hash(token), now, createdBy, expiresAt }, cancellationToken: ct));
    }

    private const string GetSql = $"SELECT {Columns} FROM admin_tokens WHERE id = @id";

    public async Task<AdminToken?> GetAsync(Guid id, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        return await db.QuerySingleOrDefaultAsync<AdminToken>(new CommandDefinition(GetSql, new { id }, cancellationToken: ct));
    }

    private const string ListSql = $"""
        SELECT {Columns} FROM admin_tokens WHERE @before::uuid IS NULL OR id < @before ORDER BY id DESC LIMIT @limit
        """;

    /// <summary>Newest first, the revoked ones among them.</summary>
    public async Task<IReadOnlyList<AdminToken>> ListAsync(Guid? before, int limit, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        return (await db.QueryAsync<AdminToken>(new CommandDefinition(ListSql, new { before, limit }, cancellationToken: ct))).AsList();
    }

    // Two owners who revoke each other at the same moment: the second waits here, and then no longer finds itself another.
    private const string LockOwnersSql = $"SELECT id FROM admin_tokens WHERE role = @owner AND {Valid} ORDER BY id FOR NO KEY UPDATE";

    private const string ChangeSql = $"""
        UPDATE admin_tokens SET name = @Name, role = @Role, expires_at = @ExpiresAt, revoked_at = @RevokedAt WHERE id = @Id
        RETURNING {Columns}
        """;

    /// <summary>Stores what <paramref name="change"/> makes of a token.</summary>
    /// <param name="change">Gets the token and whether it is the only valid owner; refuses with an exception.</param>
    /// <returns>Null when there is no such token.</returns>
    public async Task<AdminToken?> ChangeAsync(Guid id, Func<AdminToken, bool, AdminToken> change, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        await using var transaction = await db.BeginTransactionAsync(ct);
        CommandDefinition Command(string sql, object parameters) => new(sql, parameters, transaction, cancellationToken: ct);

        var owners = (await db.QueryAsync<Guid>(Command(LockOwnersSql, new { owner = Role.Owner, now = clock.GetUtcNow() }))).AsList();
        if (await db.QuerySingleOrDefaultAsync<AdminToken>(Command(GetSql + " FOR NO KEY UPDATE", new { id })) is not { } token)
            return null;
        var changed = change(token, owners is [var only] && only == id);
        var stored = await db.QuerySingleAsync<AdminToken>(Command(ChangeSql, changed));
        await transaction.CommitAsync(ct);
        return stored;
    }

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}

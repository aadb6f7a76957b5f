using System.Security.Cryptography;
using System.Text;
using Dapper;
using Npgsql;

namespace Marketing.Core.Access;

/// <summary>Admin tokens. Only the SHA-256 is kept and looked up, so a comparison's time tells nothing about a token.</summary>
public sealed class TokenRepository(NpgsqlDataSource source, TimeProvider clock)
{
    private const string FindSql = """
        SELECT id, name, role FROM admin_tokens
        WHERE token_sha256 = @hash AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > @now)
        """;

    public async Task<Caller?> FindAsync(string token, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        return await db.QuerySingleOrDefaultAsync<Caller>(new CommandDefinition(
            FindSql, new { hash = Hash(token), now = clock.GetUtcNow() }, cancellationToken: ct));
    }

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

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}

using System.Security.Cryptography;
using System.Text;
using Dapper;
using Npgsql;

namespace Marketing.Core.Access;

/// <param name="Code">To be sent to the bot as <c>/link CODE</c>, once.</param>
public sealed record LinkCode(string Code, DateTimeOffset ExpiresAt);

/// <param name="TimeZone">IANA name.</param>
public sealed record TelegramAdmin(Guid Id, string Name, Role Role, string TimeZone)
{
    public Caller Caller => new(Id, Name, Role);
}

/// <summary>Which Telegram account acts with which token's role. A token that is revoked or expired ends its account's role too.</summary>
public sealed class TelegramLinks(NpgsqlDataSource source, TimeProvider clock)
{
    public static readonly TimeSpan CodeLifetime = TimeSpan.FromMinutes(10);

    // 32 letters and digits without the four that are mistaken for others: 8 of them are 40 bits, against ten minutes of guessing
    // at Telegram's pace.
    private const string Alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    private const int CodeLength = 8;

    private const string CreateSql = """
        UPDATE admin_tokens SET link_code_sha256 = @hash, link_code_expires_at = @expiresAt WHERE id = @id
        """;

    /// <summary>Makes a code, which takes the place of the token's last one.</summary>
    public async Task<LinkCode> CreateCodeAsync(Caller caller, CancellationToken ct)
    {
        var code = new LinkCode(RandomNumberGenerator.GetString(Alphabet, CodeLength), clock.GetUtcNow() + CodeLifetime);
        await using var db = await source.OpenConnectionAsync(ct);
        await db.ExecuteAsync(new CommandDefinition(
            CreateSql, new { caller.Id, hash = Hash(code.Code), code.ExpiresAt }, cancellationToken: ct));
        return code;
    }

    private const string Valid = "revoked_at IS NULL AND (expires_at IS NULL OR expires_at > @now)";

    // An account that is linked to another token lets go of that one first: a unique constraint is checked row by row.
    private const string UnlinkSql = """
        UPDATE admin_tokens SET telegram_user_id = NULL
        WHERE telegram_user_id = @telegramUserId AND EXISTS (
            SELECT 1 FROM admin_tokens WHERE link_code_sha256 = @hash AND link_code_expires_at > @now)
        """;

    private const string RedeemSql = $"""
        UPDATE admin_tokens SET telegram_user_id = @telegramUserId, link_code_sha256 = NULL, link_code_expires_at = NULL
        WHERE link_code_sha256 = @hash AND link_code_expires_at > @now AND {Valid}
        RETURNING id, name, role, time_zone
        """;

    /// <summary>Links the account to the code's token; null when the code is wrong, used or expired.</summary>
    public async Task<TelegramAdmin?> RedeemAsync(string code, long telegramUserId, CancellationToken ct)
    {
        var parameters = new { hash = Hash(code.Trim().ToUpperInvariant()), telegramUserId, now = clock.GetUtcNow() };
        await using var db = await source.OpenConnectionAsync(ct);
        await using var transaction = await db.BeginTransactionAsync(ct);
        await db.ExecuteAsync(new CommandDefinition(UnlinkSql, parameters, transaction, cancellationToken: ct));
        var admin = await db.QuerySingleOrDefaultAsync<TelegramAdmin>(new CommandDefinition(
            RedeemSql, parameters, transaction, cancellationToken: ct));
        if (admin is not null)
            await transaction.CommitAsync(ct);
        return admin;
    }

    private const string FindSql = $"SELECT id, name, role, time_zone FROM admin_tokens WHERE telegram_user_id = @telegramUserId AND {Valid}";

    /// <summary>Null for everybody who is not linked, which is nearly all.</summary>
    public async Task<TelegramAdmin?> FindAsync(long telegramUserId, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        return await db.QuerySingleOrDefaultAsync<TelegramAdmin>(new CommandDefinition(
            FindSql, new { telegramUserId, now = clock.GetUtcNow() }, cancellationToken: ct));
    }

    // A code that is still waiting would link the account again.
    private const string UnlinkOwnSql = """
        UPDATE admin_tokens SET telegram_user_id = NULL, link_code_sha256 = NULL, link_code_expires_at = NULL WHERE id = @id
        """;

    /// <summary>Lets go of the token's Telegram account and of a code that was not used yet.</summary>
    public async Task UnlinkAsync(Caller caller, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        await db.ExecuteAsync(new CommandDefinition(UnlinkOwnSql, new { caller.Id }, cancellationToken: ct));
    }

    private static byte[] Hash(string code) => SHA256.HashData(Encoding.UTF8.GetBytes(code));
}

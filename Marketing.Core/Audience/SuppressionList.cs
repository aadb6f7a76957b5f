using System.Globalization;
using Dapper;
using Marketing.Core.Access;
using Npgsql;

namespace Marketing.Core.Audience;

/// <summary>Somebody not to write to. UserId is null for a person who is not in the audience (yet).</summary>
public sealed record SuppressedPerson(
    long TelegramUserId, Guid? UserId, SuppressionKind Kind, string Reason, DateTimeOffset Since, Guid? CreatedBy);

public sealed record SuppressionInput(long? TelegramUserId, string? Reason);

/// <summary>Those not to write to: by Telegram's word (users.suppressed_at) and by an operator's (suppressions).</summary>
public sealed class SuppressionList(NpgsqlDataSource source, TimeProvider clock)
{
    private const int MaxReason = 500;

    // Each part is a few rows of its own index; a person may be in both.
    private const string PageSql = """
        SELECT telegram_user_id, user_id, kind, reason, since, created_by FROM (
            (SELECT u.telegram_user_id, u.id AS user_id, 0::smallint AS kind, u.suppression_reason AS reason, u.suppressed_at AS since, NULL::uuid AS created_by
             FROM users u WHERE u.suppressed_at IS NOT NULL AND coalesce(@kind, 0) = 0 AND u.telegram_user_id >= @telegramUserId
             ORDER BY u.telegram_user_id LIMIT @limit + 1)
            UNION ALL
            (SELECT s.telegram_user_id, u.id, 1::smallint, s.reason, s.created_at, s.created_by
             FROM suppressions s LEFT JOIN users u ON u.telegram_user_id = s.telegram_user_id
             WHERE coalesce(@kind, 1) = 1 AND s.telegram_user_id >= @telegramUserId
             ORDER BY s.telegram_user_id LIMIT @limit + 1)) listed
        WHERE (telegram_user_id, kind) > (@telegramUserId, @afterKind)
        ORDER BY telegram_user_id, kind LIMIT @limit
        """;

    /// <summary>By rising Telegram id.</summary>
    /// <param name="cursor">The <see cref="Cursor"/> of the last one seen; null for the beginning.</param>
    public async Task<IReadOnlyList<SuppressedPerson>> PageAsync(SuppressionKind? kind, string? cursor, int limit, CancellationToken ct)
    {
        var (telegramUserId, afterKind) = Read(cursor);
        await using var db = await source.OpenConnectionAsync(ct);
        return (await db.QueryAsync<SuppressedPerson>(new CommandDefinition(
            PageSql, new { kind = (int?)kind, telegramUserId, afterKind, limit }, cancellationToken: ct))).AsList();
    }

    public static string Cursor(SuppressedPerson last) =>
        string.Create(CultureInfo.InvariantCulture, $"{last.TelegramUserId}.{(int)last.Kind}");

    private static (long TelegramUserId, int Kind) Read(string? cursor)
    {
        if (cursor is null)
            return (0, -1);
        var parts = cursor.Split('.');
        return parts.Length == 2 && PersonValues.TryWholeNumber(parts[0], out var id) && id > 0 && parts[1] is "0" or "1"
            ? (id, parts[1][0] - '0') : throw new InvalidException("/cursor", "is not a cursor of this list");
    }

    // Again with another reason: the reason is the new one, the time the first.
    private const string AddSql = """
        WITH listed AS (
            INSERT INTO suppressions (telegram_user_id, reason, created_by, created_at) VALUES (@TelegramUserId, @reason, @callerId, @now)
            ON CONFLICT (telegram_user_id) DO UPDATE SET reason = @reason
            RETURNING telegram_user_id, reason, created_at, created_by)
        SELECT l.telegram_user_id, u.id AS user_id, 1::smallint AS kind, l.reason, l.created_at AS since, l.created_by
        FROM listed l LEFT JOIN users u ON u.telegram_user_id = l.telegram_user_id
        """;

    public async Task<SuppressedPerson> AddAsync(SuppressionInput input, Caller caller, CancellationToken ct)
    {
        var problems = new Problems();
        if (input.TelegramUserId is null)
            problems.Add("/telegram_user_id", "is missing");
        else if (input.TelegramUserId <= 0)
            problems.Add("/telegram_user_id", "must be a positive whole number");
        problems.Text("/reason", input.Reason, MaxReason);
        problems.ThrowIfAny();
        await using var db = await source.OpenConnectionAsync(ct);
        return await db.QuerySingleAsync<SuppressedPerson>(new CommandDefinition(AddSql, new
        {
            input.TelegramUserId, reason = input.Reason!.Trim(), callerId = caller.Id, now = clock.GetUtcNow(),
        }, cancellationToken: ct));
    }

    private const string RemoveSql = "DELETE FROM suppressions WHERE telegram_user_id = @telegramUserId";

    private const string BlockedSql = "SELECT EXISTS (SELECT FROM users WHERE telegram_user_id = @telegramUserId AND suppressed_at IS NOT NULL)";

    /// <exception cref="ConflictException">Only Telegram refuses this person.</exception>
    /// <exception cref="NotFoundException">Nobody suppressed this person.</exception>
    public async Task RemoveAsync(long telegramUserId, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        if (await db.ExecuteAsync(new CommandDefinition(RemoveSql, new { telegramUserId }, cancellationToken: ct)) == 1)
            return;
        if (await db.ExecuteScalarAsync<bool>(new CommandDefinition(BlockedSql, new { telegramUserId }, cancellationToken: ct)))
            throw new ConflictException("Telegram refuses this person: only they can lift that, by coming back to the bot with /start.");
        throw new NotFoundException($"No operator suppressed the Telegram id {telegramUserId}.");
    }
}

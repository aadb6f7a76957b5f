using System.Text.Json;
using Dapper;
using Npgsql;

namespace Marketing.Core.Audience;

/// <summary>The people of the audience, one by one and in pages.</summary>
public sealed class UserRepository(NpgsqlDataSource source, TimeProvider clock)
{
    private const string RowsSql = """
        SELECT u.id, u.telegram_user_id, u.chat_id, u.first_name, u.last_name, u.username, u.language, u.user_tier, u.region, u.attributes,
            u.last_trade_at, u.last_seen_at, u.opted_out_at, u.suppressed_at, u.suppression_reason, u.created_at, u.updated_at,
            s.created_at AS listed_at, s.reason AS listed_reason
        FROM users u LEFT JOIN suppressions s ON s.telegram_user_id = u.telegram_user_id
        """;

    // A plan made without looking at the values cannot tell a beginning that all names have from one that nobody has: it reads the
    // table from its end until the page is full, which for the latter is a million rows.
    private const string CustomPlanSql = "SET LOCAL plan_cache_mode = force_custom_plan";

    /// <summary>Newest first: ids are UUIDv7, so the primary key serves the order and is the cursor.</summary>
    /// <param name="before">The last id already seen; null for the beginning.</param>
    public async Task<IReadOnlyList<AudienceUser>> SearchAsync(UserFilter filter, Guid? before, int limit, CancellationToken ct)
    {
        var (where, parameters) = UserSearch.Of(filter);
        parameters.Add("before", before);
        parameters.Add("limit", limit);
        await using var db = await source.OpenConnectionAsync(ct);
        await using var transaction = await db.BeginTransactionAsync(ct);
        await db.ExecuteAsync(new CommandDefinition(CustomPlanSql, transaction: transaction, cancellationToken: ct));
        var rows = await db.QueryAsync<Row>(new CommandDefinition(
            $"{RowsSql} WHERE {where} AND (@before::uuid IS NULL OR u.id < @before) ORDER BY u.id DESC LIMIT @limit",
            parameters, transaction, cancellationToken: ct));
        return [.. rows.Select(row => row.ToUser())];
    }

    private const string FindSql = $"{RowsSql} WHERE u.id = @Id OR u.telegram_user_id = @TelegramUserId";

    public async Task<AudienceUser?> FindAsync(UserKey key, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        return (await db.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(FindSql, key, cancellationToken: ct)))?.ToUser();
    }

    private const string LockSql = """
        SELECT id, user_tier, region, language, last_trade_at, attributes FROM users
        WHERE id = @Id OR telegram_user_id = @TelegramUserId FOR UPDATE
        """;

    private const string UpdateSql = """
        UPDATE users SET user_tier = @UserTier, region = @Region, language = @Language, last_trade_at = @LastTradeAt,
            attributes = @Attributes, updated_at = @now
        WHERE id = @Id
        """;

    /// <summary>Changes somebody while nobody else does; false when there is no such person.</summary>
    /// <param name="change">Decides from what there is now; what it refuses is not written.</param>
    public async Task<bool> ChangeAsync(UserKey key, Func<UserFields, UserFields> change, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        await using var transaction = await db.BeginTransactionAsync(ct);
        var current = await db.QuerySingleOrDefaultAsync<UserFields>(new CommandDefinition(LockSql, key, transaction, cancellationToken: ct));
        if (current is null)
            return false;
        var next = change(current);
        await db.ExecuteAsync(new CommandDefinition(UpdateSql, new
        {
            current.Id, next.UserTier, next.Region, next.Language, next.LastTradeAt, next.Attributes, now = clock.GetUtcNow(),
        }, transaction, cancellationToken: ct));
        await transaction.CommitAsync(ct);
        return true;
    }

    // The first refusal is the one that counts: doing it again does not move its time.
    private const string OptOutSql = """
        UPDATE users SET opted_out_at = CASE WHEN @optedOut THEN coalesce(opted_out_at, @now) END, updated_at = @now
        WHERE id = @Id OR telegram_user_id = @TelegramUserId
        """;

    /// <summary>False when there is no such person.</summary>
    public async Task<bool> SetOptedOutAsync(UserKey key, bool optedOut, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        return await db.ExecuteAsync(new CommandDefinition(
            OptOutSql, new { key.Id, key.TelegramUserId, optedOut, now = clock.GetUtcNow() }, cancellationToken: ct)) == 1;
    }

    private sealed record Row(
        Guid Id, long TelegramUserId, long ChatId, string? FirstName, string? LastName, string? Username, string? Language,
        string? UserTier, string? Region, JsonElement Attributes, DateTimeOffset? LastTradeAt, DateTimeOffset? LastSeenAt,
        DateTimeOffset? OptedOutAt, DateTimeOffset? SuppressedAt, string? SuppressionReason, DateTimeOffset CreatedAt,
        DateTimeOffset UpdatedAt, DateTimeOffset? ListedAt, string? ListedReason)
    {
        public AudienceUser ToUser() => new(
            Id, TelegramUserId, ChatId, FirstName, LastName, Username, Language, UserTier, Region, Attributes, LastTradeAt, LastSeenAt,
            OptedOutAt, [.. Suppressions()], CreatedAt, UpdatedAt);

        private IEnumerable<Suppression> Suppressions()
        {
            if (SuppressedAt is { } blocked)
                yield return new Suppression(SuppressionKind.Blocked, SuppressionReason!, blocked);
            if (ListedAt is { } listed)
                yield return new Suppression(SuppressionKind.Operator, ListedReason!, listed);
        }
    }
}

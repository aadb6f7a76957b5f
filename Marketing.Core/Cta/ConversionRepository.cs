using Dapper;
using Npgsql;

namespace Marketing.Core.Cta;

public sealed class ConversionRepository(NpgsqlDataSource source)
{
    private const string UserSql = """
        SELECT id FROM users WHERE id = @userId OR telegram_user_id = @telegramUserId
        """;

    public async Task<Guid?> FindUserAsync(Guid? userId, long? telegramUserId, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        return await db.QuerySingleOrDefaultAsync<Guid?>(new CommandDefinition(UserSql, new { userId, telegramUserId }, cancellationToken: ct));
    }

    private const string Columns = "id, user_id, broadcast_id, event, value, currency, idempotency_key, created_at";

    // The last click wins, in the named broadcast or within the window. Its row is marked in the same statement. The person is
    // locked as a foreign key would lock them, so that nothing is recorded of somebody who is being erased.
    private const string InsertSql = $"""
        WITH click AS (
            SELECT id, broadcast_id FROM cta_clicks
            WHERE user_id = @UserId AND (broadcast_id = @BroadcastId OR (@BroadcastId::uuid IS NULL AND last_pressed_at >= @since))
            ORDER BY last_pressed_at DESC LIMIT 1),
        person AS (SELECT id FROM users WHERE id = @UserId FOR KEY SHARE),
        inserted AS (
            INSERT INTO conversions (id, idempotency_key, user_id, broadcast_id, cta_click_id, event, value, currency, created_at)
            SELECT @Id, @IdempotencyKey, person.id, COALESCE(@BroadcastId, (SELECT broadcast_id FROM click)), (SELECT id FROM click),
                @Event, @Value, @Currency, @CreatedAt FROM person
            ON CONFLICT (idempotency_key) DO NOTHING
            RETURNING {Columns}, cta_click_id),
        marked AS (
            UPDATE cta_clicks c SET converted = true FROM inserted i WHERE c.id = i.cta_click_id)
        SELECT {Columns} FROM inserted
        """;

    private const string ByKeySql = $"SELECT {Columns} FROM conversions WHERE idempotency_key = @IdempotencyKey";

    /// <summary>Records it once per key; the row that stands, and whether this call made it.</summary>
    public async Task<(Conversion Row, bool IsNew)> InsertAsync(Conversion conversion, DateTimeOffset since, CancellationToken ct)
    {
        var parameters = new DynamicParameters(conversion);
        parameters.Add("since", since);
        await using var db = await source.OpenConnectionAsync(ct);
        return await db.QuerySingleOrDefaultAsync<Conversion>(new CommandDefinition(InsertSql, parameters, cancellationToken: ct)) is { } made
            ? (made, true)
            : (await db.QuerySingleOrDefaultAsync<Conversion>(new CommandDefinition(ByKeySql, conversion, cancellationToken: ct))
                ?? throw new ConflictException("The person was erased in the meantime."), false);
    }
}

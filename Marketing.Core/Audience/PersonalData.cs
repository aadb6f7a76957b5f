using Dapper;
using Marketing.Core.Delivery;
using Npgsql;

namespace Marketing.Core.Audience;

public sealed record PersonalDelivery(
    Guid BroadcastId, string BroadcastTitle, DeliveryState State, int Attempts, long? MessageId, string? Reason, DateTimeOffset? FinishedAt);

public sealed record PersonalClick(
    Guid BroadcastId, Guid CtaButtonId, string? ButtonLabel, DateTimeOffset ClickedAt, int Presses, DateTimeOffset LastPressedAt,
    string? UserAgent, string? IpAddress, bool Converted);

public sealed record PersonalConversion(
    Guid Id, Guid? BroadcastId, string Event, decimal? Value, string? Currency, string IdempotencyKey, DateTimeOffset OccurredAt,
    DateTimeOffset CreatedAt);

/// <summary>Everything that is kept about one person (GDPR, article 15).</summary>
public sealed record PersonalRecord(
    DateTimeOffset ExportedAt, AudienceUser User, IReadOnlyList<PersonalDelivery> Deliveries, IReadOnlyList<PersonalClick> Clicks,
    IReadOnlyList<PersonalConversion> Conversions);

/// <summary>What is kept about one person, to give it to them or to erase it (GDPR, articles 15 and 17).</summary>
public sealed class PersonalData(NpgsqlDataSource source, UserRepository users, ErasedPeople erased, TimeProvider clock)
{
    // The ledger has no index by person alone: one lookup per broadcast, of which there are a few thousand in a decade.
    private const string DeliveriesSql = """
        SELECT b.id AS broadcast_id, b.title AS broadcast_title, d.state, d.attempts, d.message_id, d.reason, d.finished_at
        FROM broadcasts b JOIN deliveries d ON d.broadcast_id = b.id AND d.user_id = @id
        ORDER BY b.id
        """;

    private const string ClicksSql = """
        SELECT c.broadcast_id, c.cta_button_id, (
                SELECT button ->> 'label' FROM jsonb_array_elements(b.cta_buttons) AS button WHERE button ->> 'id' = c.cta_button_id::text) AS button_label,
            c.clicked_at, c.presses, c.last_pressed_at, c.user_agent, host(c.ip_address) AS ip_address, c.converted
        FROM cta_clicks c JOIN broadcasts b ON b.id = c.broadcast_id
        WHERE c.user_id = @id ORDER BY c.id
        """;

    private const string ConversionsSql = """
        SELECT id, broadcast_id, event, value, currency, idempotency_key, occurred_at, created_at FROM conversions WHERE user_id = @id ORDER BY id
        """;

    /// <summary>Null when there is no such person.</summary>
    public async Task<PersonalRecord?> ExportAsync(UserKey key, CancellationToken ct)
    {
        if (await users.FindAsync(key, ct) is not { } user)
            return null;
        await using var db = await source.OpenConnectionAsync(ct);
        CommandDefinition Of(string sql) => new(sql, new { user.Id }, cancellationToken: ct);
        return new PersonalRecord(
            clock.GetUtcNow(), user,
            (await db.QueryAsync<PersonalDelivery>(Of(DeliveriesSql))).AsList(),
            (await db.QueryAsync<PersonalClick>(Of(ClicksSql))).AsList(),
            (await db.QueryAsync<PersonalConversion>(Of(ConversionsSql))).AsList());
    }

    // A click locks the person too, so that none is written, with its address, behind the statement that clears them.
    private const string LockSql = "SELECT id, telegram_user_id FROM users WHERE id = @Id OR telegram_user_id = @TelegramUserId FOR UPDATE";

    private const string ClearClicksSql = "UPDATE cta_clicks SET user_agent = NULL, ip_address = NULL WHERE user_id = @id";

    // The key is the operator's own number of a deposit or an order, which leads back to a person.
    private const string ClearConversionsSql = "UPDATE conversions SET idempotency_key = 'erased ' || id WHERE user_id = @id";

    private const string RemoveSql = """
        DELETE FROM suppressions WHERE telegram_user_id = @telegramUserId;
        DELETE FROM users WHERE id = @id
        """;

    /// <summary>
    /// Takes away the person. Deliveries, clicks and conversions stay for the counts, under an id that leads to nobody; what is
    /// still to be sent to them is skipped at its turn. False when there is no such person.
    /// </summary>
    public async Task<bool> EraseAsync(UserKey key, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        await using var transaction = await db.BeginTransactionAsync(ct);
        CommandDefinition Of(string sql, object parameters) => new(sql, parameters, transaction, cancellationToken: ct);
        var (id, telegramUserId) = await db.QuerySingleOrDefaultAsync<(Guid Id, long TelegramUserId)>(Of(LockSql, key));
        if (id == Guid.Empty)
            return false;
        await erased.AddAsync(telegramUserId, clock.GetUtcNow(), transaction, ct);
        await db.ExecuteAsync(Of(ClearClicksSql, new { id }));
        await db.ExecuteAsync(Of(ClearConversionsSql, new { id }));
        await db.ExecuteAsync(Of(RemoveSql, new { id, telegramUserId }));
        await transaction.CommitAsync(ct);
        return true;
    }
}

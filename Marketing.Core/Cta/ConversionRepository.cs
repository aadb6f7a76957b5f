using Dapper;
using Marketing.Core.Data;
using Npgsql;

namespace Marketing.Core.Cta;

/// <summary>What became of one conversion: recorded when it is new; a repetition when it is not and nothing is missing.</summary>
internal sealed record ConversionOutcome(bool HasPerson, bool HasBroadcast, bool IsNew);

public sealed class ConversionRepository(NpgsqlDataSource source, MarketingOptions options)
{
    // The last press at or before the conversion wins, in the named broadcast or within the window; of a button's presses the first
    // and the last are known. The click is marked, the recipient's first conversion noted and the counters added to in the same
    // statement, so nothing can come between. A broadcast without a plan has reached nobody, and its recipients could not be marked.
    //
    // Two of these cannot deadlock, whatever they have in common: people are locked first, by rising telegram_user_id as an import
    // locks them and as weakly as a foreign key would (an erasure waits, or nobody is found); then the keys by their order, then the
    // clicks, then the deliveries, as a press takes its two. Each step sorts, and so has taken all of the step before (the count of
    // marked is there for that only).
    private const string InsertSql = """
        WITH given AS (
            SELECT * FROM unnest(
                    @ids::uuid[], @userIds::uuid[], @telegramUserIds::bigint[], @broadcastIds::uuid[], @events::text[],
                    @values::numeric(18, 4)[], @currencies::text[], @occurred::timestamptz[], @keys::text[]) WITH ORDINALITY
                AS g (id, user_id, telegram_user_id, broadcast_id, event, value, currency, occurred_at, idempotency_key, place)),
        person AS (
            SELECT id, telegram_user_id FROM users
            WHERE id = ANY (@userIds) OR telegram_user_id = ANY (@telegramUserIds)
            ORDER BY telegram_user_id FOR KEY SHARE),
        found AS (
            SELECT g.*, COALESCE(i.id, t.id) AS person_id, g.broadcast_id IS NULL OR b.id IS NOT NULL AS has_broadcast
            FROM given g
            LEFT JOIN person i ON i.id = g.user_id
            LEFT JOIN person t ON t.telegram_user_id = g.telegram_user_id
            LEFT JOIN broadcasts b ON b.id = g.broadcast_id AND b.planned_at IS NOT NULL),
        credited AS (
            SELECT DISTINCT ON (f.idempotency_key) f.*, c.id AS click_id, c.broadcast_id AS clicked_id, c.cta_button_id
            FROM found f
            LEFT JOIN LATERAL (
                SELECT k.id, k.broadcast_id, k.cta_button_id
                FROM cta_clicks k
                CROSS JOIN LATERAL (
                    SELECT CASE WHEN k.last_pressed_at <= f.occurred_at THEN k.last_pressed_at ELSE k.clicked_at END AS at) press
                WHERE k.user_id = f.person_id AND press.at <= f.occurred_at
                    AND (k.broadcast_id = f.broadcast_id OR (f.broadcast_id IS NULL AND press.at >= f.occurred_at - make_interval(secs => @window)))
                ORDER BY press.at DESC, k.id DESC LIMIT 1) c ON true
            WHERE f.person_id IS NOT NULL AND f.has_broadcast
            ORDER BY f.idempotency_key, f.place),
        inserted AS (
            INSERT INTO conversions (id, idempotency_key, user_id, broadcast_id, cta_click_id, event, value, currency, occurred_at, created_at)
            SELECT id, idempotency_key, person_id, COALESCE(broadcast_id, clicked_id), click_id, event, value, currency, occurred_at, @now
            FROM credited ORDER BY idempotency_key
            ON CONFLICT (idempotency_key) DO NOTHING
            RETURNING id, user_id, broadcast_id, cta_click_id, value, currency, occurred_at),
        unmarked AS (
            SELECT id FROM cta_clicks WHERE id IN (SELECT cta_click_id FROM inserted) AND NOT converted ORDER BY id FOR NO KEY UPDATE),
        marked AS (
            UPDATE cta_clicks c SET converted = true FROM unmarked u WHERE c.id = u.id RETURNING c.id),
        first AS (
            SELECT d.broadcast_id, d.seq, i.id, i.occurred_at
            FROM (
                SELECT DISTINCT ON (broadcast_id, user_id) broadcast_id, user_id, id, occurred_at FROM inserted
                WHERE broadcast_id IS NOT NULL ORDER BY broadcast_id, user_id, occurred_at, id) i
            JOIN deliveries d ON d.broadcast_id = i.broadcast_id AND d.user_id = i.user_id
            WHERE d.converted_at IS NULL AND (SELECT count(*) FROM marked) >= 0
            ORDER BY d.broadcast_id, d.seq FOR NO KEY UPDATE OF d),
        converter AS (
            UPDATE deliveries d SET converted_at = f.occurred_at FROM first f
            WHERE d.broadcast_id = f.broadcast_id AND d.seq = f.seq AND d.converted_at IS NULL
            RETURNING f.id),
        counted AS (
            INSERT INTO counter_deltas (broadcast_id, minute, segment_id, cta_button_id, currency, conversions, converters, value)
            SELECT i.broadcast_id, date_trunc('minute', i.occurred_at), COALESCE(d.segment_id, 0), c.cta_button_id,
                CASE WHEN i.value IS NOT NULL THEN i.currency END, count(*), count(n.id), sum(i.value)
            FROM inserted i
            JOIN credited c ON c.id = i.id
            LEFT JOIN deliveries d ON d.broadcast_id = i.broadcast_id AND d.user_id = i.user_id
            LEFT JOIN converter n ON n.id = i.id
            WHERE i.broadcast_id IS NOT NULL
            GROUP BY 1, 2, 3, 4, 5, i.value IS NULL)
        SELECT f.person_id IS NOT NULL AS has_person, f.has_broadcast, i.id IS NOT NULL AS is_new
        FROM found f LEFT JOIN inserted i ON i.id = f.id ORDER BY f.place
        """;

    private const string RowsSql = """
        SELECT v.id, v.user_id, v.broadcast_id, c.cta_button_id, v.event, v.value, v.currency, v.idempotency_key, v.occurred_at, v.created_at
        FROM conversions v LEFT JOIN cta_clicks c ON c.id = v.cta_click_id
        """;

    // A statement of its own in the same transaction: a row that another request wrote at the same time is seen by it.
    private const string InsertOneSql = $"{InsertSql}; {RowsSql} WHERE v.idempotency_key = ANY (@keys)";

    /// <summary>Records each once per key.</summary>
    /// <param name="given">Checked.</param>
    /// <returns>In their order.</returns>
    internal async Task<IReadOnlyList<ConversionOutcome>> InsertAsync(
        IReadOnlyList<ConversionInput> given, DateTimeOffset now, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        return (await db.QueryAsync<ConversionOutcome>(new CommandDefinition(InsertSql, Parameters(given, now), cancellationToken: ct))).AsList();
    }

    /// <summary>Records one; the row is the one that stands for its key.</summary>
    internal async Task<(ConversionOutcome Outcome, Conversion? Row)> InsertAsync(
        ConversionInput given, DateTimeOffset now, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        await using var results = await db.QueryMultipleAsync(new CommandDefinition(InsertOneSql, Parameters([given], now), cancellationToken: ct));
        return (await results.ReadSingleAsync<ConversionOutcome>(), await results.ReadSingleOrDefaultAsync<Conversion>());
    }

    private object Parameters(IReadOnlyList<ConversionInput> given, DateTimeOffset now) => new
    {
        ids = given.Select(_ => Guid.CreateVersion7(now)).ToArray(),
        userIds = given.Select(g => g.UserId).ToArray(),
        telegramUserIds = given.Select(g => g.TelegramUserId).ToArray(),
        broadcastIds = given.Select(g => g.BroadcastId).ToArray(),
        events = given.Select(g => g.Event).ToArray(),
        values = given.Select(g => g.Value).ToArray(),
        currencies = given.Select(g => g.Currency).ToArray(),
        occurred = given.Select(g => (g.OccurredAt ?? now).UtcDateTime).ToArray(),
        keys = given.Select(g => g.IdempotencyKey).ToArray(),
        window = options.AttributionWindow.TotalSeconds,
        now,
    };

    /// <summary>Newest first, by when they were recorded.</summary>
    public async Task<Page<Conversion>> ListAsync(ConversionFilter filter, int limit, string? cursor, CancellationToken ct)
    {
        var after = Page.After(cursor);
        // Only the conditions that are asked for: a plan that has to serve all of them would use no index.
        string?[] conditions =
        [
            filter.BroadcastId is null ? null : "v.broadcast_id = @BroadcastId",
            filter.Attributed switch { true => "v.broadcast_id IS NOT NULL", false => "v.broadcast_id IS NULL", null => null },
            filter.Event is null ? null : "v.event = @Event",
            after is null ? null : "v.id < @after",
        ];
        var where = string.Join(" AND ", conditions.Where(c => c is not null).DefaultIfEmpty("true"));
        await using var db = await source.OpenConnectionAsync(ct);
        var found = (await db.QueryAsync<Conversion>(new CommandDefinition(
            $"{RowsSql} WHERE {where} ORDER BY v.id DESC LIMIT @limit",
            new { filter.BroadcastId, filter.Event, after, limit = limit + 1 }, cancellationToken: ct))).AsList();
        return Page.Of(found, limit, last => ShortId.Encode(last.Id));
    }
}

using System.Text.Json;
using Dapper;
using Marketing.Functions.Tests.Fixtures;

namespace Marketing.Functions.Tests.Tracking;

/// <summary>What tests of conversions need: a broadcast that was sent, clicks at times of their choosing, and what was counted.</summary>
internal static class Conversions
{
    public static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>A broadcast to people of its own; each row of the ledger has its seq + 1 as segment.</summary>
    public static async Task<SentBroadcast> SentBroadcastAsync(this MarketingApp app, int people = 1)
    {
        var (region, telegramIds) = await app.AudienceAsync(people);
        var id = Guid.Parse(await app.BroadcastAsync(new { region }));
        await app.SendAsync(id.ToString());
        await using var db = await app.Database.OpenConnectionAsync();
        await db.ExecuteAsync("UPDATE deliveries SET segment_id = seq + 1 WHERE broadcast_id = @id", new { id });
        var buttons = await db.QueryAsync<Guid>("SELECT (jsonb_array_elements(cta_buttons) ->> 'id')::uuid FROM broadcasts WHERE id = @id", new { id });
        var users = (await db.QueryAsync<(long TelegramId, Guid Id)>(
            "SELECT telegram_user_id, id FROM users WHERE telegram_user_id = ANY (@telegramIds)", new { telegramIds })).ToDictionary(u => u.TelegramId, u => u.Id);
        return new SentBroadcast(id, telegramIds, [.. telegramIds.Select(t => users[t])], [.. buttons]);
    }

    public static async Task ClickAsync(
        this MarketingApp app, SentBroadcast broadcast, DateTimeOffset first, DateTimeOffset? last = null, int person = 0, int button = 0)
    {
        await using var db = await app.Database.OpenConnectionAsync();
        await db.ExecuteAsync("""
            INSERT INTO cta_clicks (id, user_id, broadcast_id, cta_button_id, clicked_at, last_pressed_at) VALUES (@id, @user, @broadcast, @button, @first, @last)
            """, new
        {
            id = Guid.CreateVersion7(), user = broadcast.UserIds[person], broadcast = broadcast.Id, button = broadcast.ButtonIds[button],
            first = first.UtcDateTime, last = (last ?? first).UtcDateTime,
        });
    }

    /// <summary>What conversions added to the counters, by minute and value.</summary>
    public static async Task<IReadOnlyList<Delta>> DeltasAsync(this MarketingApp app, SentBroadcast broadcast)
    {
        await using var db = await app.Database.OpenConnectionAsync();
        return (await db.QueryAsync<Delta>("""
            SELECT minute, segment_id, cta_button_id, currency, conversions, converters, value FROM counter_deltas
            WHERE broadcast_id = @Id AND conversions > 0 ORDER BY minute, segment_id, value
            """, new { broadcast.Id })).AsList();
    }

    public static object Of(long telegramId, string key, DateTimeOffset? occurredAt = null, Guid? broadcast = null, decimal? value = null, string? currency = null) => new
    {
        telegram_user_id = telegramId, broadcast_id = broadcast, @event = "deposit", value, currency, occurred_at = occurredAt, idempotency_key = key,
    };

    public static string Key() => Guid.CreateVersion7().ToString();

    public static (long Recorded, long Repeated) Counts(this JsonElement result) => (result.Number("recorded"), result.Number("repeated"));

    public static Guid? IdOrNull(this JsonElement row, string name) => row.GetProperty(name) is { ValueKind: JsonValueKind.String } id ? id.GetGuid() : null;
}

internal sealed record SentBroadcast(Guid Id, long[] TelegramIds, Guid[] UserIds, Guid[] ButtonIds);

internal sealed record Delta(
    DateTimeOffset Minute, int SegmentId, Guid? CtaButtonId, string? Currency, int Conversions, int Converters, decimal? Value);

using System.Net;
using Dapper;
using Npgsql;

namespace Marketing.Core.Cta;

/// <summary>Where a press leads.</summary>
public sealed record ClickTarget(string Label, string? Url, string? Answer);

public sealed class ClickRepository(NpgsqlDataSource source, MarketingTelemetry telemetry, TimeProvider clock)
{
    // {0} finds the recipient among the broadcast's deliveries. A press counts from the moment its message can have arrived.
    private const string ClickSql = """
        WITH target AS (
            SELECT d.user_id, button ->> 'label' AS label, button ->> 'url' AS url, button ->> 'answer' AS answer
            FROM deliveries d
            JOIN broadcasts b ON b.id = d.broadcast_id
            CROSS JOIN LATERAL jsonb_array_elements(b.cta_buttons) AS button
            WHERE d.broadcast_id = @broadcastId AND {0} AND (d.state <> 0 OR d.attempts > 0) AND button ->> 'id' = @buttonId::text),
        click AS (
            INSERT INTO cta_clicks (id, user_id, broadcast_id, cta_button_id, clicked_at, last_pressed_at, user_agent, ip_address)
            SELECT @id, user_id, @broadcastId, @buttonId, @now, @now, @userAgent, @ip FROM target WHERE @counts
            ON CONFLICT (user_id, broadcast_id, cta_button_id) DO UPDATE SET presses = cta_clicks.presses + 1, last_pressed_at = @now)
        SELECT label, url, answer FROM target
        """;

    private static readonly string BySeqSql = ClickSql.Replace("{0}", "d.seq = @seq", StringComparison.Ordinal);

    private static readonly string ByUserSql = ClickSql.Replace(
        "{0}", "d.user_id = (SELECT id FROM users WHERE telegram_user_id = @telegramUserId)", StringComparison.Ordinal);

    /// <summary>Records a press of a redirect link, unless it does not count, and returns where it goes; null when the link leads nowhere.</summary>
    public async Task<ClickTarget?> FollowAsync(CtaLink link, bool counts, string? userAgent, IPAddress? ip, CancellationToken ct)
    {
        var target = await ClickAsync(BySeqSql, new { link.BroadcastId, link.ButtonId, link.Seq, counts, userAgent, ip }, ct);
        if (counts && target is not null)
            telemetry.Clicked("link");
        return target;
    }

    /// <summary>Records a press of a callback button; null when this person never got such a button.</summary>
    public async Task<ClickTarget?> PressAsync(CallbackData data, long telegramUserId, CancellationToken ct)
    {
        var target = await ClickAsync(ByUserSql, new
        {
            data.BroadcastId, data.ButtonId, telegramUserId, counts = true, userAgent = (string?)null, ip = (IPAddress?)null,
        }, ct);
        if (target is not null)
            telemetry.Clicked("callback");
        return target;
    }

    private async Task<ClickTarget?> ClickAsync(string sql, object link, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var parameters = new DynamicParameters(link);
        parameters.Add("now", now);
        parameters.Add("id", Guid.CreateVersion7(now));
        await using var db = await source.OpenConnectionAsync(ct);
        return await db.QuerySingleOrDefaultAsync<ClickTarget>(new CommandDefinition(sql, parameters, cancellationToken: ct));
    }
}

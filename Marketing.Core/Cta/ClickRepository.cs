using System.Net;
using Dapper;
using Npgsql;

namespace Marketing.Core.Cta;

/// <summary>Where a press leads.</summary>
public sealed record ClickTarget(string Label, string? Url, string? Answer);

public sealed class ClickRepository(NpgsqlDataSource source, MarketingTelemetry telemetry, TimeProvider clock)
{
    /// <summary>
    /// A CTE named target: the button and who got it. A press counts from the moment its message can have arrived. The words are
    /// those of the person's language, found as Languages.Find does.
    /// </summary>
    /// <param name="recipient">SQL: finds the recipient among the broadcast's deliveries d.</param>
    internal static string Target(string recipient) => $"""
        target AS (
            SELECT d.user_id, COALESCE(words ->> 'label', button ->> 'label') AS label, button ->> 'url' AS url,
                COALESCE(words ->> 'answer', button ->> 'answer') AS answer, button ->> 'action' AS action
            FROM deliveries d
            JOIN broadcasts b ON b.id = d.broadcast_id
            LEFT JOIN users u ON u.id = d.user_id
            CROSS JOIN LATERAL jsonb_array_elements(b.cta_buttons) WITH ORDINALITY AS list (button, place)
            CROSS JOIN LATERAL (SELECT lower(replace(u.language, '_', '-')) AS tag) AS spoken
            CROSS JOIN LATERAL (SELECT COALESCE(b.translations -> tag, b.translations -> split_part(tag, '-', 1))
                -> 'cta_buttons' -> (place::integer - 1) AS words) AS translated
            WHERE d.broadcast_id = @broadcastId AND {recipient} AND (d.state <> 0 OR d.attempts > 0) AND button ->> 'id' = @buttonId::text)
        """;

    /// <summary>
    /// CTEs that count a press of <see cref="Target"/>. The link of an erased person still leads on, and nothing is recorded: the
    /// person's row is locked as a foreign key would lock it, so that an erasure waits for the click or the click finds nobody.
    /// </summary>
    /// <param name="counts">SQL: whether it does.</param>
    internal static string Click(string counts) => $"""
        person AS (SELECT u.id FROM users u JOIN target ON target.user_id = u.id WHERE {counts} FOR KEY SHARE OF u),
        click AS (
            INSERT INTO cta_clicks (id, user_id, broadcast_id, cta_button_id, clicked_at, last_pressed_at, user_agent, ip_address)
            SELECT @id, person.id, @broadcastId, @buttonId, @now, @now, @userAgent, @ip FROM person
            ON CONFLICT (user_id, broadcast_id, cta_button_id) DO UPDATE SET presses = cta_clicks.presses + 1, last_pressed_at = @now)
        """;

    private static readonly string FollowSql = $"""
        WITH {Target("d.seq = @seq")}, {Click("@counts")} SELECT label, url, answer FROM target
        """;

    /// <summary>Records a press of a redirect link, unless it does not count, and returns where it goes; null when the link leads nowhere.</summary>
    public async Task<ClickTarget?> FollowAsync(CtaLink link, bool counts, string? userAgent, IPAddress? ip, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var db = await source.OpenConnectionAsync(ct);
        var target = await db.QuerySingleOrDefaultAsync<ClickTarget>(new CommandDefinition(FollowSql, new
        {
            link.BroadcastId, link.ButtonId, link.Seq, counts, userAgent, ip, now, id = Guid.CreateVersion7(now),
        }, cancellationToken: ct));
        if (counts && target is not null)
            telemetry.Clicked("link");
        return target;
    }
}

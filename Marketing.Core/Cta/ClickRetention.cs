using Dapper;
using Npgsql;

namespace Marketing.Core.Cta;

/// <summary>Takes what is personal off clicks that are too old to keep it; they go on counting.</summary>
public sealed class ClickRetention(NpgsqlDataSource source, MarketingOptions options, TimeProvider clock)
{
    // From the beginning of the partial index cta_clicks_personal, which a row leaves with this. One that is being pressed or
    // converted is left for the next night rather than waited for.
    private const string ForgetSql = """
        UPDATE cta_clicks SET user_agent = NULL, ip_address = NULL
        WHERE id IN (
            SELECT id FROM cta_clicks
            WHERE clicked_at < @before AND (user_agent IS NOT NULL OR ip_address IS NOT NULL)
            ORDER BY clicked_at LIMIT @atMost FOR NO KEY UPDATE SKIP LOCKED)
        """;

    /// <summary>10,000 rows a statement, so that none holds its locks for long; returns how many.</summary>
    public async Task<int> ForgetAsync(CancellationToken ct)
    {
        const int AtMost = 10_000;
        var before = clock.GetUtcNow() - options.ClickRetention;
        await using var db = await source.OpenConnectionAsync(ct);
        var forgotten = 0;
        int changed;
        do
        {
            changed = await db.ExecuteAsync(new CommandDefinition(ForgetSql, new { before, atMost = AtMost }, cancellationToken: ct));
            forgotten += changed;
        }
        while (changed == AtMost);
        return forgotten;
    }
}

using Npgsql;

namespace Marketing.Bench;

/// <summary>People in a region of their own, so that a cohort of that region is exactly them.</summary>
internal sealed record Audience(string Region, long First, int Count)
{
    private const string InsertSql = """
        INSERT INTO users (id, telegram_user_id, chat_id, first_name, last_name, username, language, user_tier, region, attributes,
            last_trade_at, last_seen_at, created_at)
        SELECT ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, n, n, 'Person ' || n, 'Family', 'person_' || n, 'en', $3, $4,
            jsonb_build_object('balance', n % 1000, 'campaign', 'spring'), now() - n % 90 * interval '1 day', now(), now()
        FROM generate_series($1, $1 + $2 - 1) AS n
        """;

    public static async Task<Audience> CreateAsync(NpgsqlDataSource source, string region, long first, int count, CancellationToken ct)
    {
        await using (var insert = source.CreateCommand(InsertSql))
        {
            insert.CommandTimeout = 0;
            insert.Parameters.AddWithValue(first);
            insert.Parameters.AddWithValue((long)count);
            insert.Parameters.AddWithValue(BenchMessage.Tier);
            insert.Parameters.AddWithValue(region);
            await insert.ExecuteNonQueryAsync(ct);
        }

        await using var vacuum = source.CreateCommand("VACUUM ANALYZE users");
        vacuum.CommandTimeout = 0;
        await vacuum.ExecuteNonQueryAsync(ct);
        return new Audience(region, first, count);
    }
}

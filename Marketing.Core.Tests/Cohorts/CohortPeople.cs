using System.Text.Json;
using Dapper;
using Marketing.Core.Cohorts;
using Npgsql;

namespace Marketing.Core.Tests.Cohorts;

/// <summary>People by first name, and the broadcasts they were sent, in a database of their own.</summary>
internal sealed class CohortPeople(NpgsqlDataSource source)
{
    public static readonly DateTimeOffset Now = new(2026, 5, 20, 12, 0, 0, TimeSpan.Zero);

    private static readonly Guid Owner = Guid.CreateVersion7();
    private static readonly Guid Template = Guid.CreateVersion7();

    private readonly Dictionary<string, Guid> ids = [];

    public async Task ClearAsync() => await ExecuteAsync("""
        TRUNCATE users, admin_tokens, broadcast_templates, broadcasts, deliveries, delivery_batches, cta_clicks, conversions, suppressions CASCADE
        """);

    public async Task AddAsync(
        string name, string? tier = null, string? region = null, string attributes = "{}", TimeSpan? tradedAgo = null,
        TimeSpan? seenAgo = null, TimeSpan? createdAgo = null, bool optedOut = false, bool suppressed = false)
    {
        var id = ids[name] = Guid.CreateVersion7();
        const string Sql = """
            INSERT INTO users (id, telegram_user_id, chat_id, first_name, user_tier, region, attributes, last_trade_at,
                last_seen_at, created_at, opted_out_at, suppressed_at, suppression_reason)
            VALUES (@id, @number, @number, @name, @tier, @region, @attributes::jsonb, @traded, @seen, @created,
                CASE WHEN @optedOut THEN now() END, CASE WHEN @suppressed THEN now() END, CASE WHEN @suppressed THEN 'blocked' END)
            """;
        await ExecuteAsync(Sql, new
        {
            id, number = (long)ids.Count, name, tier, region, attributes, optedOut, suppressed,
            traded = Ago(tradedAgo), seen = Ago(seenAgo), created = Ago(createdAgo ?? TimeSpan.FromDays(1)),
        });
    }

    /// <summary>People named by their number, with ids as random as ours.</summary>
    public Task AddManyAsync(int count) => ExecuteAsync("""
        INSERT INTO users (id, telegram_user_id, chat_id, first_name) SELECT gen_random_uuid(), n, n, n::text FROM generate_series(1, @count) n
        """, new { count });

    public async Task SuppressAsync(string name)
    {
        await OwnerAsync();
        await ExecuteAsync("""
            INSERT INTO suppressions (telegram_user_id, reason, created_by, created_at)
            SELECT telegram_user_id, 'complaint', @Owner, now() FROM users WHERE id = @id
            """, new { id = ids[name], Owner });
    }

    private Task OwnerAsync() => ExecuteAsync("""
        INSERT INTO admin_tokens (id, name, role, token_sha256) VALUES (@Owner, 'owner', 3, decode(repeat('00', 32), 'hex')) ON CONFLICT DO NOTHING
        """, new { Owner });

    public async Task<Guid> BroadcastAsync(params (string Name, short State)[] deliveries)
    {
        var id = Guid.CreateVersion7();
        await OwnerAsync();
        await ExecuteAsync("""
            INSERT INTO broadcast_templates (id, name, category, content, created_by) VALUES (@Template, 't', 'c', 'x', @Owner)
            ON CONFLICT DO NOTHING;
            INSERT INTO broadcasts (id, title, template_id, cohort_query, status, created_by)
            VALUES (@id, 'b', @Template, '{}', 2, @Owner)
            """, new { id, Owner, Template });
        foreach (var (seq, (name, state)) in deliveries.Index())
        {
            await ExecuteAsync("INSERT INTO deliveries (broadcast_id, seq, user_id, state) VALUES (@id, @seq, @user, @state)",
                new { id, seq, user = ids[name], state });
        }
        return id;
    }

    public Task ClickAsync(Guid broadcast, string name, bool converted = false) => ExecuteAsync("""
        INSERT INTO cta_clicks (id, user_id, broadcast_id, cta_button_id, converted) VALUES (@id, @user, @broadcast, @id, @converted)
        """, new { id = Guid.CreateVersion7(), user = ids[name], broadcast, converted });

    /// <summary>The names in the cohort, in the order of their adding; the count is checked on the way.</summary>
    public async Task<string[]> WhoAsync(string query, int most = 1_000)
    {
        var cohort = Compile(query);
        var sample = await new CohortRepository(source).SampleAsync(cohort, most, CancellationToken.None);
        Assert.Equal(sample.Count, await CountAsync(query));
        return [.. sample.OrderBy(member => member.TelegramUserId).Select(member => member.FirstName!)];
    }

    public Task<int> CountAsync(string query) => new CohortRepository(source).CountAsync(Compile(query), CancellationToken.None);

    public async Task<long> CountUsersAsync()
    {
        await using var db = await source.OpenConnectionAsync();
        return await db.ExecuteScalarAsync<long>("SELECT count(*) FROM users");
    }

    private static CohortSql Compile(string query) =>
        CohortCompiler.Compile(CohortParser.Parse(JsonElement.Parse(query), "/cohort_query"), Now);

    private async Task ExecuteAsync(string sql, object? parameters = null)
    {
        await using var db = await source.OpenConnectionAsync();
        await db.ExecuteAsync(sql, parameters);
    }

    private static DateTimeOffset? Ago(TimeSpan? age) => age is { } span ? Now - span : null;
}

using Dapper;
using Marketing.Core.Analytics;
using Marketing.Core.Data;
using Marketing.Core.Tests.Fixtures;

namespace Marketing.Core.Tests.Data;

/// <summary>What the migration to counters makes of broadcasts that were sent before it.</summary>
public sealed class CountersMigrationTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    // 40 recipients of two broadcasts, 10 of each state but pending and claimed; half of those sent to have clicked one button of two,
    // or both, and some converted; one conversion of nobody among them. Of the second the ledger was deleted.
    private const string PastSql = """
        INSERT INTO admin_tokens (id, name, role, token_sha256) VALUES (@kept, 'tests', 3, sha256(uuid_send(@kept)));
        INSERT INTO broadcast_templates (id, name, category, content, created_by) VALUES (@kept, 'tests', 'tests', 'Hello', @kept);
        INSERT INTO broadcasts (id, title, template_id, cohort_query, status, created_by, planned_at, total_recipients, cta_buttons)
        SELECT id, 'Past', @kept, '{}', 2, @kept, '2026-01-01T10:00Z', 40, jsonb_build_array(
            jsonb_build_object('id', @open, 'label', 'Open'), jsonb_build_object('id', @join, 'label', 'Join'))
        FROM unnest(ARRAY[@kept, @deleted]) AS id;
        INSERT INTO deliveries (broadcast_id, seq, user_id, state, finished_at)
        SELECT b.id, seq, md5(seq::text)::uuid, 2 + seq % 4, '2026-01-01T10:00Z'::timestamptz + make_interval(secs => seq * 20)
        FROM broadcasts b, generate_series(0, 39) AS seq;
        INSERT INTO delivery_batches (broadcast_id, first_seq, size, sent, failed, blocked, skipped, recorded_at)
        SELECT id, first_seq, 20, 5, 5, 5, 5, '2026-01-01T10:05Z' FROM broadcasts, unnest(ARRAY[0, 20]) AS first_seq;
        INSERT INTO cta_clicks (id, user_id, broadcast_id, cta_button_id, clicked_at, presses)
        SELECT gen_random_uuid(), user_id, broadcast_id, button, finished_at + make_interval(mins => seq), 1 + seq % 3
        FROM deliveries, unnest(ARRAY[@open, @join]) AS button WHERE state = 2 AND seq % 8 = 0 AND (button = @open OR seq % 16 = 0);
        INSERT INTO conversions (id, idempotency_key, user_id, broadcast_id, cta_click_id, event, value, currency)
        SELECT gen_random_uuid(), gen_random_uuid()::text, user_id, broadcast_id, id, 'deposit', CASE presses WHEN 1 THEN 2.5 END, 'EUR'
        FROM cta_clicks;
        INSERT INTO conversions (id, idempotency_key, user_id, broadcast_id, event) VALUES (gen_random_uuid(), 'stranger', gen_random_uuid(), @kept, 'deposit');
        DELETE FROM deliveries WHERE broadcast_id = @deleted;
        """;

    [Fact]
    public async Task Migrate_BroadcastsSentBefore_AreCountedAsARecountWould()
    {
        var migrator = new Migrator(database.Source);
        var number = Migrator.All.Single(m => m.Name == "counters").Number;
        await migrator.MigrateAsync(number - 1, default);
        var (kept, deleted) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await using (var db = await database.Source.OpenConnectionAsync())
            await db.ExecuteAsync(PastSql, new { kept, deleted, open = Guid.CreateVersion7(), join = Guid.CreateVersion7() });

        await migrator.UpAsync(default);

        var stats = await new StatsRepository(database.Source, TimeProvider.System).ForAsync([kept, deleted], default);
        Assert.Equal((40, 10, 10, 10, 10, 0), (stats[kept].TotalRecipients, stats[kept].Sent, stats[kept].Failed, stats[kept].Blocked, stats[kept].Skipped, stats[kept].Pending));
        Assert.Equal((8, 5, 9, 5), (stats[kept].Clicks, stats[kept].UniqueClickers, stats[kept].Conversions, stats[kept].Converters));
        Assert.NotNull(stats[kept].TimeToClick.P50);
        // What only the ledger knew is gone with it: how long people took.
        Assert.Equal(
            (10, 40 - 30, 8, stats[kept].TotalClicks, 5, 8, null),
            (stats[deleted].Sent, stats[deleted].Skipped, stats[deleted].Clicks, stats[deleted].TotalClicks, stats[deleted].UniqueClickers,
                stats[deleted].Conversions, stats[deleted].TimeToClick.P50));
        var counters = new CounterRepository(database.Source);
        Assert.False(await counters.RecountAsync(kept, default));
        Assert.Null(await counters.RecountAsync(deleted, default));
    }
}

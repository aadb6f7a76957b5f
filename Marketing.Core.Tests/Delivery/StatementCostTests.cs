using Dapper;
using Marketing.Core.Delivery;
using Marketing.Core.Tests.Fixtures;
using Microsoft.Extensions.Logging.Abstractions;

namespace Marketing.Core.Tests.Delivery;

/// <summary>What the statements of the loop cost on a big ledger that was never analysed, as a fresh one is.</summary>
public sealed class StatementCostTests(DatabaseFixture database) : DeliveryTests(database, TimeProvider.System)
{
    private const int Recipients = 200_000;
    private const int People = 20_000; // of the others only the rows are there
    private const int Window = 8;
    private const int Turns = 15; // past the five and five after which a prepared statement gets its generic plan

    private const string GrowSql = """
        INSERT INTO deliveries (broadcast_id, seq, user_id)
        SELECT @id, seq, gen_random_uuid() FROM generate_series(@people, @recipients - 1) AS seq;
        INSERT INTO delivery_batches (broadcast_id, first_seq, size)
        SELECT @id, first_seq, 500 FROM generate_series(@people, @recipients - 1, 500) AS first_seq
        """;

    private readonly string connectionString = database.ConnectionString;

    [Fact]
    public async Task ClaimRecordAndSettle_LedgerNeverAnalysed_ReadWhatTheyNeed()
    {
        await ExecuteAsync("ALTER TABLE deliveries SET (autovacuum_enabled = off); ALTER TABLE delivery_batches SET (autovacuum_enabled = off)");
        var id = await PlannedAsync(People);
        await ExecuteAsync("ANALYZE users"); // not new
        await using (var db = await Source.OpenConnectionAsync())
            await db.ExecuteAsync(GrowSql, new { id, people = People, recipients = Recipients }, commandTimeout: 300);
        using var log = new PlanLog();
        await using var watched = log.Watch(connectionString);
        var deliveries = new DeliveryRepository(watched, Options, Clock);
        var batch = new BatchRange(id, 0, 500);

        for (var turn = 0; turn < Turns; turn++)
        {
            var (_, pending) = await deliveries.OpenAsync(batch, None);
            var claimId = Guid.CreateVersion7();
            var rows = await deliveries.ClaimAsync(batch, claimId, [.. pending.Take(Window)], None);
            Assert.Equal(Window, rows.Count);
            if (turn < Turns - 1)
                await deliveries.RecordAsync(batch, claimId, [.. rows.Select(r => new DeliveryOutcome(r.Seq, DeliveryState.Sent, 1, null))], None);
        }

        var later = new Later(Clock, DeliveryOptions.Lease * 2);
        await new SettleRepository(watched, TestOptions.Telemetry, later, NullLogger<SettleRepository>.Instance).SettleAsync(id, None);

        // Each row is found by its key (4 pages) and written: in a claim and in a record, and its person is read.
        AssertCost(log, "claimed AS (", Turns, Window * 50, Window * 4);
        AssertCost(log, "recorded AS (", Turns - 1, Window * 50, Window * 4);
        AssertCost(log, "SELECT content, cta_buttons, on_uncertain, ARRAY(", Turns, 200, 500);
        // 200 batches of 500, each by its own range: about 11 pages; and once more after it gave claims up.
        AssertCost(log, "CROSS JOIN LATERAL", 2, 10_000, 200 * 500);
        AssertCost(log, "WITH expired AS", 1, 1_000, 1_000);
    }

    private static void AssertCost(PlanLog log, string fragment, int runs, long buffers, double ledgerRows)
    {
        var plans = log.Of(fragment);
        Assert.True(plans.Count >= runs, $"{plans.Count} plans of {fragment}");
        foreach (var plan in plans)
        {
            Assert.DoesNotContain("deliveries", plan.SequentialScans);
            Assert.DoesNotContain("users", plan.SequentialScans);
            Assert.True(plan.Buffers <= buffers, $"{plan.Buffers} pages, {buffers} at most: {plan}");
            Assert.True(plan.LedgerRowsRead <= ledgerRows, $"{plan.LedgerRowsRead} rows, {ledgerRows} at most: {plan}");
        }
    }

    private sealed class Later(TimeProvider clock, TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => clock.GetUtcNow() + by;
    }
}

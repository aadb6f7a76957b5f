using System.Diagnostics;
using Marketing.Bench.Processes;
using Npgsql;

namespace Marketing.Bench;

/// <summary>The PlanBroadcast activity, over a hand-written INSERT ... SELECT of the same rows into a table of the same make.</summary>
internal static class PlanBench
{
    // LIKE copies columns, defaults and indexes, but not the fillfactor.
    private const string TableSql = """
        DO $$ BEGIN EXECUTE format('CREATE TABLE plan_baseline (LIKE deliveries INCLUDING ALL) WITH (%s)',
            (SELECT array_to_string(reloptions, ', ') FROM pg_class WHERE oid = 'deliveries'::regclass)); END $$
        """;

    private const string BaselineSql = """
        INSERT INTO plan_baseline (broadcast_id, seq, user_id)
        SELECT $1, row_number() OVER () - 1, id FROM users
        WHERE region = 'all' AND opted_out_at IS NULL AND suppressed_at IS NULL
        """;

    // A checkpoint in the middle of one run and not of the other would be all the difference there is.
    private const string CleanSql = "TRUNCATE deliveries, delivery_batches, plan_baseline";

    public static async Task RunAsync(BenchPostgres postgres, BenchArguments arguments, Report report, CancellationToken ct)
    {
        var count = arguments.Recipients ?? (arguments.Quick ? 20_000 : 1_000_000);
        var rounds = arguments.Rounds ?? (arguments.Quick ? 2 : 5);
        var connectionString = await postgres.CreateDatabaseAsync("plan", ct);
        await using var source = NpgsqlDataSource.Create($"{connectionString};Command Timeout=0");
        await Audience.CreateAsync(source, "all", 1_000_000_001, count, ct);
        await ExecuteAsync(source, TableSql, null, ct);
        await using var sender = await ChildProcess.StartAsync(
            Child.Sender, new("start", MarketingApi.Settings(connectionString, null, 1_000_000, null)), ct);
        using var api = new MarketingApi(sender, source);

        report.Title("plan", $"{count:N0} recipients, {rounds} rounds");
        var (plans, baselines) = (new List<double>(), new List<double>());
        for (var round = 0; round <= rounds; round++)
        {
            var broadcast = await api.DraftAsync("all", ct);
            await ExecuteAsync(source, "UPDATE broadcasts SET status = 4 WHERE id = $1", broadcast, ct);
            // Each goes first every other time: the second of a round finds warmer caches.
            var baseline = round % 2 == 0 ? await BaselineAsync(source, count, ct) : 0;
            await CleanAsync(source, ct);
            var plan = await sender.AskAsync(new("plan", Broadcast: broadcast), ct);
            if (await ExecuteAsync(source, "UPDATE broadcasts SET status = 6 WHERE id = $1 AND total_recipients = " + count, broadcast, ct) != 1)
                throw new InvalidOperationException($"the plan is not of {count} rows");
            baseline = round % 2 == 0 ? baseline : await BaselineAsync(source, count, ct);
            if (round == 0)
                continue; // warm-up: the users come into the cache
            plans.Add(plan.Seconds);
            baselines.Add(baseline);
            report.Round(round, rounds, $"plan {plan.Seconds:0.00} s, INSERT ... SELECT {baseline:0.00} s");
        }

        report.AtMost("plan / INSERT ... SELECT", new("s", plans, baselines), 1.3);
    }

    private static async Task<double> BaselineAsync(NpgsqlDataSource source, int count, CancellationToken ct)
    {
        await CleanAsync(source, ct);
        var watch = Stopwatch.StartNew();
        if (await ExecuteAsync(source, BaselineSql, Guid.CreateVersion7(), ct) is var rows && rows != count)
            throw new InvalidOperationException($"the baseline inserted {rows} rows");
        return watch.Elapsed.TotalSeconds;
    }

    private static async Task CleanAsync(NpgsqlDataSource source, CancellationToken ct)
    {
        await ExecuteAsync(source, CleanSql, null, ct);
        await ExecuteAsync(source, "CHECKPOINT", null, ct);
    }

    private static async Task<int> ExecuteAsync(NpgsqlDataSource source, string sql, Guid? id, CancellationToken ct)
    {
        await using var command = source.CreateCommand(sql);
        if (id is { } value)
            command.Parameters.AddWithValue(value);
        return await command.ExecuteNonQueryAsync(ct);
    }
}

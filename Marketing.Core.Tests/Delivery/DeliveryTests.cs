using Dapper;
using Marketing.Core.Broadcasts;
using Marketing.Core.Delivery;
using Marketing.Core.Tests.Fixtures;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Marketing.Core.Tests.Delivery;

/// <summary>Broadcasts in a real database, each to people of its own, and the words of the tests about them.</summary>
public abstract class DeliveryTests(DatabaseFixture database, TimeProvider clock) : IClassFixture<DatabaseFixture>
{
    protected static readonly CancellationToken None = CancellationToken.None;

    protected NpgsqlDataSource Source => database.Source;

    protected TimeProvider Clock => clock;

    /// <summary>A lane so fast that nobody waits for it.</summary>
    protected MarketingOptions Options { get; init; } = TestOptions.With(("Marketing:SendRate", "100000"));

    protected BroadcastRepository Broadcasts => new(Source, Clock);

    protected PlanRepository Plans => new(Source, Options, Clock);

    protected DeliveryRepository Deliveries => new(Source, Options, Clock);

    protected SettleRepository Settlement => new(Source, TestOptions.Telemetry, Clock, NullLogger<SettleRepository>.Instance);

    /// <summary>A broadcast in sending and its people, not planned yet.</summary>
    protected Task<Guid> SendingAsync(int recipients, OnUncertain onUncertain = OnUncertain.Keep) =>
        LedgerRows.SendingAsync(Source, recipients, onUncertain);

    protected async Task<Guid> PlannedAsync(int recipients, int batchSize = 500, OnUncertain onUncertain = OnUncertain.Keep)
    {
        var id = await SendingAsync(recipients, onUncertain);
        Assert.True(await Plans.PlanAsync(id, batchSize, None));
        return id;
    }

    protected async Task<IReadOnlyList<LedgerRow>> RowsAsync(Guid id)
    {
        await using var db = await Source.OpenConnectionAsync();
        return [.. await db.QueryAsync<LedgerRow>(LedgerRows.RowsSql, new { id })];
    }

    protected async Task<DeliveryState[]> StatesAsync(Guid id) => [.. (await RowsAsync(id)).Select(r => r.State)];

    protected async Task<BroadcastStatus> StatusAsync(Guid id) => (await Broadcasts.GetAsync(id, None))!.Status;

    protected async Task ExecuteAsync(string sql, object? parameters = null)
    {
        await using var db = await Source.OpenConnectionAsync();
        await db.ExecuteAsync(sql, parameters);
    }

    protected async Task<T> ScalarAsync<T>(string sql, object? parameters = null)
    {
        await using var db = await Source.OpenConnectionAsync();
        return (await db.ExecuteScalarAsync<T>(sql, parameters))!;
    }
}

public sealed record LedgerRow(
    int Seq, Guid UserId, long ChatId, DeliveryState State, int Attempts, Guid? ClaimId, DateTimeOffset? FinishedAt, long? MessageId, string? Reason);

internal static class LedgerRows
{
    public const string RowsSql = """
        SELECT d.seq, d.user_id, COALESCE(u.chat_id, 0) AS chat_id, d.state, d.attempts, d.claim_id, d.finished_at, d.message_id, d.reason
        FROM deliveries d LEFT JOIN users u ON u.id = d.user_id WHERE d.broadcast_id = @id ORDER BY d.seq
        """;

    private const string SendingSql = """
        WITH token AS (
            INSERT INTO admin_tokens (id, name, role, token_sha256) VALUES (@id, 'tests', 3, sha256(uuid_send(@id))) RETURNING id),
        template AS (
            INSERT INTO broadcast_templates (id, name, category, content, created_by)
            SELECT @id, @region, 'tests', 'Hello', id FROM token RETURNING id),
        people AS (
            INSERT INTO users (id, telegram_user_id, chat_id, region)
            SELECT gen_random_uuid(), @first + i, @first + i, @region FROM generate_series(0, @recipients - 1) AS i)
        INSERT INTO broadcasts (id, title, template_id, cohort_query, on_uncertain, status, created_by)
        SELECT @id, 'Test', template.id, jsonb_build_object('region', @region), @onUncertain, 4, token.id FROM template, token
        """;

    private static long lastChat = 1_000;

    public static async Task<Guid> SendingAsync(NpgsqlDataSource source, int recipients, OnUncertain onUncertain)
    {
        var id = Guid.CreateVersion7();
        await using var db = await source.OpenConnectionAsync();
        await db.ExecuteAsync(SendingSql, new
        {
            id, region = $"R{id:N}", recipients, onUncertain, first = Interlocked.Add(ref lastChat, recipients) - recipients + 1,
        }, commandTimeout: 120);
        return id;
    }
}

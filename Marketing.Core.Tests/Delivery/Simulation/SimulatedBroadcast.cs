using Dapper;
using Marketing.Core.Broadcasts;
using Marketing.Core.Delivery;
using Marketing.Core.Tests.Fixtures;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace Marketing.Core.Tests.Delivery.Simulation;

/// <summary>
/// A small broadcast over the real repositories, with what Telegram has delivered of it. Each simulation has a bot, and so a
/// lane, of its own.
/// </summary>
internal sealed class SimulatedBroadcast
{
    /// <summary>Somebody opts out, is suppressed, or comes back.</summary>
    public static readonly string[] PersonChanges =
    [
        "opted_out_at = now()", "suppressed_at = now(), suppression_reason = 'gone'",
        "opted_out_at = NULL, suppressed_at = NULL, suppression_reason = NULL",
    ];

    private readonly NpgsqlDataSource source;
    private readonly BroadcastRepository broadcasts;
    private readonly PlanRepository plans;
    private readonly DeliveryRepository deliveries;
    private readonly SettleRepository settlement;

    public SimulatedBroadcast(NpgsqlDataSource source, int seed)
    {
        this.source = source;
        Random = new Random(seed);
        BotId = 1_000 + seed;
        Recipients = Random.Next(5, 41);
        BatchSize = Random.Next(1, 11);
        OnUncertain = Random.Next(3) == 0 ? OnUncertain.Resend : OnUncertain.Keep;
        Messages = new int[Recipients];
        broadcasts = new BroadcastRepository(source, Clock);
        plans = new PlanRepository(source, TestOptions.With(), Clock);
        deliveries = new DeliveryRepository(source, TestOptions.With(("Telegram:BotToken", $"{BotId}:token")), Clock);
        settlement = new SettleRepository(source, TestOptions.Telemetry, Clock, NullLogger<SettleRepository>.Instance);
    }

    public Random Random { get; }
    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    public Guid Id { get; private set; }
    public long BotId { get; }
    public int Recipients { get; }
    public int BatchSize { get; }
    public OnUncertain OnUncertain { get; }
    public BroadcastStatus Status { get; private set; } = BroadcastStatus.Sending;
    public bool LaneIsPaused { get; private set; }

    /// <summary>By seq: how many messages arrived.</summary>
    public int[] Messages { get; }

    public int Batches => (Recipients + BatchSize - 1) / BatchSize;

    public async Task PlanAsync()
    {
        Id = await LedgerRows.SendingAsync(source, Recipients, OnUncertain);
        Assert.True(await plans.PlanAsync(Id, BatchSize, CancellationToken.None));
        await ExecuteAsync("INSERT INTO send_lanes (bot_id, next_slot) VALUES (@BotId, now())");
    }

    public BatchRange Batch(int index) => new(Id, index * BatchSize, BatchSize);

    /// <summary>Claims those of the rows, or the first of the batch's open rows when none are given.</summary>
    public Task<SimulatedClaim?> ClaimAsync(BatchRange batch, IReadOnlyList<int>? seqs, int atMost) => RetriedAsync(async () =>
    {
        seqs ??= [.. (await deliveries.OpenAsync(batch, CancellationToken.None)).Pending.Take(atMost)];
        var claimId = Guid.CreateVersion7(Clock.GetUtcNow());
        var taken = await deliveries.ClaimAsync(batch, claimId, seqs, CancellationToken.None);
        if (taken.Count > 0 && (Status != BroadcastStatus.Sending || LaneIsPaused))
            throw new InvalidOperationException($"{taken.Count} rows were claimed while {(LaneIsPaused ? "a 429 holds the lane" : Status)}");
        var claimed = taken.Where(row => row.State == DeliveryState.Claimed).ToList();
        return claimed.Count == 0 ? null : new SimulatedClaim(batch, claimId, claimed);
    });

    public Task RecordAsync(SimulatedClaim claim) => RetriedAsync(async () =>
    {
        if (claim.Outcomes(OnUncertain) is { Count: > 0 } outcomes)
            await deliveries.RecordAsync(claim.Batch, claim.ClaimId, outcomes, CancellationToken.None);
        return 0;
    });

    public Task<Settlement> SettleAsync() => RetriedAsync(() => settlement.SettleAsync(Id, CancellationToken.None));

    public async Task<bool> MoveAsync(BroadcastStatus to)
    {
        var isMoved = await broadcasts.MoveAsync(Id, to, CancellationToken.None);
        Status = isMoved ? to : Status;
        return isMoved;
    }

    public async Task HoldLaneAsync(bool isPaused)
    {
        await ExecuteAsync($"UPDATE send_lanes SET paused_until = {(isPaused ? "now() + interval '1 hour'" : "NULL")} WHERE bot_id = @BotId");
        LaneIsPaused = isPaused;
    }

    public Task ChangePersonAsync(int seq, string assignments) => ExecuteAsync(
        $"UPDATE users SET {assignments} WHERE id = (SELECT user_id FROM deliveries WHERE broadcast_id = @Id AND seq = @seq)", seq);

    public async Task<LedgerSnapshot> SnapshotAsync()
    {
        await using var db = await source.OpenConnectionAsync();
        await using var results = await db.QueryMultipleAsync(LedgerSnapshot.Sql, new { Id });
        var snapshot = new LedgerSnapshot(
            await results.ReadSingleAsync<StatusRow>(), [.. await results.ReadAsync<SnapshotRow>()], [.. await results.ReadAsync<BatchRow>()],
            await results.ReadSingleAsync<BatchRow>());
        Status = snapshot.Broadcast.Status;
        return snapshot;
    }

    private async Task ExecuteAsync(string sql, int seq = 0)
    {
        await using var db = await source.OpenConnectionAsync();
        await db.ExecuteAsync(sql, new { Id, BotId, seq });
    }

    // As the engine does: a late record and a settlement may meet in a deadlock, and either is tried again.
    private static async Task<T> RetriedAsync<T>(Func<Task<T>> work)
    {
        while (true)
        {
            try
            {
                return await work();
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.DeadlockDetected)
            {
            }
        }
    }
}

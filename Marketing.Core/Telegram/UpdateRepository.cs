using Dapper;
using Npgsql;

namespace Marketing.Core.Telegram;

/// <summary>What taking an update came to.</summary>
public enum UpdateTake
{
    /// <summary>This worker has it, and has to finish it.</summary>
    Taken,

    /// <summary>This worker had it, and nothing is left to do.</summary>
    Done,

    HandledBefore,

    /// <summary>Another worker has it.</summary>
    UnderWay,
}

/// <summary>What <see cref="UpdateRepository.Taking"/> returns; statements may add columns of their own.</summary>
/// <param name="IsFirst">False when a worker took it before and died: what this statement does once was done then.</param>
/// <param name="IsOpen">It has to be finished.</param>
internal record TakenUpdate(bool IsFirst, bool IsOpen)
{
    public UpdateTake Take => IsOpen ? UpdateTake.Taken : UpdateTake.Done;
}

/// <summary>Which updates were taken, so that one that Telegram sends twice is handled once.</summary>
public sealed class UpdateRepository(NpgsqlDataSource source, TimeProvider clock)
{
    /// <summary>An update taken this long ago and still not finished was lost with its worker, and may be taken again.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    /// <summary>
    /// A CTE named taken, with a row when the update is this worker's. What must happen once happens in the same statement,
    /// where <c>is_first</c>: then no crash can part the two.
    /// </summary>
    /// <param name="isDone">SQL: whether nothing is left to do after the statement.</param>
    internal static string Taking(string isDone) => $"""
        taken AS (
            INSERT INTO telegram_updates AS t (update_id, received_at, handled_at)
            SELECT @updateId, @now, CASE WHEN {isDone} THEN @now END
            ON CONFLICT (update_id) DO UPDATE SET received_at = @now WHERE t.handled_at IS NULL AND t.received_at < @expiry
            RETURNING t.xmax = 0 AS is_first, t.handled_at IS NULL AS is_open)
        """;

    /// <summary>Runs a statement that has <see cref="Taking"/> in it; null when the update is not this worker's.</summary>
    internal async Task<T?> TakeAsync<T>(string sql, int updateId, object? parameters, CancellationToken ct) where T : TakenUpdate
    {
        var now = clock.GetUtcNow();
        var all = new DynamicParameters(parameters);
        all.AddDynamicParams(new { updateId, now, expiry = now - Lease });
        await using var db = await source.OpenConnectionAsync(ct);
        return await db.QuerySingleOrDefaultAsync<T>(new CommandDefinition(sql, all, cancellationToken: ct));
    }

    private static readonly string TakeSql = $"WITH {Taking("@isDone")} SELECT is_first, is_open FROM taken";

    /// <summary>Takes an update that has no statement of its own.</summary>
    /// <param name="isDone">Nothing is to be done about it at all.</param>
    public async Task<UpdateTake> TakeAsync(int updateId, bool isDone, CancellationToken ct) =>
        (await TakeAsync<TakenUpdate>(TakeSql, updateId, new { isDone }, ct))?.Take ?? await NotTakenAsync(updateId, ct);

    private const string IsHandledSql = "SELECT handled_at IS NOT NULL FROM telegram_updates WHERE update_id = @updateId";

    /// <summary>Why an update is not this worker's.</summary>
    internal async Task<UpdateTake> NotTakenAsync(int updateId, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        return await db.QuerySingleAsync<bool>(new CommandDefinition(IsHandledSql, new { updateId }, cancellationToken: ct))
            ? UpdateTake.HandledBefore : UpdateTake.UnderWay;
    }

    // An insert too: when the statement that takes an update is what failed, nothing of it is there. Not waited for on disk: Telegram
    // does not send again what was answered 200, so a crash of the database that forgets this loses nothing.
    private const string FinishSql = """
        INSERT INTO telegram_updates (update_id, received_at, handled_at, error)
        SELECT @updateId, @now, @now, @error FROM set_config('synchronous_commit', 'off', true)
        ON CONFLICT (update_id) DO UPDATE SET handled_at = @now, error = @error
        """;

    /// <param name="error">What went wrong in its handler; null when all went well.</param>
    public async Task FinishAsync(int updateId, string? error, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        await db.ExecuteAsync(new CommandDefinition(FinishSql, new { updateId, error, now = clock.GetUtcNow() }, cancellationToken: ct));
    }

    // Ids grow with time, so the oldest are found first by the key; the time has no index that every update would pay for.
    private const string PurgeSql = """
        DELETE FROM telegram_updates WHERE update_id IN (
            SELECT update_id FROM telegram_updates WHERE received_at < @before ORDER BY update_id LIMIT @atMost)
        """;

    /// <summary>Deletes what came before then, 10,000 rows a statement so that none holds its locks for long; returns how many.</summary>
    public async Task<int> PurgeAsync(DateTimeOffset before, CancellationToken ct)
    {
        const int AtMost = 10_000;
        await using var db = await source.OpenConnectionAsync(ct);
        var purged = 0;
        int deleted;
        do
        {
            deleted = await db.ExecuteAsync(new CommandDefinition(PurgeSql, new { before, atMost = AtMost }, cancellationToken: ct));
            purged += deleted;
        }
        while (deleted == AtMost);
        return purged;
    }
}

using System.Diagnostics;
using Marketing.Bench.Processes;
using Npgsql;

namespace Marketing.Bench;

/// <summary>Sees to it that nobody waits for ever for a broadcast that nobody sends any more.</summary>
internal sealed class StallWatch(ChildProcess host, NpgsqlDataSource source, Guid broadcast)
{
    // Seldom, so as not to be measured.
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);

    // Twice what a host that finds a dead one's work lets pass, and far more than the plan of a million takes.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private const string ProgressSql =
        "SELECT count(*) || ' ' || COALESCE(max(recorded_at)::text, '') FROM delivery_batches WHERE broadcast_id = $1";

    private long looked = Stopwatch.GetTimestamp();
    private long moved = Stopwatch.GetTimestamp();
    private string? progress;

    /// <exception cref="InvalidOperationException">The host has ended, or the ledger has not moved for two minutes.</exception>
    public async Task CheckAsync(CancellationToken ct)
    {
        if (Stopwatch.GetElapsedTime(looked) < Look)
            return;
        looked = Stopwatch.GetTimestamp();
        if (host.HasExited)
            throw new InvalidOperationException($"the host that sends broadcast {broadcast} has ended");
        await using var command = source.CreateCommand(ProgressSql);
        command.Parameters.AddWithValue(broadcast);
        var now = (string)(await command.ExecuteScalarAsync(ct))!;
        if (now != progress)
            (progress, moved) = (now, looked);
        else if (Stopwatch.GetElapsedTime(moved) > Patience)
            throw new InvalidOperationException($"broadcast {broadcast} is not finished, and its ledger has not moved for {Patience.TotalMinutes} minutes");
    }
}

using Npgsql;

namespace Marketing.Bench.Processes;

/// <summary>This project: a function host and its database, which is all that a host started again has to go by.</summary>
internal sealed class ProjectPeer : IPeer
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    private readonly Broadcast broadcast;
    private readonly ChildProcess host;
    private readonly DateTimeOffset startedAt;

    private ProjectPeer(Broadcast broadcast, ChildProcess host, DateTimeOffset startedAt) =>
        (this.broadcast, this.host, this.startedAt) = (broadcast, host, startedAt);

    /// <summary>What is to be sent, and where its ledger is.</summary>
    internal sealed record Broadcast(NpgsqlDataSource Source, Dictionary<string, string?> Settings, Audience Audience) : IAsyncDisposable
    {
        /// <summary>Null until its sending was asked for.</summary>
        public Guid? Id { get; set; }

        public static async Task<Broadcast> MakeAsync(BenchPostgres postgres, Uri simulator, PeerJob job, int count, CancellationToken ct)
        {
            var connectionString = await postgres.CreateDatabaseAsync("peers", ct);
            var source = NpgsqlDataSource.Create(connectionString);
            var audience = await Audience.CreateAsync(source, "all", PeersBench.FirstChat, count, ct);
            // As it comes where a rate is enforced: 27/s, and the rest of Telegram's 30 for replies. At 30 it is in ./dev bench rate.
            double? rate = job.Rate is null ? 1_000_000 : null;
            return new(source, MarketingApi.Settings(connectionString, simulator, rate, job.InFlight), audience);
        }

        public ValueTask DisposeAsync() => Source.DisposeAsync();
    }

    public static async Task<IPeer> StartAsync(Broadcast broadcast, CancellationToken ct)
    {
        var startedAt = TimeProvider.System.GetUtcNow();
        var host = await ChildProcess.StartAsync(Child.Sender, new("start", broadcast.Settings, RunTimers: true), ct);
        var peer = new ProjectPeer(broadcast, host, startedAt);
        if (broadcast.Id is null)
        {
            using var api = new MarketingApi(host, broadcast.Source);
            broadcast.Id = await api.DraftAsync(broadcast.Audience.Region, ct);
            await api.SendAsync(broadcast.Id.Value, ct);
        }

        return peer;
    }

    // Claims of a process that was killed stay until their lease of three minutes is over, and become uncertain then: that is no
    // longer waited for. Asked often, so it stops at the first row that is not done.
    private const string EndedSql = """
        SELECT EXISTS (SELECT FROM deliveries WHERE broadcast_id = $1)
            AND NOT EXISTS (SELECT FROM deliveries WHERE broadcast_id = $1 AND (state = 0 OR state = 1 AND claimed_at >= $2))
        """;

    private const string FailedSql = """
        SELECT COALESCE(array_agg(u.chat_id), '{}') FROM deliveries d JOIN users u ON u.id = d.user_id
        WHERE d.broadcast_id = $1 AND d.state IN (1, 3, 6)
        """;

    public async Task<PeerEnd> EndAsync(CancellationToken ct)
    {
        var id = broadcast.Id!.Value;
        var watch = new StallWatch(host, broadcast.Source, id);
        while (!await AskAsync<bool>(EndedSql, ct, id, startedAt))
        {
            await watch.CheckAsync(ct);
            await Task.Delay(Poll, ct);
        }

        return new PeerEnd(await AskAsync<long[]>(FailedSql, ct, id), host.PeakWorkingSet);
    }

    private async Task<T> AskAsync<T>(string sql, CancellationToken ct, params object[] values)
    {
        await using var command = broadcast.Source.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.AddWithValue(value);
        return (T)(await command.ExecuteScalarAsync(ct))!;
    }

    public async Task<long> KillAsync()
    {
        var peak = host.PeakWorkingSet;
        await host.KillAsync();
        return peak;
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();
}

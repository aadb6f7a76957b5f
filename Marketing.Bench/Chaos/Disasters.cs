using Marketing.Functions.Delivery;

namespace Marketing.Bench.Chaos;

/// <summary>What befalls hosts and Postgres, one after the other, and the repair of each.</summary>
internal sealed class Disasters(ChaosWorld world, ChaosApi api, ChaosArguments arguments)
{
    private enum Disaster
    {
        Kill, KillSecond, PowerCut, OrderlyRestart, SecondHost, PostgresCrash, PostgresRestart, PostgresCrashAndKill, PostgresRestartAndKill,
    }

    private readonly Random random = new(unchecked((arguments.Seed * 397) ^ 7));

    /// <summary>
    /// A short run does not wait for the minutes after which the app takes a dead worker's work over: signs of life are aged as soon as
    /// a host is dead. From 5 minutes on everything takes its time.
    /// </summary>
    public bool InHurry { get; } = arguments.Minutes < 5;

    /// <summary>The last one, for the progress lines.</summary>
    public string Last { get; private set; } = "";

    private HostSlot First => world.Hosts[0];

    private HostSlot Second => world.Hosts[1];

    public Task BeginAsync(CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        return First.StartAsync();
    }

    public async Task RunAsync(CancellationToken storm, CancellationToken ct)
    {
        var watching = InHurry ? WatchAsync(storm, ct) : Task.CompletedTask;
        await Second.StartAsync();
        var deck = new Queue<Disaster>();
        while (await Cast.PauseAsync(random, 2_000, InHurry ? 6_000 : 25_000, storm))
        {
            await ReplaceCrashedAsync();
            if (deck.Count == 0)
                deck = new(Shuffled());
            var (disaster, down) = (deck.Dequeue(), TimeSpan.FromMilliseconds(random.Next(3_000)));
            await (disaster switch
            {
                Disaster.Kill => KillAsync("kill -9", [First], down),
                Disaster.KillSecond => KillAsync("kill -9 of the second host", [Second], down),
                Disaster.PowerCut => KillAsync("kill -9 of every host", world.Hosts, down),
                Disaster.OrderlyRestart => OrderlyAsync(down),
                Disaster.SecondHost => SecondHostAsync(),
                Disaster.PostgresCrash or Disaster.PostgresRestart => PostgresAsync(disaster == Disaster.PostgresCrash, down),
                _ => PostgresAndHostAsync(crash: disaster == Disaster.PostgresCrashAndKill, down),
            });
        }

        await watching;
        ct.ThrowIfCancellationRequested(); // there is no drain that would need a host
        await RepairAsync();
    }

    /// <summary>There is a database, and a host, whatever went wrong before.</summary>
    public async Task RepairAsync()
    {
        await world.StartPostgresAsync();
        await ReplaceCrashedAsync();
        if (!First.IsUp)
            await First.StartAsync();
    }

    // Each once before any comes again, so that a short run has seen them all.
    private Disaster[] Shuffled()
    {
        var all = Enum.GetValues<Disaster>();
        random.Shuffle(all);
        return all;
    }

    private async Task KillAsync(string what, IReadOnlyList<HostSlot> hosts, TimeSpan down)
    {
        var up = hosts.Where(h => h.IsUp).ToList();
        if (up.Count == 0)
            return;
        Note(what);
        var alive = world.Hosts.Count(h => h.IsUp);
        await Task.WhenAll(up.Select(h => h.KillAsync()));
        await CountLeftAsync(what, up, alive);
        await Task.Delay(down);
        foreach (var host in up)
            await host.StartAsync();
    }

    private async Task OrderlyAsync(TimeSpan down)
    {
        Note("orderly restart");
        await First.TerminateAsync();
        await CountLeftAsync("orderly restart", [First], world.Hosts.Count(h => h.IsUp) + 1);
        await Task.Delay(down);
        await First.StartAsync();
    }

    private async Task SecondHostAsync()
    {
        Note(Second.IsUp ? "second host stopped" : "second host started");
        if (!Second.IsUp)
        {
            await Second.StartAsync();
            return;
        }

        await Second.TerminateAsync();
        await CountLeftAsync("second host stopped", [Second], world.Hosts.Count(h => h.IsUp) + 1);
    }

    private async Task PostgresAsync(bool crash, TimeSpan down)
    {
        Note(crash ? "Postgres crashed" : "Postgres restarted");
        await world.StopPostgresAsync(crash);
        // Long enough for the slots that a crash made the lane forget (0.6 s at most: three times wal_writer_delay) to be past.
        await Task.Delay(down + TimeSpan.FromSeconds(1));
        await world.StartPostgresAsync();
    }

    private async Task PostgresAndHostAsync(bool crash, TimeSpan down)
    {
        Note(crash ? "Postgres crashed, host killed" : "Postgres restarted, host killed");
        await world.StopPostgresAsync(crash);
        await Task.Delay(down);
        var alive = world.Hosts.Count(h => h.IsUp);
        await First.KillAsync();
        await world.StartPostgresAsync();
        await CountLeftAsync("kill -9 while Postgres was away", [First], alive);
        await First.StartAsync();
    }

    /// <summary>Kills all that is left, so that nothing is under way any more, and lets the leases of the dead run out.</summary>
    public async Task EndAllAsync()
    {
        await KillAsync("kill -9 of every host at the end", world.Hosts, TimeSpan.Zero);
    }

    private const string ClaimsSql = "SELECT broadcast_id, seq, claim_id FROM deliveries WHERE state = 1";

    // A lease of 3 minutes, a watchdog's 10 s of silence, an update's and a confirmation's minute, a 429's memory. Claims and updates
    // only where no worker is alive that may hold them.
    private const string SilenceSql = """
        UPDATE delivery_batches SET recorded_at = recorded_at - interval '10 minutes';
        UPDATE broadcasts SET updated_at = updated_at - interval '10 minutes' WHERE status >= 4;
        UPDATE send_lanes SET limited_at = limited_at - interval '10 minutes'
        """;

    private const string LeasesSql = """
        UPDATE deliveries SET claimed_at = claimed_at - interval '10 minutes' WHERE state = 1 AND claimed_at > now() - interval '5 minutes';
        UPDATE telegram_updates SET received_at = received_at - interval '10 minutes' WHERE handled_at IS NULL;
        UPDATE conversations SET updated_at = updated_at - interval '10 minutes' WHERE step = 9
        """;

    private async Task CountLeftAsync(string what, IReadOnlyList<HostSlot> dead, int atWork)
    {
        foreach (var host in dead)
            await world.GoneAsync(host);
        var left = (await world.RowsAsync<(Guid, int, Guid)>(ClaimsSql)).Count(world.Log.LeftBehind.Add);
        // Those of a host that lives are among them: whose a claim is only the host knows.
        world.Log.Kills.Add((what, left, atWork * ChaosWorld.MaxInFlight));
        world.Log.Count("claims left behind", left);
        if (!InHurry)
            return;
        await world.ExecuteAsync(SilenceSql);
        if (!world.Hosts.Any(h => h.IsUp))
            await world.ExecuteAsync(LeasesSql);
    }

    // The timers' turns come after 15 and 30 s.
    private async Task WatchAsync(CancellationToken storm, CancellationToken ct)
    {
        while (!storm.IsCancellationRequested)
        {
            await WatchAsync(ct);
            await Task.Delay(1_500, storm).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Has every host look now for what nobody is at work on.</summary>
    public async Task WatchAsync(CancellationToken ct)
    {
        foreach (var host in world.Hosts.Where(h => h.IsUp))
        {
            await api.RunTimerAsync(host, nameof(DeliveryTimers.StartScheduledBroadcasts), ct);
            await api.RunTimerAsync(host, nameof(DeliveryTimers.WatchBroadcasts), ct);
        }
    }

    private async Task ReplaceCrashedAsync()
    {
        foreach (var host in world.Hosts.Where(h => h.HasCrashed))
        {
            world.Log.Count(CrashesOfItsOwn);
            await host.KillAsync();
            await host.StartAsync();
        }
    }

    public const string CrashesOfItsOwn = "hosts that ended by themselves";

    private void Note(string what)
    {
        Last = what;
        world.Log.Count(what);
    }
}

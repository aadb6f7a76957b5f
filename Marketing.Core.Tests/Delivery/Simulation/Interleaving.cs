using Marketing.Core.Broadcasts;
using Marketing.Core.Delivery;

namespace Marketing.Core.Tests.Delivery.Simulation;

/// <summary>
/// One random story of workers that claim, send, record, record again or late, and die, of people who leave and of an
/// operator, checked after every step. What a step does is drawn before it runs, so that steps may run at once and a seed
/// still tells the same story.
/// </summary>
internal sealed class Interleaving(SimulatedBroadcast model)
{
    private readonly Random random = model.Random;
    private readonly List<SimulatedClaim> open = [];
    private readonly List<SimulatedClaim> recorded = [];
    private readonly List<string> trace = [];
    private LedgerSnapshot? last;

    public string Trace => string.Join('\n', trace);

    public async Task RunAsync(int steps)
    {
        await model.PlanAsync();
        trace.Add($"plan {model.Recipients} in batches of {model.BatchSize}, {model.OnUncertain}");
        for (var i = 0; i < steps; i++)
        {
            await (random.Next(4) == 0 ? TogetherAsync() : Step(random.Next(100))());
            await CheckAsync();
        }

        await EndAsync();
    }

    /// <summary>Two to four workers at once, on one batch where they can be.</summary>
    private Task TogetherAsync()
    {
        var batch = random.Next(model.Batches);
        var steps = Enumerable.Range(0, random.Next(2, 5)).Select(_ => random.Next(5) switch
        {
            <= 1 => Claim(batch),
            2 => Record(),
            3 => RecordAgain(),
            _ => Settle(),
        }).ToList();
        return Task.WhenAll(steps.Select(step => Task.Run(step)));
    }

    private Func<Task> Step(int drawn) => drawn switch
    {
        < 25 => Claim(random.Next(model.Batches)),
        < 45 => () => Task.FromResult(open.Count == 0 || SendOne(Any(open))),
        < 63 => Record(),
        < 68 => RecordAgain(),
        < 74 => Crash,
        < 80 => () => Pass(TimeSpan.FromSeconds(random.Next(1, 120))),
        < 83 => () => Pass(TimeSpan.FromMinutes(4)),
        < 89 => Settle(),
        < 91 => Move(BroadcastStatus.Paused),
        < 95 => Move(BroadcastStatus.Sending),
        95 when random.Next(4) == 0 => Move(BroadcastStatus.Cancelled),
        < 98 => Leave(),
        _ => Hold(!model.LaneIsPaused),
    };

    private Func<Task> Claim(int batch)
    {
        // Half look at what is open first, as a batch does; the others know only what once was.
        var range = model.Batch(batch);
        var atMost = random.Next(1, range.Count + 1);
        int[]? seqs = random.Next(2) == 0 ? null
            : [.. Enumerable.Range(range.FirstSeq, range.Count).OrderBy(_ => random.Next()).Take(atMost)];
        return async () =>
        {
            var claim = await model.ClaimAsync(range, seqs, atMost);
            lock (trace)
            {
                trace.Add($"claim of batch {batch}: {(claim is null ? "none" : $"{claim.Name} has {string.Join(' ', claim.Untried.Select(r => r.Seq))}")}");
                if (claim is not null)
                    open.Add(claim);
            }
        };
    }

    private bool SendOne(SimulatedClaim claim)
    {
        if (claim.Untried.FirstOrDefault() is not { } row)
            return false;
        var (outcome, arrives) = SimulatedClaim.Random(random);
        model.Messages[row.Seq] += arrives ? 1 : 0;
        claim.Tried(row.Seq, outcome);
        trace.Add($"{claim.Name} sends {row.Seq}: {outcome.GetType().Name}{(arrives ? ", arrives" : "")}");
        return true;
    }

    /// <summary>Sends the rest of a claim and records it; sometimes the rest is forgotten.</summary>
    private Func<Task> Record()
    {
        if (open.Count == 0)
            return () => Task.CompletedTask;
        var claim = Any(open);
        open.Remove(claim);
        while (random.Next(20) > 0 && SendOne(claim))
        {
        }

        recorded.Add(claim);
        trace.Add($"{claim.Name} records");
        return () => model.RecordAsync(claim);
    }

    private Func<Task> RecordAgain()
    {
        if (recorded.Count == 0)
            return () => Task.CompletedTask;
        var claim = Any(recorded);
        trace.Add($"{claim.Name} records again");
        return () => model.RecordAsync(claim);
    }

    private Task Crash()
    {
        trace.Add($"{open.FirstOrDefault()?.Name ?? "nobody"} dies");
        open.RemoveRange(0, Math.Min(1, open.Count));
        return Task.CompletedTask;
    }

    private Task Pass(TimeSpan time)
    {
        trace.Add($"{time} passes");
        model.Clock.Advance(time);
        return Task.CompletedTask;
    }

    private Func<Task> Settle() => async () =>
    {
        var left = await model.SettleAsync();
        lock (trace)
            trace.Add($"settle: {(left.Finished ? "finished" : $"left {string.Join(' ', left.FirstSeqs)}")}");
    };

    private Func<Task> Move(BroadcastStatus to) => async () => trace.Add($"{to}: {await model.MoveAsync(to)}");

    private Func<Task> Hold(bool isPaused) => () =>
    {
        trace.Add($"lane paused: {isPaused}");
        return model.HoldLaneAsync(isPaused);
    };

    private Func<Task> Leave()
    {
        var seq = random.Next(model.Recipients);
        var change = SimulatedBroadcast.PersonChanges[random.Next(3)];
        trace.Add($"person of {seq}: {change}");
        return () => model.ChangePersonAsync(seq, change);
    }

    /// <summary>No more crashes: everything is finished as the orchestration does it, and nothing changes any more.</summary>
    private async Task EndAsync()
    {
        open.Clear();
        await Hold(false)();
        if (model.Status == BroadcastStatus.Paused)
            await Move(BroadcastStatus.Sending)();
        for (var passes = 0; !(await model.SettleAsync()).Finished; passes++)
        {
            Assert.True(passes < 10, "it is never finished");
            await Pass(TimeSpan.FromMinutes(4));
            var left = await model.SettleAsync();
            foreach (var batch in left.FirstSeqs.Select(seq => seq / model.BatchSize))
                await SendAllAsync(model.Batch(batch));
        }

        await CheckAsync();
        Assert.Contains(model.Status, new[] { BroadcastStatus.Cancelled, BroadcastStatus.Sent, BroadcastStatus.Failed });
        Assert.True(last!.Broadcast.IsSettled, "it is not settled");
        foreach (var claim in recorded)
            await model.RecordAsync(claim);
        await Settle()();
        await CheckAsync();
    }

    private async Task SendAllAsync(BatchRange batch)
    {
        if (await model.ClaimAsync(batch, null, batch.Count) is not { } claim)
            return;
        claim.SendAll(model.Messages);
        await model.RecordAsync(claim);
        recorded.Add(claim);
    }

    private async Task CheckAsync()
    {
        var now = await model.SnapshotAsync();
        var broken = now.Broken(model, last).FirstOrDefault();
        Assert.True(broken is null, broken);
        last = now;
    }

    private SimulatedClaim Any(List<SimulatedClaim> claims) => claims[random.Next(claims.Count)];
}

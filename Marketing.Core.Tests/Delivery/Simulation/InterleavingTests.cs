using System.Collections.Concurrent;
using System.Diagnostics;
using Marketing.Core.Tests.Fixtures;
using Npgsql;
using Xunit.Abstractions;

namespace Marketing.Core.Tests.Delivery.Simulation;

public sealed class InterleavingTests(DatabaseFixture database, ITestOutputHelper output) : IClassFixture<DatabaseFixture>
{
    private const int Interleavings = 400;
    private const int Steps = 45;

    // On a slow machine fewer are tried; the seeds are the same each time, so another machine gets to the rest.
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Deliver_AnyInterleavingOfWorkersCrashesAndPeople_EveryRowEndsOnceAndIsSentAtMostOnce()
    {
        // As the app's own connections are, for the plans that prepared statements get.
        await using var source = NpgsqlDataSource.Create($"{database.ConnectionString};Max Auto Prepare=64;No Reset On Close=true");
        var started = Stopwatch.StartNew();
        var failures = new ConcurrentQueue<string>();
        var told = 0;
        await Parallel.ForEachAsync(Enumerable.Range(1, Interleavings), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (seed, _) =>
        {
            if (started.Elapsed > TimeLimit || !failures.IsEmpty)
                return;
            var story = new Interleaving(new SimulatedBroadcast(source, seed));
            try
            {
                await story.RunAsync(Steps);
                Interlocked.Increment(ref told);
            }
            catch (Exception e)
            {
                // Whatever it was: the seed and the story belong to it.
                failures.Enqueue($"Seed {seed}: {e.Message}\n{story.Trace}\n{e.StackTrace}");
            }
        });

        Assert.True(failures.IsEmpty, failures.FirstOrDefault());
        Assert.InRange(told, 20, Interleavings);
        output.WriteLine($"{told} interleavings in {started.Elapsed.TotalSeconds:0.0} s");
    }
}

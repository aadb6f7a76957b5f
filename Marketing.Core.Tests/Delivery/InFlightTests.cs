using Marketing.Core.Delivery;
using Marketing.Core.Tests.Fixtures;

namespace Marketing.Core.Tests.Delivery;

public sealed class InFlightTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly Guid Big = Guid.CreateVersion7();
    private static readonly Guid Small = Guid.CreateVersion7();

    private static InFlight Places(int most) => new(TestOptions.With(("Marketing:MaxInFlight", $"{most}")));

    [Fact]
    public async Task Enter_ManyOfBoth_GivesTheBroadcastsTurns()
    {
        var places = Places(1);
        var first = await places.EnterAsync(Big, 1, None);
        var granted = new List<Guid>();
        // Each passes its place on, so that they come one after another.
        async Task RunAsync(Guid broadcast)
        {
            using var place = await places.EnterAsync(broadcast, 1, None);
            lock (granted)
                granted.Add(broadcast);
        }

        Task[] waiting = [.. Enumerable.Range(0, 5).Select(_ => RunAsync(Big)), .. Enumerable.Range(0, 2).Select(_ => RunAsync(Small))];
        Assert.Empty(granted);
        first.Dispose();
        await Task.WhenAll(waiting).WaitAsync(Patience);

        Assert.Equal([Big, Small, Big, Small, Big, Big, Big], granted);
    }

    [Fact]
    public async Task Enter_NotEnoughFree_WaitsAndIsNotPassedBySmallerOnes()
    {
        var places = Places(10);
        var held = await places.EnterAsync(Big, 6, None);

        var wide = places.EnterAsync(Big, 5, None);
        var narrow = places.EnterAsync(Small, 1, None);
        Assert.False(wide.IsCompleted);
        Assert.False(narrow.IsCompleted);
        held.Dispose();

        await wide.WaitAsync(Patience);
        await narrow.WaitAsync(Patience);
    }

    [Fact]
    public async Task Enter_CancelledWhileItWaits_LosesNoPlace()
    {
        var places = Places(4);
        var held = await places.EnterAsync(Big, 4, None);
        using var stop = new CancellationTokenSource();
        var cancelled = places.EnterAsync(Big, 3, stop.Token);
        var behind = places.EnterAsync(Small, 4, None);

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        held.Dispose();

        using (await behind.WaitAsync(Patience))
            Assert.False(places.EnterAsync(Big, 1, None).IsCompleted);
    }

    [Fact]
    public async Task Depart_TheWindowHasItsSlots_LetsAnotherWaitForItsOwnAndKeepsThePlaces()
    {
        var places = Places(DeliveryOptions.WindowsAhead + 1);
        var ahead = await Task.WhenAll(Enumerable.Range(0, DeliveryOptions.WindowsAhead).Select(_ => places.EnterAsync(Big, 1, None)));
        var next = places.EnterAsync(Big, 1, None);
        Assert.False(next.IsCompleted);

        ahead[0].Depart();
        ahead[0].Depart();
        (await next.WaitAsync(Patience)).Depart();

        Assert.False(places.EnterAsync(Big, 1, None).IsCompleted); // none is free
        ahead[0].Dispose();
        ahead[1].Dispose();
    }

    [Fact]
    public async Task Enter_DisposedTwice_GivesItsPlacesBackOnce()
    {
        var places = Places(2);
        var one = await places.EnterAsync(Big, 1, None);
        var other = await places.EnterAsync(Big, 1, None);
        one.Dispose();
        one.Dispose();

        await places.EnterAsync(Big, 1, None).WaitAsync(Patience);
        Assert.False(places.EnterAsync(Big, 1, None).IsCompleted);
        other.Dispose();
    }

    [Fact]
    public async Task Enter_ManyAtOnceSomeCancelled_NeverMoreThanMaxInFlightAndAllFreeAfterwards()
    {
        const int Most = 7;
        var places = Places(Most);
        Guid[] broadcasts = [Big, Small, Guid.CreateVersion7()];
        int now = 0, peak = 0, entered = 0;
        await Task.WhenAll(Enumerable.Range(0, 400).Select(i => Task.Run(async () =>
        {
            using var stop = new CancellationTokenSource();
            var entering = places.EnterAsync(broadcasts[i % 3], 1 + i % 5, stop.Token);
            if (i % 4 == 0)
                await stop.CancelAsync();
            try
            {
                using var mine = await entering;
                var inside = Interlocked.Add(ref now, 1 + i % 5);
                InterlockedMax(ref peak, inside);
                Interlocked.Increment(ref entered);
                await Task.Yield();
                Interlocked.Add(ref now, -(1 + i % 5));
            }
            catch (OperationCanceledException) when (i % 4 == 0)
            {
            }
        }))).WaitAsync(Patience);

        Assert.InRange(peak, 1, Most);
        Assert.InRange(entered, 300, 400);
        using var all = await places.EnterAsync(Big, Most, None).WaitAsync(Patience);
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = Volatile.Read(ref most); value > seen; seen = Volatile.Read(ref most))
        {
            if (Interlocked.CompareExchange(ref most, value, seen) == seen)
                return;
        }
    }
}

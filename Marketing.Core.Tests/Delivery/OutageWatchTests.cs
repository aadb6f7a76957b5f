using Marketing.Core.Delivery;
using Marketing.Core.Tests.Fixtures;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace Marketing.Core.Tests.Delivery;

public sealed class OutageWatchTests : IDisposable
{
    private readonly FakeTimeProvider clock = new();
    private readonly NpgsqlDataSource nowhere = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1"); // a hold is this process's own
    private readonly SendLane lane;
    private readonly OutageWatch watch;

    public OutageWatchTests()
    {
        lane = new SendLane(nowhere, TestOptions.With(), clock);
        watch = new OutageWatch(lane);
    }

    public void Dispose() => nowhere.Dispose();

    [Fact]
    public void IsOutageAfterFailure_NineInARow_IsNone()
    {
        Assert.All(Enumerable.Range(0, 9), _ => Assert.False(watch.IsOutageAfterFailure()));
        Assert.Null(lane.HeldFor);
        watch.Answered();
        Assert.All(Enumerable.Range(0, 9), _ => Assert.False(watch.IsOutageAfterFailure()));
    }

    [Fact]
    public void IsOutageAfterFailure_TheTenth_HoldsSendingOnceForItsBurst()
    {
        Fail(9);
        Assert.True(watch.IsOutageAfterFailure());
        Assert.Equal(TimeSpan.FromSeconds(1), lane.HeldFor);
        Assert.All(Enumerable.Range(0, 20), _ => Assert.True(watch.IsOutageAfterFailure()));
        Assert.Equal(TimeSpan.FromSeconds(1), lane.HeldFor);
    }

    [Fact]
    public void MayTry_InAnOutage_LetsOneProbeThroughAfterEachHoldUpToHalfAMinuteLong()
    {
        Fail(10);
        var holds = new List<double> { lane.HeldFor!.Value.TotalSeconds };
        for (var i = 0; i < 7; i++)
        {
            Assert.False(watch.MayTry(out _));
            clock.Advance(lane.HeldFor!.Value);
            Assert.True(watch.MayTry(out var isProbe));
            Assert.True(isProbe);
            Assert.False(watch.MayTry(out _)); // the others wait for the probe
            Assert.True(watch.IsOutageAfterFailure());
            holds.Add(lane.HeldFor!.Value.TotalSeconds);
        }

        Assert.Equal([1, 2, 4, 8, 16, 30, 30, 30], holds);
    }

    [Fact]
    public void Answered_ToTheProbe_LetsEverybodyThrough()
    {
        Fail(10);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(watch.MayTry(out _));
        watch.Answered();

        Assert.True(watch.MayTry(out var isProbe));
        Assert.False(isProbe);
        Assert.True(watch.MayTry(out _));
    }

    [Fact]
    public void Answered_AfterAnOutage_BeginsAnew()
    {
        Fail(11);
        clock.Advance(TimeSpan.FromMinutes(1));
        watch.Answered();

        Assert.False(watch.IsOutageAfterFailure());
        Fail(9);
        Assert.Equal(TimeSpan.FromSeconds(1), lane.HeldFor);
    }

    private void Fail(int times)
    {
        for (var i = 0; i < times; i++)
            watch.IsOutageAfterFailure();
    }
}

using Marketing.Core.Delivery;
using Microsoft.Extensions.Time.Testing;

namespace Marketing.Core.Tests.Delivery;

public sealed class BatchRowsTests
{
    private readonly FakeTimeProvider clock = new();

    [Fact]
    public void Take_MoreThanAreLeft_GivesTheRestInOrderAndThenNone()
    {
        var rows = new BatchRows([4, 5, 9], clock);

        Assert.Equal([4, 5], rows.Take(2));
        Assert.Equal(TimeSpan.Zero, rows.NextIn());
        Assert.Equal([9], rows.Take(2));
        Assert.Null(rows.NextIn());
        Assert.Empty(rows.Take(2));
    }

    [Fact]
    public void Take_GivenBackForLater_ComesWhenItsTimeHasAndNotBefore()
    {
        var rows = new BatchRows([0, 1, 2], clock);
        rows.Take(2);
        rows.GiveBack(0, TimeSpan.FromSeconds(2));
        rows.GiveBack(1, TimeSpan.FromSeconds(1));

        Assert.Equal([2], rows.Take(5));
        Assert.Equal(TimeSpan.FromSeconds(1), rows.NextIn());
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([1], rows.Take(5));
        Assert.Equal(TimeSpan.FromSeconds(1), rows.NextIn());
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal([0], rows.Take(5));
        Assert.Null(rows.NextIn());
    }

    [Fact]
    public void Keep_OthersAreGone_LeavesWhatIsPendingInItsOrderAndWhatWasGivenBack()
    {
        var rows = new BatchRows([3, 1, 2, 5], clock);
        rows.Take(1);
        rows.GiveBack(3, TimeSpan.FromSeconds(1));
        rows.Keep([5, 1, 9]);

        Assert.Equal([1, 5], rows.Take(5));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([3], rows.Take(5));
    }

    [Fact]
    public async Task Take_ManyAtOnce_GivesEachRowToOne()
    {
        var rows = new BatchRows([.. Enumerable.Range(0, 2_000)], clock);

        var taken = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            var mine = new List<int>();
            while (rows.Take(3) is { Count: > 0 } some)
                mine.AddRange(some);
            return mine;
        })));

        Assert.Equal(Enumerable.Range(0, 2_000), taken.SelectMany(t => t).Order());
    }
}

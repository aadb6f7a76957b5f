using System.Net;
using Marketing.Functions.Tests.Fixtures;

namespace Marketing.Functions.Tests.Analytics;

public sealed class RecountTests(UntimedApp app) : IClassFixture<UntimedApp>
{
    [Fact]
    public async Task Recount_CountersBrokenWhileClicksGoOn_LosesAndRepeatsNone()
    {
        var (region, ids) = await app.AudienceAsync(40);
        var id = await app.BroadcastAsync(new { region });
        await app.SendAsync(id);
        using var end = new CancellationTokenSource();
        var clicks = Enumerable.Range(0, 4).Select(worker => Task.Run(async () =>
        {
            for (var i = worker; !end.IsCancellationRequested; i++)
                (await app.OpenAsync(app.TheMessage(ids[i % ids.Length]).Buttons.Single(b => b.Url is not null))).Dispose();
        })).ToList();

        for (var i = 0; i < 15; i++)
        {
            await app.ExecuteAsync(Counting.Damages[i % Counting.Damages.Length], id);
            await Task.WhenAll(app.RecountAsync(id), app.FoldAsync(), app.FoldAsync());
        }

        await end.CancelAsync();
        await Task.WhenAll(clicks);
        await app.RecountAsync(id); // what the last one broke
        await app.SameAsync(id, 0);
        Assert.False(await app.RecountAsync(id));
    }

    [Fact]
    public async Task Recount_LedgerDeleted_Is409AndLeavesTheNumbers()
    {
        var (region, _) = await app.AudienceAsync(2);
        var id = await app.BroadcastAsync(new { region });
        await app.PostAsync($"v1/admin/broadcasts/{id}/recount", new { }); // of a draft there is nothing to count
        await app.SendAsync(id);
        await app.ExecuteAsync("DELETE FROM deliveries WHERE broadcast_id = @id", id);

        await app.PostAsync($"v1/admin/broadcasts/{id}/recount", new { }, HttpStatusCode.Conflict);

        Assert.Equal(2, (await app.GetAsync($"v1/admin/broadcasts/{id}/stats")).Number("sent"));
        await app.PostAsync($"v1/admin/broadcasts/{Guid.CreateVersion7()}/recount", new { }, HttpStatusCode.NotFound);
    }
}

/// <summary>Nothing is folded unless a test does it.</summary>
public sealed class UntimedApp : MarketingApp
{
    protected override bool RunTimers => false;
}

using Dapper;
using Marketing.Functions.Tests.Fixtures;

namespace Marketing.Functions.Tests.Delivery;

public sealed class ScheduleTests(MarketingApp app) : IClassFixture<MarketingApp>
{
    [Fact]
    public async Task Timer_AtItsTime_SendsTheBroadcast()
    {
        var (region, ids) = await app.AudienceAsync(2);
        var at = TimeProvider.System.GetUtcNow().AddSeconds(3);
        var id = await app.BroadcastAsync(new { region }, scheduledAt: at);
        Assert.Equal("scheduled", (await app.GetAsync($"v1/admin/broadcasts/{id}")).Text("status"));

        var sent = await app.EndAsync(id);

        Assert.Equal("sent", sent.Text("status"));
        Assert.InRange(sent.GetProperty("sent_at").GetDateTimeOffset(), at, at.AddSeconds(15));
        Assert.All(ids, telegramId => app.TheMessage(telegramId));
    }

    [Fact]
    public async Task Timer_OverdueByMoreThanTheGrace_FailsItWithTheReasonAndSendsNothing()
    {
        var (region, ids) = await app.AudienceAsync(1);
        var id = await app.BroadcastAsync(new { region }, scheduledAt: TimeProvider.System.GetUtcNow().AddHours(1));
        await using (var db = await app.Database.OpenConnectionAsync())
            await db.ExecuteAsync("UPDATE broadcasts SET scheduled_at = now() - interval '61 minutes' WHERE id = @id", new { id = Guid.Parse(id) });

        var failed = await app.EndAsync(id);

        Assert.Equal("failed", failed.Text("status"));
        Assert.Contains("Overdue by more than 1 h", failed.Text("failure_reason"), StringComparison.Ordinal);
        Assert.Empty(app.Telegram.Messages(ids[0]));
    }

    [Fact]
    public async Task Timer_CohortEmptyAtItsTime_FailsItWithTheReason()
    {
        var id = await app.BroadcastAsync(new { region = "nobody" }, scheduledAt: TimeProvider.System.GetUtcNow().AddSeconds(1));

        var failed = await app.EndAsync(id);

        Assert.Equal(("failed", "The cohort was empty when the sending began."), (failed.Text("status"), failed.Text("failure_reason")));
    }
}

using Dapper;
using Marketing.Functions.Tests.Fixtures;

namespace Marketing.Functions.Tests.Delivery;

public sealed class ScheduleTests(MarketingApp app) : IClassFixture<MarketingApp>
{
    [Fact]
    public async Task Timer_AtItsTime_SendsTheBroadcast()
    {
        var (region, ids) = await app.AudienceAsync(2);
        var at = TimeProvider.System.GetUtcNow().AddSeconds(5);
        var id = await app.BroadcastAsync(new { region }, scheduledAt: at);
        Assert.Equal("scheduled", (await app.GetAsync($"v1/admin/broadcasts/{id}")).Text("status"));

        var sent = await app.EndAsync(id);

        Assert.Equal("sent", sent.Text("status"));
        Assert.InRange(sent.GetProperty("sent_at").GetDateTimeOffset(), at, at.AddSeconds(15));
        Assert.All(ids, telegramId => app.TheMessage(telegramId));
    }

    [Fact]
    public async Task Update_MovedToAnEarlierTime_IsSentThen()
    {
        var (region, ids) = await app.AudienceAsync(1);
        var template = (await app.TemplateAsync()).Id();
        var id = await app.BroadcastAsync(new { region }, template, TimeProvider.System.GetUtcNow().AddSeconds(55));

        var at = TimeProvider.System.GetUtcNow().AddSeconds(3);
        await app.PutAsync($"v1/admin/broadcasts/{id}", new { title = "Test", template_id = template, cohort_query = new { region }, scheduled_at = at });
        var sent = await app.EndAsync(id);

        Assert.Equal("sent", sent.Text("status"));
        Assert.InRange(sent.GetProperty("sent_at").GetDateTimeOffset(), at, at.AddSeconds(30)); // well before the first time
        app.TheMessage(ids[0]);
    }

    [Fact]
    public async Task Update_MovedToALaterTimeOrCancelled_IsNotSentAtTheFirst()
    {
        var (region, ids) = await app.AudienceAsync(1);
        var template = (await app.TemplateAsync()).Id();
        var at = TimeProvider.System.GetUtcNow().AddSeconds(6);
        var moved = await app.BroadcastAsync(new { region }, template, at);
        var cancelled = await app.BroadcastAsync(new { region }, template, at);

        await app.PutAsync($"v1/admin/broadcasts/{moved}", new { title = "Test", template_id = template, cohort_query = new { region }, scheduled_at = at.AddHours(2) });
        await app.PostAsync($"v1/admin/broadcasts/{cancelled}/cancel", new { });
        await Task.Delay(at.AddSeconds(3) - TimeProvider.System.GetUtcNow());

        Assert.Equal("scheduled", (await app.GetAsync($"v1/admin/broadcasts/{moved}")).Text("status"));
        Assert.Equal("cancelled", (await app.GetAsync($"v1/admin/broadcasts/{cancelled}")).Text("status"));
        Assert.Empty(app.Telegram.Messages(ids[0]));
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
        Assert.Contains("Overdue by more than 60 min", failed.Text("failure_reason"), StringComparison.Ordinal);
        Assert.Empty(app.Telegram.Messages(ids[0]));
    }

    [Fact]
    public async Task Timer_CohortEmptyAtItsTime_FailsItWithTheReason()
    {
        var id = await app.BroadcastAsync(new { region = "nobody" }, scheduledAt: TimeProvider.System.GetUtcNow().AddSeconds(5));

        var failed = await app.EndAsync(id);

        Assert.Equal(("failed", "The cohort was empty when the sending began."), (failed.Text("status"), failed.Text("failure_reason")));
    }
}

using System.Net;
using Dapper;
using Marketing.Functions.Tests.Fixtures;
using Marketing.Local.Telegram;

namespace Marketing.Functions.Tests.Delivery;

public sealed class DeliveryTests(MarketingApp app) : IClassFixture<MarketingApp>
{
    [Fact]
    public async Task Send_SomeUnreachable_EveryRecipientEndsInOneState()
    {
        var (region, ids) = await app.AudienceAsync(4);
        app.Telegram.SetChat(ids[0], ChatStatus.Blocked);
        app.Telegram.SetChat(ids[1], ChatStatus.NotFound);
        app.Telegram.SetChat(ids[2], ChatStatus.Migrated, migratedTo: -100_000 - ids[2]);

        var id = await app.BroadcastAsync(new { region });
        var stats = (await app.SendAsync(id)).GetProperty("stats");

        Assert.Equal((2, 1, 1, 0, 0, 0), (stats.Number("sent"), stats.Number("blocked"), stats.Number("failed"),
            stats.Number("skipped"), stats.Number("uncertain"), stats.Number("pending")));
        Assert.Single(app.Telegram.Messages(-100_000 - ids[2]));
        var rows = (await app.GetAsync($"v1/admin/broadcasts/{id}/deliveries")).GetProperty("items").EnumerateArray().ToDictionary(r => r.Number("telegram_user_id"));
        Assert.Equal(("blocked", "Forbidden: bot was blocked by the user"), (rows[ids[0]].Text("state"), rows[ids[0]].Text("reason")));
        Assert.Equal(("failed", "Bad Request: chat not found"), (rows[ids[1]].Text("state"), rows[ids[1]].Text("reason")));
    }

    [Fact]
    public async Task Send_AfterAPersonBlockedTheBot_TheyAreNoLongerInAnyCohort()
    {
        var (region, ids) = await app.AudienceAsync(2);
        app.Telegram.SetChat(ids[0], ChatStatus.Blocked);
        await app.SendAsync(await app.BroadcastAsync(new { region }));

        var preview = await app.PostAsync("v1/admin/cohorts/preview", new { cohort_query = new { region } });

        Assert.Equal(1, preview.Number("count"));
        Assert.Equal(ids[1], preview.GetProperty("sample")[0].Number("telegram_user_id"));
    }

    [Fact]
    public async Task Send_NobodyCanBeReached_EndsFailedWithTheReason()
    {
        var (region, ids) = await app.AudienceAsync(1);
        app.Telegram.SetChat(ids[0], ChatStatus.Blocked);

        var broadcast = await app.SendAsync(await app.BroadcastAsync(new { region }));

        Assert.Equal("failed", broadcast.Text("status"));
        Assert.Contains("No message could be sent", broadcast.Text("failure_reason"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_TemplateEditedAfterwards_KeepsWhatThePlanFroze()
    {
        var (region, ids) = await app.AudienceAsync(1);
        var template = await app.TemplateAsync();
        await app.SendAsync(await app.BroadcastAsync(new { region }, template.Id()));
        await app.PutAsync($"v1/admin/templates/{template.Id()}", new { name = template.Text("name"), content = "Other", cta_buttons = Array.Empty<object>() });

        using var response = await app.OpenAsync(app.TheMessage(ids[0]).Buttons.Single(b => b.Url is not null));

        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
    }

    [Fact]
    public async Task Send_HostileFirstName_ArrivesAsText()
    {
        var id = MarketingApp.NewTelegramIds(1)[0];
        await app.PostCsvAsync($"telegram_user_id,first_name,region\n{id},\"</b><a href=\"\"tg://x\"\">{{{{ 7 * 7 }}}} & co\",R{id}\n");

        var broadcast = await app.SendAsync(await app.BroadcastAsync(new { region = $"R{id}" }));

        Assert.Equal("sent", broadcast.Text("status"));
        Assert.Equal("Hi </b><a href=\"tg://x\">{{ 7 * 7 }} & co", app.TheMessage(id).Message.Text);
    }

    [Fact]
    public async Task ListDeliveries_Pages_AndStreamsCsv()
    {
        var (region, ids) = await app.AudienceAsync(5);
        var id = await app.BroadcastAsync(new { region });
        await app.SendAsync(id);

        var first = await app.GetAsync($"v1/admin/broadcasts/{id}/deliveries?limit=3&state=sent");
        var second = await app.GetAsync($"v1/admin/broadcasts/{id}/deliveries?limit=3&state=sent&cursor={first.Text("next_cursor")}");
        using var request = new HttpRequestMessage(HttpMethod.Get, $"v1/admin/broadcasts/{id}/deliveries");
        request.Headers.Add("Accept", "text/csv");
        using var csv = await app.Api.SendAsync(request);
        var lines = (await csv.Content.ReadAsStringAsync()).TrimEnd().Split('\n');

        var paged = first.GetProperty("items").EnumerateArray().Concat(second.GetProperty("items").EnumerateArray()).Select(r => r.Number("telegram_user_id"));
        Assert.Equal(ids.Order(), paged.Order());
        Assert.Equal("text/csv", csv.Content.Headers.ContentType!.MediaType);
        Assert.StartsWith("seq,user_id,telegram_user_id", lines[0], StringComparison.Ordinal);
        Assert.Equal(6, lines.Length);
        Assert.All(ids, telegramId => Assert.Single(lines, l => l.Contains($",{telegramId},", StringComparison.Ordinal)));
        await app.GetAsync($"v1/admin/broadcasts/{id}/deliveries?state=lost", HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Send_TelegramFailsNowAndThen_LosesAndRepeatsNothing()
    {
        var (region, ids) = await app.AudienceAsync(300);
        app.Telegram.Settings = app.Telegram.Settings with { Fault5xxPercent = 5, FaultResetPercent = 3, Seed = 7 };
        try
        {
            var stats = (await app.SendAsync(await app.BroadcastAsync(new { region }))).GetProperty("stats");

            Assert.Equal(300, stats.Number("sent") + stats.Number("failed") + stats.Number("uncertain"));
            Assert.InRange(stats.Number("sent"), 250, 300);
            var received = ids.Select(i => app.Telegram.Messages(i).Count).ToList();
            Assert.All(received, count => Assert.InRange(count, 0, 1));
            // Everyone counted as sent got it; of the uncertain ones some did.
            Assert.InRange(received.Sum(), stats.Number("sent"), stats.Number("sent") + stats.Number("uncertain"));
        }
        finally
        {
            app.Telegram.Settings = new SimulatorSettings();
        }
    }

    [Fact]
    public async Task Send_TelegramLimitsTheRate_WaitsAndRepeatsNothing()
    {
        var (region, ids) = await app.AudienceAsync(60);
        app.Telegram.Settings = app.Telegram.Settings with { RateLimit = 40 };
        try
        {
            var stats = (await app.SendAsync(await app.BroadcastAsync(new { region }))).GetProperty("stats");

            Assert.Equal(60, stats.Number("sent"));
            Assert.All(ids, telegramId => app.TheMessage(telegramId));
        }
        finally
        {
            app.Telegram.Settings = new SimulatorSettings();
        }
    }

    [Theory]
    [InlineData("keep", "uncertain")]
    [InlineData("resend", "sent")]
    public async Task Send_ConnectionIsResetAfterTheMessageArrived_IsKeptOrSentAgainAsTheBroadcastSays(string onUncertain, string expected)
    {
        var (region, ids) = await app.AudienceAsync(1);
        var id = (await app.PostAsync("v1/admin/broadcasts", new
        {
            title = "Test", template_id = (await app.TemplateAsync()).Id(), cohort_query = new { region }, on_uncertain = onUncertain,
        }, HttpStatusCode.Created)).Id();
        app.Telegram.Settings = app.Telegram.Settings with { FaultResetPercent = 100, FaultDeliversPercent = 100 };
        try
        {
            await app.PostAsync($"v1/admin/broadcasts/{id}/send", new { }, HttpStatusCode.Accepted);
            await MarketingApp.UntilAsync(() => Task.FromResult(app.Telegram.Messages(ids[0]).Count), count => count > 0);
        }
        finally
        {
            app.Telegram.Settings = new SimulatorSettings();
        }

        var stats = (await app.EndAsync(id)).GetProperty("stats");

        Assert.Equal(1, stats.Number(expected));
        Assert.InRange(app.Telegram.Messages(ids[0]).Count, onUncertain == "keep" ? 1 : 2, onUncertain == "keep" ? 1 : 4);
        Assert.Equal(onUncertain, (await app.GetAsync($"v1/admin/broadcasts/{id}")).Text("on_uncertain"));
    }

    [Fact]
    public async Task Cancel_ClaimOfADeadWorker_IsSettledByTheWatchdog()
    {
        var (region, _) = await app.AudienceAsync(3);
        var id = await app.BroadcastAsync(new { region });
        await app.SendAsync(id);
        await using (var db = await app.Database.OpenConnectionAsync())
        {
            await db.ExecuteAsync("""
                UPDATE deliveries SET state = 1, claimed_at = now() - interval '1 hour' WHERE broadcast_id = @id AND seq = 1;
                UPDATE delivery_batches SET sent = 2 WHERE broadcast_id = @id;
                INSERT INTO counter_deltas (broadcast_id, minute, sent) VALUES (@id, date_trunc('minute', now()), -1);
                UPDATE broadcasts SET status = 6, settled_at = NULL WHERE id = @id;
                """, new { id = Guid.Parse(id) });
        }

        var stats = await MarketingApp.UntilAsync(() => app.GetAsync($"v1/admin/broadcasts/{id}/stats"), s => s.Number("pending") == 0);

        Assert.Equal((2, 1), (stats.Number("sent"), stats.Number("uncertain")));
        Assert.Equal("cancelled", (await app.GetAsync($"v1/admin/broadcasts/{id}")).Text("status"));
    }

    [Fact]
    public async Task Settle_ClaimOfADeadWorker_BecomesUncertainAndIsNotSentAgain()
    {
        var (region, ids) = await app.AudienceAsync(3);
        var id = await app.BroadcastAsync(new { region });
        await app.SendAsync(id);
        app.Telegram.ClearMessages();
        // As a worker leaves it that died between the claim and the outcome, longer ago than the lease.
        await using (var db = await app.Database.OpenConnectionAsync())
        {
            await db.ExecuteAsync("""
                UPDATE deliveries SET state = 1, claimed_at = now() - interval '1 hour' WHERE broadcast_id = @id AND seq = 1;
                UPDATE delivery_batches SET sent = 2 WHERE broadcast_id = @id;
                INSERT INTO counter_deltas (broadcast_id, minute, sent) VALUES (@id, date_trunc('minute', now()), -1);
                UPDATE broadcasts SET status = 4 WHERE id = @id;
                """, new { id = Guid.Parse(id) });
        }

        var stats = (await app.EndAsync(id)).GetProperty("stats"); // the watchdog starts it again

        Assert.Equal((2, 1), (stats.Number("sent"), stats.Number("uncertain")));
        Assert.All(ids, telegramId => Assert.Empty(app.Telegram.Messages(telegramId)));
    }
}

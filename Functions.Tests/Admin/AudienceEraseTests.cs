using System.Net;
using Dapper;
using Marketing.Functions.Tests.Fixtures;

namespace Marketing.Functions.Tests.Admin;

public sealed class AudienceEraseTests(MarketingApp app) : IClassFixture<MarketingApp>
{
    [Fact]
    public async Task ExportUser_AfterABroadcast_HoldsProfileDeliveriesClicksAndConversions()
    {
        var (id, broadcast) = await PersonWithHistoryAsync();

        var record = await app.GetAsync($"v1/admin/audience/users/telegram:{id}/export");

        Assert.Equal($"Name{id}", record.GetProperty("user").Text("first_name"));
        var delivery = Assert.Single(record.GetProperty("deliveries").EnumerateArray());
        Assert.Equal((broadcast, "Test", "sent"), (delivery.Text("broadcast_id"), delivery.Text("broadcast_title"), delivery.Text("state")));
        var click = Assert.Single(record.GetProperty("clicks").EnumerateArray());
        Assert.Equal(("Open", "Mozilla/5.0 (test)"), (click.Text("button_label"), click.Text("user_agent")));
        Assert.NotEmpty(click.Text("ip_address"));
        Assert.Equal($"deposit-{id}", Assert.Single(record.GetProperty("conversions").EnumerateArray()).Text("idempotency_key"));
    }

    [Fact]
    public async Task EraseUser_AfterABroadcast_LeavesNothingPersonalAndEveryCount()
    {
        var (id, broadcast) = await PersonWithHistoryAsync();
        var before = (await app.GetAsync($"v1/admin/broadcasts/{broadcast}/stats")).ToString();
        var userId = (await app.GetAsync($"v1/admin/audience/users/telegram:{id}")).Id();
        await app.PostAsync("v1/admin/audience/suppressions", new { telegram_user_id = id, reason = "Asked to be erased" });
        Assert.NotEmpty(await PlacesOfAsync(id));
        Assert.Equal(1, await ClicksWithATraceAsync(userId));

        await EraseAsync($"telegram:{id}");

        await app.GetAsync($"v1/admin/audience/users/{userId}", HttpStatusCode.NotFound);
        Assert.Equal(before, (await app.GetAsync($"v1/admin/broadcasts/{broadcast}/stats")).ToString());
        Assert.Empty(await PlacesOfAsync(id));
        Assert.Equal(0, await ClicksWithATraceAsync(userId));
        await MarketingApp.ReadAsync(await app.Api.DeleteAsync($"v1/admin/audience/users/{userId}"), HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task EraseUser_LinkOpenedAfterwards_LeadsOnAndRecordsNothing()
    {
        var (id, broadcast) = await PersonWithHistoryAsync(press: false);
        var (_, buttons) = app.TheMessage(id);
        await EraseAsync($"telegram:{id}");

        using var opened = await app.OpenAsync(buttons[0]);

        Assert.Equal(HttpStatusCode.Found, opened.StatusCode);
        Assert.Equal(0, (await app.GetAsync($"v1/admin/broadcasts/{broadcast}/stats")).Number("total_clicks"));
    }

    [Fact]
    public async Task EraseUser_WithADeliveryToCome_EndsItAsSkipped()
    {
        var (region, ids) = await app.AudienceAsync(2);
        var broadcast = await app.BroadcastAsync(new { region });
        await using var db = await app.Database.OpenConnectionAsync();
        await db.ExecuteAsync("""
            INSERT INTO deliveries (broadcast_id, seq, user_id)
            SELECT @id, row_number() OVER (ORDER BY telegram_user_id) - 1, id FROM users WHERE telegram_user_id = ANY (@ids);
            INSERT INTO delivery_batches (broadcast_id, first_seq, size) VALUES (@id, 0, 2);
            UPDATE broadcasts b SET status = 5, planned_at = now(), total_recipients = 2, content = t.content, cta_buttons = t.cta_buttons,
                template_version = t.version FROM broadcast_templates t WHERE b.id = @id AND t.id = b.template_id
            """, new { id = Guid.Parse(broadcast), ids });
        await EraseAsync($"telegram:{ids[1]}");
        await app.PostAsync($"v1/admin/broadcasts/{broadcast}/resume", new { }, HttpStatusCode.Accepted);

        var stats = (await app.EndAsync(broadcast)).GetProperty("stats");

        Assert.Equal((2, 1, 1), (stats.Number("total_recipients"), stats.Number("sent"), stats.Number("skipped")));
        Assert.Empty(app.Telegram.Messages(ids[1]));
    }

    [Fact]
    public async Task ImportAudience_OfAnErasedPerson_RejectsTheirLineUntilTheyComeBack()
    {
        var (_, ids) = await app.AudienceAsync(1);
        await EraseAsync($"telegram:{ids[0]}");
        var csv = $"telegram_user_id,first_name\n{ids[0] + 5_000_000},Other\n{ids[0]},Back\n";

        var refused = await app.PostCsvAsync(csv);
        Assert.Equal((1, 1), (refused.Number("inserted"), refused.Number("rejected_total")));
        var line = refused.GetProperty("rejected")[0];
        Assert.Equal(3, line.Number("line"));
        Assert.Contains("/start", line.Text("reason"), StringComparison.Ordinal);

        // As /start stores whoever writes to the bot.
        await using var db = await app.Database.OpenConnectionAsync();
        await db.ExecuteAsync("INSERT INTO users (id, telegram_user_id, chat_id) VALUES (@user, @id, @id)", new { user = Guid.CreateVersion7(), id = ids[0] });
        var taken = await app.PostCsvAsync(csv);
        Assert.Equal((2, 0), (taken.Number("updated"), taken.Number("rejected_total")));
    }

    private async Task<(long TelegramId, string Broadcast)> PersonWithHistoryAsync(bool press = true)
    {
        var (region, ids) = await app.AudienceAsync(1);
        var broadcast = await app.BroadcastAsync(new { region });
        await app.SendAsync(broadcast);
        if (press)
        {
            var (_, buttons) = app.TheMessage(ids[0]);
            using var opened = await app.OpenAsync(buttons[0]);
            Assert.Equal(HttpStatusCode.Found, opened.StatusCode);
            await app.PostAsync("v1/conversions", new
            {
                telegram_user_id = ids[0], broadcast_id = broadcast, @event = "deposit", idempotency_key = $"deposit-{ids[0]}",
            }, HttpStatusCode.Created);
        }
        return (ids[0], broadcast);
    }

    private async Task EraseAsync(string id) =>
        await MarketingApp.ReadAsync(await app.Api.DeleteAsync($"v1/admin/audience/users/{id}"), HttpStatusCode.NoContent);

    // Every column of every table as text, but for the query's region and the segment's, which is made of the id by these tests.
    private async Task<List<string>> PlacesOfAsync(long telegramId)
    {
        await using var db = await app.Database.OpenConnectionAsync();
        var columns = await db.QueryAsync<(string Table, string Column)>("""
            SELECT table_name, column_name FROM information_schema.columns
            WHERE table_schema = 'public' AND (table_name, column_name) NOT IN (('broadcasts', 'cohort_query'), ('segments', 'region'))
            """);
        var places = new List<string>();
        foreach (var (table, column) in columns)
        {
            var sql = $"SELECT EXISTS (SELECT FROM {table} t WHERE t.\"{column}\"::text LIKE '%' || @telegramId || '%')";
            if (await db.ExecuteScalarAsync<bool>(sql, new { telegramId }))
                places.Add($"{table}.{column}");
        }
        return places;
    }

    private async Task<long> ClicksWithATraceAsync(string userId)
    {
        await using var db = await app.Database.OpenConnectionAsync();
        return await db.ExecuteScalarAsync<long>(
            "SELECT count(*) FROM cta_clicks WHERE user_id = @id AND (user_agent IS NOT NULL OR ip_address IS NOT NULL)", new { id = Guid.Parse(userId) });
    }
}

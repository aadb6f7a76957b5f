using System.Net;
using System.Text.Json;
using Dapper;
using Marketing.Functions.Tests.Fixtures;

namespace Marketing.Functions.Tests.Admin;

public sealed class AudienceSuppressionTests(MarketingApp app) : IClassFixture<MarketingApp>
{
    private const string List = "v1/admin/audience/suppressions";

    [Fact]
    public async Task AddSuppression_OfSomebodyNotYetInTheAudience_HoldsWhenAnImportBringsThem()
    {
        var id = MarketingApp.NewTelegramIds(1)[0];
        var listed = await app.PostAsync(List, new { telegram_user_id = id, reason = " Asked us by mail " });
        Assert.Equal(JsonValueKind.Null, listed.GetProperty("user_id").ValueKind);

        await app.PostCsvAsync($"telegram_user_id,first_name,region\n{id},Ada,X{id}\n");

        var user = await app.GetAsync($"v1/admin/audience/users/telegram:{id}");
        Assert.False(user.GetProperty("reachable").GetBoolean());
        var suppression = Assert.Single(user.GetProperty("suppressions").EnumerateArray());
        Assert.Equal(("operator", "Asked us by mail"), (suppression.Text("kind"), suppression.Text("reason")));
        Assert.Equal(0, await CountAsync($"X{id}"));
    }

    [Fact]
    public async Task AddSuppression_AfterThePlan_SkipsTheirDelivery()
    {
        var (region, ids) = await app.AudienceAsync(2);
        var broadcast = await app.BroadcastAsync(new { region });
        await using var db = await app.Database.OpenConnectionAsync();
        // The plan holds both: the ledger is written by hand, as the plan would, before one is suppressed.
        await app.PostAsync(List, new { telegram_user_id = ids[0], reason = "A complaint" });
        await db.ExecuteAsync("""
            INSERT INTO deliveries (broadcast_id, seq, user_id)
            SELECT @id, row_number() OVER (ORDER BY telegram_user_id) - 1, id FROM users WHERE telegram_user_id = ANY (@ids);
            INSERT INTO delivery_batches (broadcast_id, first_seq, size) VALUES (@id, 0, 2);
            UPDATE broadcasts b SET status = 5, planned_at = now(), total_recipients = 2, content = t.content, cta_buttons = t.cta_buttons,
                template_version = t.version FROM broadcast_templates t WHERE b.id = @id AND t.id = b.template_id
            """, new { id = Guid.Parse(broadcast), ids });
        await app.PostAsync($"v1/admin/broadcasts/{broadcast}/resume", new { }, HttpStatusCode.Accepted);

        var sent = await app.EndAsync(broadcast);

        Assert.Equal((1, 1), (sent.GetProperty("stats").Number("sent"), sent.GetProperty("stats").Number("skipped")));
        Assert.Empty(app.Telegram.Messages(ids[0]));
    }

    [Fact]
    public async Task RemoveSuppression_LiftsTheOperatorsOnly()
    {
        var (region, ids) = await app.AudienceAsync(2);
        await app.PostAsync(List, new { telegram_user_id = ids[0], reason = "A complaint" });
        await BlockAsync(ids[1]);

        await DeleteAsync($"{List}/{ids[0]}", HttpStatusCode.NoContent);
        Assert.Equal(1, await CountAsync(region));
        await DeleteAsync($"{List}/{ids[0]}", HttpStatusCode.NotFound);
        var conflict = await DeleteAsync($"{List}/{ids[1]}", HttpStatusCode.Conflict);
        Assert.Contains("/start", conflict.Text("detail"), StringComparison.Ordinal);
        (await DeleteAsync($"{List}/abc", HttpStatusCode.BadRequest)).Error("/telegram_user_id");
    }

    [Fact]
    public async Task ListSuppressions_InPagesAndByKind_GivesEachReasonOnce()
    {
        var (_, ids) = await app.AudienceAsync(3);
        await BlockAsync(ids[0]);
        await BlockAsync(ids[1]);
        await app.PostAsync(List, new { telegram_user_id = ids[1], reason = "A complaint" });
        await app.PostAsync(List, new { telegram_user_id = ids[1], reason = "Two complaints" });
        await app.PostAsync(List, new { telegram_user_id = ids[2], reason = "A complaint" });

        Assert.Equal(
            [$"{ids[0]} blocked Forbidden", $"{ids[1]} blocked Forbidden", $"{ids[1]} operator Two complaints", $"{ids[2]} operator A complaint"],
            await AllAsync("limit=1", ids));
        Assert.Equal([$"{ids[0]} blocked Forbidden", $"{ids[1]} blocked Forbidden"], await AllAsync("kind=blocked", ids));
        Assert.Equal([$"{ids[1]} operator Two complaints", $"{ids[2]} operator A complaint"], await AllAsync("kind=operator&limit=2", ids));
        (await app.GetAsync($"{List}?cursor=1.7", HttpStatusCode.BadRequest)).Error("/cursor");
        (await app.GetAsync($"{List}?kind=other", HttpStatusCode.BadRequest)).Error("/kind");
    }

    [Theory]
    [InlineData("""{"reason":"x"}""", "/telegram_user_id", "missing")]
    [InlineData("""{"telegram_user_id":0,"reason":"x"}""", "/telegram_user_id", "positive")]
    [InlineData("""{"telegram_user_id":5}""", "/reason", "empty")]
    [InlineData("""{"telegram_user_id":5,"reason":"x\u0000"}""", "/reason", "NUL")]
    public async Task AddSuppression_BadInput_Is400(string body, string pointer, string says)
    {
        var problem = await app.PostRawAsync(List, body, HttpStatusCode.BadRequest);

        Assert.Contains(says, problem.Error(pointer), StringComparison.Ordinal);
    }

    private async Task<string[]> AllAsync(string query, long[] ids)
    {
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await app.GetAsync($"{List}?{query}{(cursor is null ? "" : $"&cursor={cursor}")}");
            seen.AddRange(page.GetProperty("items").EnumerateArray().Where(item => ids.Contains(item.Number("telegram_user_id")))
                .Select(item => $"{item.Number("telegram_user_id")} {item.Text("kind")} {item.Text("reason")}"));
            cursor = page.GetProperty("next_cursor").GetString();
        }
        while (cursor is not null);
        return [.. seen];
    }

    private async Task BlockAsync(long telegramUserId)
    {
        await using var db = await app.Database.OpenConnectionAsync();
        await db.ExecuteAsync(
            "UPDATE users SET suppressed_at = now(), suppression_reason = 'Forbidden' WHERE telegram_user_id = @telegramUserId", new { telegramUserId });
    }

    private async Task<JsonElement> DeleteAsync(string path, HttpStatusCode expected) =>
        await MarketingApp.ReadAsync(await app.Api.DeleteAsync(path), expected);

    private async Task<long> CountAsync(string region) =>
        (await app.PostAsync("v1/admin/cohorts/preview", new { cohort_query = new { region } })).Number("count");
}

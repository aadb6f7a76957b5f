using System.Net;
using System.Text;
using System.Text.Json;
using Dapper;
using Marketing.Functions.Tests.Fixtures;

namespace Marketing.Functions.Tests.Admin;

/// <summary>Imports and exports of files. Its own app: an export without a cohort is everybody there is.</summary>
public sealed class AudienceFileTests(MarketingApp app) : IClassFixture<MarketingApp>
{
    private const string Import = "v1/admin/audience/import";
    private const string Export = "v1/admin/audience/export";

    [Theory]
    [InlineData("text/csv")]
    [InlineData("application/x-ndjson")]
    public async Task ImportAudience_DryRun_AnswersTheSameAndWritesNothing(string type)
    {
        var (_, ids) = await app.AudienceAsync(1);
        var news = MarketingApp.NewTelegramIds(2);
        var lines = type == "text/csv"
            ? $"telegram_user_id,first_name\n{ids[0]},Changed\n{news[0]},New\n{news[1]},First\n{news[1]},Last\nx,Bad\n"
            : $$"""
              {"telegram_user_id":{{ids[0]}},"first_name":"Changed"}
              {"telegram_user_id":{{news[0]}},"first_name":"New"}
              {"telegram_user_id":{{news[1]}},"first_name":"First"}
              {"telegram_user_id":{{news[1]}},"first_name":"Last"}
              {"telegram_user_id":"x","first_name":"Bad"}
              """;
        var before = await EverybodyAsync();

        var dry = await PostAsync($"{Import}?dry_run=true", type, lines);

        Assert.Equal(before, await EverybodyAsync());
        Assert.Equal((2, 1, 1, 1), (dry.Number("inserted"), dry.Number("updated"), dry.Number("duplicates"), dry.Number("rejected_total")));
        var real = await PostAsync($"{Import}?dry_run=false", type, lines);
        Assert.Equal(dry.ToString(), real.ToString());
        Assert.NotEqual(before, await EverybodyAsync());
        await PostAsync($"{Import}?dry_run=yes", type, lines, HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("text/csv")]
    [InlineData("application/x-ndjson")]
    public async Task ExportAudience_ImportedIntoAnEmptyTable_IsTheSameAudience(string type)
    {
        await AwkwardPeopleAsync();
        var exported = await ExportAsync(Export, type);
        await ExecuteAsync("CREATE TABLE before AS SELECT * FROM users; TRUNCATE users CASCADE");
        try
        {
            var result = await PostAsync(Import, type, exported);

            // Who opted out or was blocked is in the file, and is not made a recipient by it.
            Assert.Equal(2, result.Number("rejected_total"));
            Assert.Contains("says not to write to this person", result.GetProperty("rejected")[0].Text("reason"), StringComparison.Ordinal);
            Assert.Equal(0, await CountAsync("""
                SELECT count(*) FROM users u FULL JOIN (SELECT * FROM before WHERE opted_out_at IS NULL AND suppressed_at IS NULL) b
                    ON b.telegram_user_id = u.telegram_user_id
                WHERE (u.chat_id, u.first_name, u.last_name, u.username, u.language, u.user_tier, u.region, u.last_trade_at, u.created_at, u.attributes)
                    IS DISTINCT FROM (b.chat_id, b.first_name, b.last_name, b.username, b.language, b.user_tier, b.region, b.last_trade_at, b.created_at, b.attributes)
                """));
            Assert.NotEqual(0, await CountAsync("SELECT count(*) FROM users"));
        }
        finally
        {
            await ExecuteAsync("DROP TABLE before");
        }
    }

    [Fact]
    public async Task ExportAudience_AsCsv_StartsNoFormula()
    {
        var ids = MarketingApp.NewTelegramIds(1);
        await PostAsync(Import, "application/x-ndjson", $$"""{"telegram_user_id":{{ids[0]}},"first_name":"=HYPERLINK(\"http://evil\")","username":"+1","region":"F{{ids[0]}}"}""");

        var csv = await ExportAsync($"{Export}?cohort_query={Uri.EscapeDataString($$"""{"region":"F{{ids[0]}}"}""")}", "text/csv");

        Assert.Contains(",\"'=HYPERLINK(\"\"http://evil\"\")\",,'+1,", csv, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ExportAudience_OfASavedCohort_HoldsItsPeopleOnly()
    {
        var (region, ids) = await app.AudienceAsync(3);
        await app.PostAsync($"v1/admin/audience/users/telegram:{ids[2]}/opt-out", new { });
        var cohort = await app.PostAsync("v1/admin/cohorts", new { name = $"Of {region}", cohort_query = new { region } }, HttpStatusCode.Created);

        var lines = (await ExportAsync($"{Export}?cohort_id={cohort.Id()}", "application/x-ndjson")).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(ids[..2], lines.Select(line => JsonElement.Parse(line).Number("telegram_user_id")).Order());
    }

    [Theory]
    [InlineData("cohort_id=abc", "/cohort_id")]
    [InlineData("cohort_query=%7B", "/cohort_query")]
    [InlineData("cohort_query=%7B%22user_teir%22%3A1%7D", "/cohort_query/user_teir")]
    [InlineData("cohort_query=%7B%7D&cohort_id=01990000-0000-7000-8000-000000000001", "/cohort_query")]
    public async Task ExportAudience_BadCohort_Is400(string query, string pointer) =>
        (await app.GetAsync($"{Export}?{query}", HttpStatusCode.BadRequest)).Error(pointer);

    [Fact]
    public async Task ExportAudience_UnknownCohort_Is404() =>
        await app.GetAsync($"{Export}?cohort_id={Guid.CreateVersion7()}", HttpStatusCode.NotFound);

    // What a spreadsheet, a CSV reader or JSON may trip over.
    private async Task AwkwardPeopleAsync()
    {
        var ids = MarketingApp.NewTelegramIds(6);
        string[] names = ["'=1+1", "=1+1", "a,b\\r\\n\\\"c\\\"", "'quoted'", "Мария 😀", "-5"];
        var lines = ids.Zip(names, (id, name) => $$"""
            {"telegram_user_id":{{id}},"chat_id":{{-id}},"first_name":"{{name}}","last_trade_at":"2026-01-02T03:04:05.678Z","created_at":"2025-01-01","attributes":{"region":"x","n":1.50,"l":["=1",null],"o":{"d":"\u00e9"} } }
            """);
        await PostAsync(Import, "application/x-ndjson", string.Join('\n', lines));
        await app.PostAsync($"v1/admin/audience/users/telegram:{ids[4]}/opt-out", new { });
        await ExecuteAsync($"UPDATE users SET suppressed_at = now(), suppression_reason = 'Forbidden' WHERE telegram_user_id = {ids[5]}");
    }

    private async Task<string> ExportAsync(string path, string type)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Accept", type } } };
        using var response = await app.Api.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(type, response.Content.Headers.ContentType?.MediaType);
        return await response.Content.ReadAsStringAsync();
    }

    [Fact]
    public async Task ImportAudience_ManyPeople_AreKnownToThePlannerAtOnce()
    {
        const int Many = 10_000;
        await PostAsync(Import, "text/csv", $"telegram_user_id,region\n{string.Join('\n', MarketingApp.NewTelegramIds(Many).Select(id => $"{id},Many"))}\n");

        Assert.InRange(await CountAsync("SELECT reltuples::bigint FROM pg_class WHERE oid = 'users'::regclass"), Many, 2 * Many);
        await ExecuteAsync("DELETE FROM users WHERE region = 'Many'");
    }

    private async Task<JsonElement> PostAsync(string path, string type, string body, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var content = new StringContent(body, Encoding.UTF8, type);
        return await MarketingApp.ReadAsync(await app.Api.PostAsync(path, content), expected);
    }

    private Task<string> EverybodyAsync() => ExportAsync(Export, "application/x-ndjson");

    private async Task<long> CountAsync(string sql)
    {
        await using var db = await app.Database.OpenConnectionAsync();
        return await db.ExecuteScalarAsync<long>(sql);
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var db = await app.Database.OpenConnectionAsync();
        await db.ExecuteAsync(sql);
    }
}

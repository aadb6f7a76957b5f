using System.Net;
using System.Text.Json;
using Marketing.Functions.Tests.Fixtures;

namespace Marketing.Functions.Tests.Admin;

public sealed class AudienceUserTests(MarketingApp app) : IClassFixture<MarketingApp>
{
    private const string Users = "v1/admin/audience/users";

    [Theory]
    [InlineData("ada", "Ada Lovelace")]
    [InlineData("Ada L", "Ada Lovelace")]
    [InlineData("LOVE", "Ada Lovelace,Courtney Love")]
    [InlineData("@ENCHANTRESS", "Ada Lovelace")]
    [InlineData("rear", "Grace Hopper")]
    [InlineData("@ada", "")]
    [InlineData("race", "")]
    [InlineData("%", "")]
    [InlineData("'; DROP TABLE users; --", "")]
    public async Task ListUsers_Search_FindsBeginningsOfNamesWhateverTheirCase(string search, string expected)
    {
        var region = await ThreePeopleAsync();

        Assert.Equal(expected, await NamesAsync($"region={region}&search={Uri.EscapeDataString(search)}"));
    }

    [Fact]
    public async Task ListUsers_SearchOfDigits_FindsTelegramIdsThatBeginWithThem()
    {
        var ids = MarketingApp.NewTelegramIds(1);
        var (exact, longer, other) = (ids[0], (ids[0] * 1_000) + 7, (ids[0] * 10_000_000_000L) + 5);
        await app.PostCsvAsync($"telegram_user_id,first_name,region\n{exact},Exact,D{exact}\n{longer},Longer,D{exact}\n{other},Longest,D{exact}\n9{exact},Other,D{exact}\n");

        Assert.Equal("Exact,Longer,Longest", await NamesAsync($"region=D{exact}&search={exact}"));
        Assert.Equal("Longer", await NamesAsync($"region=D{exact}&search={longer}"));
        Assert.Equal("", await NamesAsync($"region=D{exact}&search={long.MaxValue}"));
        Assert.Equal("", await NamesAsync($"region=D{exact}&search={long.MaxValue}0"));
    }

    [Fact]
    public async Task ListUsers_FiltersAndState_NarrowTogether()
    {
        var region = await ThreePeopleAsync();
        var people = (await ListAsync($"region={region}")).ToDictionary(user => user.Text("first_name"));
        await app.PostAsync($"{Users}/{people["Grace"].Id()}/opt-out", new { });
        await SuppressAsync(people["Courtney"].Number("telegram_user_id"));

        Assert.Equal("Ada Lovelace", await NamesAsync($"region={region}&state=reachable"));
        Assert.Equal("Grace Hopper", await NamesAsync($"region={region}&state=opted_out"));
        Assert.Equal("Courtney Love", await NamesAsync($"region={region}&state=suppressed"));
        Assert.Equal("Ada Lovelace,Courtney Love", await NamesAsync($"region={region}&tier=premium&language=en"));
        Assert.Equal("", await NamesAsync($"region={region}&tier=free&language=en"));
    }

    [Fact]
    public async Task ListUsers_InPages_GivesEverybodyOnceNewestFirst()
    {
        var (region, telegramIds) = await app.AudienceAsync(7);
        var seen = new List<JsonElement>();
        string? cursor = null;
        do
        {
            var page = await app.GetAsync($"{Users}?region={region}&limit=3{(cursor is null ? "" : $"&cursor={cursor}")}");
            seen.AddRange(page.GetProperty("items").EnumerateArray());
            cursor = page.GetProperty("next_cursor").GetString();
        }
        while (cursor is not null);

        Assert.Equal(telegramIds, seen.Select(user => user.Number("telegram_user_id")).Order());
        Assert.Equal(seen.Select(user => user.Id()).OrderDescending(StringComparer.Ordinal), seen.Select(user => user.Id()));
    }

    [Theory]
    [InlineData("state=gone", "/state")]
    [InlineData("limit=501", "/limit")]
    [InlineData("cursor=abc", "/cursor")]
    [InlineData("search=%00", "/search")]
    public async Task ListUsers_BadParameter_Is400WithItsName(string query, string pointer) =>
        (await app.GetAsync($"{Users}?{query}", HttpStatusCode.BadRequest)).Error(pointer);

    [Fact]
    public async Task GetUser_ByEitherId_IsTheSamePerson()
    {
        var (_, telegramIds) = await app.AudienceAsync(1);
        var user = await app.GetAsync($"{Users}/telegram:{telegramIds[0]}");

        Assert.Equal(telegramIds[0], user.Number("chat_id"));
        Assert.True(user.GetProperty("reachable").GetBoolean());
        Assert.Equal(user.ToString(), (await app.GetAsync($"{Users}/{user.Id()}")).ToString());
        await app.GetAsync($"{Users}/{Guid.CreateVersion7()}", HttpStatusCode.NotFound);
        await app.GetAsync($"{Users}/telegram:999999999999", HttpStatusCode.NotFound);
        (await app.GetAsync($"{Users}/telegram:-5", HttpStatusCode.BadRequest)).Error("/id");
        (await app.GetAsync($"{Users}/ada", HttpStatusCode.BadRequest)).Error("/id");
    }

    [Fact]
    public async Task ChangeUser_MergePatch_ReplacesMergesAndTakesAway()
    {
        var (region, telegramIds) = await app.AudienceAsync(1);
        var path = $"{Users}/telegram:{telegramIds[0]}";
        await PatchAsync(path, """{"attributes":{"plan":"pro","limits":{"day":1,"week":5},"seats":3}}""");

        var user = await PatchAsync(path, """
            {"user_tier":"premium","language":" de ","last_trade_at":"2026-02-01T10:00:00+02:00",
             "attributes":{"plan":null,"limits":{"day":2,"month":9},"tags":["a",null],"seats":{"sold":1.50}}}
            """);

        Assert.Equal(("premium", "de", region), (user.Text("user_tier"), user.Text("language"), user.Text("region")));
        Assert.Equal("2026-02-01T08:00:00Z", user.Text("last_trade_at"));
        Assert.True(JsonElement.DeepEquals(
            JsonElement.Parse("""{"limits":{"day":2,"week":5,"month":9},"tags":["a",null],"seats":{"sold":1.50}}"""), user.GetProperty("attributes")),
            user.GetProperty("attributes").ToString());
        user = await PatchAsync(path, """{"region":null,"last_trade_at":null,"attributes":null}""");
        Assert.Equal(JsonValueKind.Null, user.GetProperty("region").ValueKind);
        Assert.Equal(JsonValueKind.Null, user.GetProperty("last_trade_at").ValueKind);
        Assert.Equal("{}", user.GetProperty("attributes").ToString());
        Assert.Equal("premium", user.Text("user_tier"));
    }

    [Theory]
    [InlineData("""{"user_teir":"x"}""", "/user_teir", "did you mean user_tier")]
    [InlineData("""{"telegram_user_id":5}""", "/telegram_user_id", "cannot be changed")]
    [InlineData("""{"user_tier":5}""", "/user_tier", "string or null")]
    [InlineData("""{"region":" "}""", "/region", "null takes the value away")]
    [InlineData("""{"region":"a\u0000"}""", "/region", "NUL")]
    [InlineData("""{"region":"\ud800"}""", "/region", "surrogate")]
    [InlineData("""{"last_trade_at":"02/03/2026"}""", "/last_trade_at", "must be a time")]
    [InlineData("""{"last_trade_at":"0001-01-01"}""", "/last_trade_at", "1970")]
    [InlineData("""{"attributes":[]}""", "/attributes", "object or null")]
    [InlineData("""{"attributes":{"a":{"b":"\u0000"}}}""", "/attributes", "NUL")]
    [InlineData("""{"attributes":{"a":1e400}}""", "/attributes", "out of range")]
    [InlineData("""[]""", "", "must be a JSON object")]
    [InlineData("""{"region":"a","region":"b"}""", "", "twice")]
    public async Task ChangeUser_BadPatch_SaysWhatAndWhereAndWritesNothing(string patch, string pointer, string says)
    {
        var (_, telegramIds) = await app.AudienceAsync(1);
        var path = $"{Users}/telegram:{telegramIds[0]}";
        var before = (await app.GetAsync(path)).ToString();

        var problem = await PatchAsync(path, patch, HttpStatusCode.BadRequest);

        Assert.Contains(says, problem.Error(pointer), StringComparison.Ordinal);
        Assert.Equal(before, (await app.GetAsync(path)).ToString());
    }

    [Fact]
    public async Task ChangeUser_AttributesGrowBeyondTheirLimit_IsRefused()
    {
        var (_, telegramIds) = await app.AudienceAsync(1);
        var path = $"{Users}/telegram:{telegramIds[0]}";
        string Patch(string key) => JsonSerializer.Serialize(new { attributes = new Dictionary<string, string> { [key] = new('x', 4_000) } });
        for (var i = 0; i < 8; i++)
            await PatchAsync(path, Patch($"k{i}"));

        var problem = await PatchAsync(path, Patch("k8"), HttpStatusCode.BadRequest);

        Assert.Contains("at most 32768", problem.Error("/attributes"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OptOut_AndItsUndo_DecideWhetherTheyAreInACohort()
    {
        var (region, telegramIds) = await app.AudienceAsync(2);
        var path = $"{Users}/telegram:{telegramIds[0]}/opt-out";

        var first = await app.PostAsync(path, new { });
        var again = await app.PostAsync(path, new { });
        Assert.Equal(first.Text("opted_out_at"), again.Text("opted_out_at"));
        Assert.False(again.GetProperty("reachable").GetBoolean());
        Assert.Equal(1, await CountAsync(region));

        var undone = await MarketingApp.ReadAsync(await app.Api.DeleteAsync(path), HttpStatusCode.OK);
        Assert.True(undone.GetProperty("reachable").GetBoolean());
        Assert.Equal(2, await CountAsync(region));
        await app.PostAsync($"{Users}/{Guid.CreateVersion7()}/opt-out", new { }, HttpStatusCode.NotFound);
    }

    private async Task<string> ThreePeopleAsync()
    {
        var ids = MarketingApp.NewTelegramIds(3);
        await app.PostCsvAsync($"""
            telegram_user_id,first_name,last_name,username,user_tier,language,region
            {ids[0]},Courtney,Love,,premium,en,S{ids[0]}
            {ids[1]},Grace,Hopper,RearAdmiral,free,de,S{ids[0]}
            {ids[2]},Ada,Lovelace,enchantress_of_numbers,premium,en,S{ids[0]}
            """);
        return $"S{ids[0]}";
    }

    private Task SuppressAsync(long telegramUserId) =>
        app.PostAsync("v1/admin/audience/suppressions", new { telegram_user_id = telegramUserId, reason = "A complaint" });

    private async Task<long> CountAsync(string region) =>
        (await app.PostAsync("v1/admin/cohorts/preview", new { cohort_query = new { region } })).Number("count");

    private async Task<IEnumerable<JsonElement>> ListAsync(string query) =>
        (await app.GetAsync($"{Users}?{query}")).GetProperty("items").EnumerateArray();

    private async Task<string> NamesAsync(string query) => string.Join(",", (await ListAsync(query))
        .Select(user => $"{user.Text("first_name")} {user.GetProperty("last_name").GetString()}".Trim()).Order());

    private async Task<JsonElement> PatchAsync(string path, string patch, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var content = new StringContent(patch, System.Text.Encoding.UTF8, "application/merge-patch+json");
        return await MarketingApp.ReadAsync(await app.Api.PatchAsync(path, content), expected);
    }
}

using System.Net;
using Marketing.Functions.Tests.Fixtures;

namespace Marketing.Functions.Tests.Admin;

public sealed class CohortTests(MarketingApp app) : IClassFixture<MarketingApp>
{
    private const string Cohorts = "v1/admin/cohorts";

    [Fact]
    public async Task ListCohorts_OfANewDatabase_HoldsTheSeededOnes()
    {
        var items = (await app.GetAsync(Cohorts)).GetProperty("items").EnumerateArray().ToDictionary(c => c.Text("name"));

        Assert.Equal("{}", items["All"].GetProperty("cohort_query").ToString());
        Assert.Equal("premium", items["Premium"].GetProperty("cohort_query").Text("user_tier"));
        Assert.Equal("EU", items["EU"].GetProperty("cohort_query").Text("region"));
    }

    [Fact]
    public async Task Cohort_CreatedChangedAndDeleted_IsReadBackEachTime()
    {
        var (region, _) = await app.AudienceAsync(3);
        var made = await app.PostAsync(Cohorts, new { name = $" People of {region} ", cohort_query = new { region } }, HttpStatusCode.Created);
        var path = $"{Cohorts}/{made.Id()}";

        Assert.Equal($"People of {region}", made.Text("name"));
        Assert.Equal(made.ToString(), (await app.GetAsync(path)).ToString());
        Assert.Equal(3, (await app.GetAsync($"{path}/preview")).Number("count"));

        var changed = await app.PutAsync(path, new { name = $"Nobody of {region}", cohort_query = new { region, user_tier = "premium" } });
        Assert.Equal(made.Text("created_at"), changed.Text("created_at"));
        Assert.Equal(0, (await app.GetAsync($"{path}/preview")).Number("count"));

        await MarketingApp.ReadAsync(await app.Api.DeleteAsync(path), HttpStatusCode.NoContent);
        await app.GetAsync(path, HttpStatusCode.NotFound);
        await app.GetAsync($"{path}/preview", HttpStatusCode.NotFound);
        await app.PutAsync(path, new { name = "x", cohort_query = new { } }, HttpStatusCode.NotFound);
        await MarketingApp.ReadAsync(await app.Api.DeleteAsync(path), HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Cohort_NameThatIsTakenInOtherCase_Is409()
    {
        var other = await app.PostAsync(Cohorts, new { name = "Taken", cohort_query = new { } }, HttpStatusCode.Created);

        await app.PostAsync(Cohorts, new { name = "PREMIUM", cohort_query = new { } }, HttpStatusCode.Conflict);
        await app.PutAsync($"{Cohorts}/{other.Id()}", new { name = "premium", cohort_query = new { } }, HttpStatusCode.Conflict);
        await app.PutAsync($"{Cohorts}/{other.Id()}", new { name = "TAKEN", cohort_query = new { } });
    }

    [Fact]
    public async Task Broadcast_MadeFromASavedCohort_KeepsItsQueryWhenTheCohortChanges()
    {
        var (region, _) = await app.AudienceAsync(1);
        var saved = await app.PostAsync(Cohorts, new { name = $"Copied {region}", cohort_query = new { region } }, HttpStatusCode.Created);
        var broadcast = await app.BroadcastAsync(saved.GetProperty("cohort_query"));

        await app.PutAsync($"{Cohorts}/{saved.Id()}", new { name = $"Copied {region}", cohort_query = new { } });

        Assert.Equal(region, (await app.GetAsync($"v1/admin/broadcasts/{broadcast}")).GetProperty("cohort_query").Text("region"));
    }

    [Theory]
    [InlineData("""{"cohort_query":{}}""", "/name", "empty")]
    [InlineData("""{"name":"N"}""", "/cohort_query", "missing")]
    [InlineData("""{"name":"N","cohort_query":[]}""", "/cohort_query", "must be an object")]
    [InlineData("""{"name":"N","cohort_query":{"user_teir":"x"}}""", "/cohort_query/user_teir", "did you mean user_tier?")]
    [InlineData("""{"name":"N","cohort_query":{"sampel":{"percent":5}}}""", "/cohort_query/sampel", "did you mean sample?")]
    [InlineData("""{"name":"N","cohort_query":{"sample":{"percnt":5}}}""", "/cohort_query/sample/percnt", "did you mean percent?")]
    [InlineData("""{"name":"N","cohort_query":{"sample":{"seed":"a"}}}""", "/cohort_query/sample", "needs a percent")]
    [InlineData("""{"name":"N","cohort_query":{"sample":10}}""", "/cohort_query/sample", "must be an object")]
    [InlineData("""{"name":"N","cohort_query":{"sample":{"percent":0}}}""", "/cohort_query/sample/percent", "above 0")]
    [InlineData("""{"name":"N","cohort_query":{"sample":{"percent":100.01}}}""", "/cohort_query/sample/percent", "up to 100")]
    [InlineData("""{"name":"N","cohort_query":{"sample":{"percent":"5"}}}""", "/cohort_query/sample/percent", "must be a number")]
    [InlineData("""{"name":"N","cohort_query":{"sample":{"percent":5,"seed":5}}}""", "/cohort_query/sample/seed", "must be a string")]
    [InlineData("""{"name":"N","cohort_query":{"sample":{"percent":5,"seed":"\u0000"}}}""", "/cohort_query/sample/seed", "NUL")]
    [InlineData("""{"name":"N","cohort_query":{"clicked":"01900000-0000-7000-8000-000000000001"}}""", "/cohort_query/clicked", "there is no broadcast")]
    [InlineData("""{"name":"N","cohort_query":{"not":{"any":[{},{"received":{"in":["01900000-0000-7000-8000-000000000001"]}}]}}}""",
        "/cohort_query/not/any/1/received/in/0", "there is no broadcast")]
    [InlineData("""{"name":"N","cohort_query":{"not":{"not":{"not":{"not":{"not":{"not":{"not":{"not":{}}}}}}}}}}""",
        "/cohort_query/not/not/not/not/not/not/not/not", "too deep")]
    public async Task CreateCohort_BadInput_SaysWhatAndWhereAndSavesNothing(string body, string pointer, string says)
    {
        var before = (await app.GetAsync(Cohorts)).GetProperty("items").EnumerateArray().Count(c => c.Text("name") == "N");

        var problem = await app.PostRawAsync(Cohorts, body, HttpStatusCode.BadRequest);

        Assert.Contains(says, problem.Error(pointer), StringComparison.Ordinal);
        Assert.Equal(before, (await app.GetAsync(Cohorts)).GetProperty("items").EnumerateArray().Count(c => c.Text("name") == "N"));
    }

    [Fact]
    public async Task PreviewAndBroadcast_OfABroadcastThatDoesNotExist_Are400WithItsPlace()
    {
        var query = new { not = new { clicked = Guid.CreateVersion7() } };
        var template = (await app.TemplateAsync()).Id();

        var preview = await app.PostAsync($"{Cohorts}/preview", new { cohort_query = query }, HttpStatusCode.BadRequest);
        var broadcast = await app.PostAsync(
            "v1/admin/broadcasts", new { title = "", template_id = template, cohort_query = query }, HttpStatusCode.BadRequest);

        Assert.Contains("there is no broadcast", preview.Error("/cohort_query/not/clicked"), StringComparison.Ordinal);
        Assert.Contains("there is no broadcast", broadcast.Error("/cohort_query/not/clicked"), StringComparison.Ordinal);
        broadcast.Error("/title");
    }

    [Fact]
    public async Task PreviewCohort_OfWhatPeopleDid_FindsThemAndTheRest()
    {
        var (region, ids) = await app.AudienceAsync(3);
        var broadcast = await app.BroadcastAsync(new { region });
        await app.SendAsync(broadcast);
        await (await app.OpenAsync(app.TheMessage(ids[0]).Buttons[0])).Content.ReadAsStringAsync();
        await (await app.OpenAsync(app.TheMessage(ids[1]).Buttons[0])).Content.ReadAsStringAsync();
        await app.PostAsync("v1/conversions", new
        {
            telegram_user_id = ids[1], broadcast_id = broadcast, @event = "deposit", idempotency_key = broadcast,
        }, HttpStatusCode.Created);

        Assert.Equal(ids, await WhoAsync(region, new { received = broadcast }));
        Assert.Equal(ids[..2], await WhoAsync(region, new { clicked = broadcast }));
        Assert.Equal(ids[1..2], await WhoAsync(region, new { converted = new { @in = new[] { broadcast } } }));
        Assert.Equal(ids[2..], await WhoAsync(region, new { received = broadcast, not = new { clicked = broadcast } }));
        Assert.Equal([ids[0], ids[2]], await WhoAsync(region, new { not = new { converted = broadcast } }));
    }

    private async Task<IEnumerable<long>> WhoAsync(string region, object query)
    {
        var preview = await app.PostAsync($"{Cohorts}/preview", new { cohort_query = new { all = new[] { new { region }, query } } });
        return preview.GetProperty("sample").EnumerateArray().Select(member => member.Number("telegram_user_id")).Order();
    }
}

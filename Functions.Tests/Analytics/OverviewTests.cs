using System.Net;
using System.Text.Json;
using Marketing.Functions.Tests.Fixtures;

namespace Marketing.Functions.Tests.Analytics;

public sealed class OverviewTests(MarketingApp app) : IClassFixture<MarketingApp>
{
    [Fact]
    public async Task Overview_Pages_AreNewestFirstUnderTheSameTotals()
    {
        var from = TimeProvider.System.GetUtcNow().UtcDateTime;
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
            ids.Insert(0, (await SentAsync(2)).Id);
        var period = $"from={from:yyyy-MM-ddTHH:mm:ss.fffffff}Z";

        var pages = new List<JsonElement> { await app.GetAsync($"v1/admin/broadcasts/analytics?{period}&limit=2") };
        while (pages[^1].GetProperty("next_cursor").GetString() is { } cursor)
            pages.Add(await app.GetAsync($"v1/admin/broadcasts/analytics?{period}&limit=2&cursor={cursor}"));

        Assert.Equal([2, 2, 1], pages.Select(p => p.GetProperty("broadcasts").GetArrayLength()));
        Assert.Equal(ids, pages.SelectMany(p => p.GetProperty("broadcasts").EnumerateArray()).Select(b => b.Id()));
        Assert.All(pages, page => Assert.Equal((5, 10, 10), (
            page.Number("broadcast_count"), page.GetProperty("totals").Number("sent"), page.GetProperty("totals").Number("total_recipients"))));
        Assert.Empty(pages[0].GetProperty("best").EnumerateArray()); // of 2 people each
    }

    [Fact]
    public async Task Overview_Best_AreThoseOfThePeriodByWhatIsAsked()
    {
        var from = TimeProvider.System.GetUtcNow().UtcDateTime;
        var (few, fewPeople) = await SentAsync(30);
        var (many, manyPeople) = await SentAsync(30);
        await SentAsync(29);
        await ClickAsync(manyPeople[..3]);
        await ClickAsync(fewPeople[..1]);
        await app.PostAsync("v1/conversions", new { telegram_user_id = fewPeople[0], broadcast_id = few, @event = "e", idempotency_key = few }, HttpStatusCode.Created);
        var path = $"v1/admin/broadcasts/analytics?from={from:yyyy-MM-ddTHH:mm:ss.fffffff}Z";

        async Task<IReadOnlyList<string>> BestAsync(string by) =>
            [.. (await app.GetAsync($"{path}&best_by={by}")).GetProperty("best").EnumerateArray().Select(b => b.Id())];

        Assert.Equal([many, few], await BestAsync("unique_ctr"));
        Assert.Equal([many, few], await BestAsync("clicks"));
        Assert.Equal([few, many], await BestAsync("conversions"));
        Assert.Equal([few, many], await BestAsync("conversion_rate"));
    }

    [Fact]
    public async Task Overview_NothingPlanned_IsAllZero()
    {
        var overview = await app.GetAsync("v1/admin/broadcasts/analytics?from=2020-01-01&to=2020-01-08&unit=day");

        Assert.Equal((0, 0, 0), (
            overview.Number("broadcast_count"), overview.GetProperty("totals").Number("total_recipients"), overview.GetProperty("totals").Number("clicks")));
        Assert.All(["best", "broadcasts"], list => Assert.Empty(overview.GetProperty(list).EnumerateArray()));
        Assert.Equal(7, overview.GetProperty("trend").GetProperty("items").GetArrayLength());
    }

    [Theory]
    [InlineData("limit=0", "/limit")]
    [InlineData("limit=201", "/limit")]
    [InlineData("cursor=x", "/cursor")]
    [InlineData("unit=minute", "/unit")]
    [InlineData("unit=hour&from=2026-01-01&to=2026-12-01", "/unit")]
    [InlineData("from=2001-01-01", "/unit")] // more than 2,000 days
    [InlineData("time_zone=Mars", "/time_zone")]
    [InlineData("best_by=luck", "/best_by")]
    [InlineData("from=2026-02-01&to=2026-01-01", "/from")]
    public async Task Overview_BadQuery_SaysWhere(string query, string pointer) =>
        Assert.NotEmpty((await app.GetAsync($"v1/admin/broadcasts/analytics?{query}", HttpStatusCode.BadRequest)).Error(pointer));

    [Fact]
    public async Task Compare_Two_TellsWhatIsDifferentAndWhetherItMeansAnything()
    {
        var (a, _) = await SentAsync(40);
        var (b, people) = await SentAsync(40);
        await ClickAsync(people[..20]);

        var compared = await app.GetAsync($"v1/admin/broadcasts/compare?a={a}&b={b}");

        Assert.Equal((a, b, 40), (compared.GetProperty("a").Id(), compared.GetProperty("b").Id(), compared.GetProperty("b").GetProperty("stats").Number("sent")));
        var differences = compared.GetProperty("differences").EnumerateArray().ToDictionary(d => d.Text("metric"));
        Assert.Equal((0, 0.5, true), (Number(differences["unique_ctr"], "a"), Number(differences["unique_ctr"], "b"), differences["unique_ctr"].GetProperty("significant").GetBoolean()));
        Assert.Equal(JsonValueKind.Null, differences["unique_ctr"].GetProperty("change").ValueKind);
        Assert.False(differences["converter_rate"].GetProperty("significant").GetBoolean());
        Assert.Equal(0, Number(differences["sent"], "change"));
    }

    [Fact]
    public async Task Compare_NoneOrNotThere_SaysWhich()
    {
        var (id, _) = await SentAsync(1);
        Assert.NotEmpty((await app.GetAsync($"v1/admin/broadcasts/compare?a={id}", HttpStatusCode.BadRequest)).Error("/b"));
        await app.GetAsync($"v1/admin/broadcasts/compare?a={id}&b={Guid.CreateVersion7()}", HttpStatusCode.NotFound);
    }

    private static double Number(JsonElement of, string name) => of.GetProperty(name).GetDouble();

    private async Task<(string Id, long[] People)> SentAsync(int recipients)
    {
        var (region, people) = await app.AudienceAsync(recipients);
        var id = await app.BroadcastAsync(new { region });
        await app.SendAsync(id);
        return (id, people);
    }

    private async Task ClickAsync(long[] people)
    {
        foreach (var id in people)
            (await app.OpenAsync(app.TheMessage(id).Buttons.Single(b => b.Url is not null))).Dispose();
    }
}

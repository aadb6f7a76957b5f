using Marketing.Core.Tests.Fixtures;

namespace Marketing.Core.Tests.Cohorts;

public sealed class CohortCompilerTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>, IAsyncLifetime
{
    private readonly CohortPeople people = new(database.Source);

    public Task InitializeAsync() => people.ClearAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Compile_EmptyQuery_IsEveryoneReachable()
    {
        await people.AddAsync("ann");
        await people.AddAsync("out", optedOut: true);
        await people.AddAsync("blocked", suppressed: true);

        Assert.Equal(["ann"], await people.WhoAsync("{}"));
        Assert.Equal(["ann"], await people.WhoAsync("""{"any":[{"region":null},{"region":"EU"}]}"""));
        Assert.Equal(["ann"], await people.WhoAsync("""{"not":{"region":"EU"}}"""));
        Assert.Empty(await people.WhoAsync("""{"not":{}}"""));
    }

    [Theory]
    [InlineData("""{"region":"EU"}""", "eu1,eu2")]
    [InlineData("""{"region":null}""", "nowhere")]
    [InlineData("""{"region":{"ne":"EU"}}""", "us,nowhere")]
    [InlineData("""{"region":{"ne":null}}""", "eu1,eu2,us")]
    [InlineData("""{"region":{"exists":false}}""", "nowhere")]
    [InlineData("""{"region":{"in":["EU","APAC"]}}""", "eu1,eu2")]
    [InlineData("""{"region":{"in":["US",null]}}""", "us,nowhere")]
    [InlineData("""{"not":{"region":"EU"}}""", "us,nowhere")]
    [InlineData("""{"not":{"region":{"in":["US",null]}}}""", "eu1,eu2")]
    [InlineData("""{"not":{"not":{"region":"EU"}}}""", "eu1,eu2")]
    [InlineData("""{"region":"EU","user_tier":"premium"}""", "eu1")]
    [InlineData("""{"any":[{"region":"US"},{"region":"EU","user_tier":"free"}]}""", "eu2,us")]
    [InlineData("""{"not":{"any":[{"region":"US"},{"region":"EU","user_tier":"free"}]}}""", "eu1,nowhere")]
    [InlineData("""{"not":{"all":[{"region":"EU"},{"user_tier":"premium"}]}}""", "eu2,us,nowhere")]
    [InlineData("""{"region":{"ne":"US","exists":true,"in":["EU","US"]}}""", "eu1,eu2")]
    public async Task Compile_Text_ComparesAndTreatsUnknownAsDifferent(string query, string expected)
    {
        await people.AddAsync("eu1", tier: "premium", region: "EU");
        await people.AddAsync("eu2", tier: "free", region: "EU");
        await people.AddAsync("us", region: "US");
        await people.AddAsync("nowhere");

        Assert.Equal(Names(expected), await people.WhoAsync(query));
    }

    [Theory]
    [InlineData("""{"no_trades_7d":true}""", "never,old")]
    [InlineData("""{"no_trades_7d":false}""", "week,today")]
    [InlineData("""{"not":{"no_trades_7d":false}}""", "never,old")]
    [InlineData("""{"last_trade_at":{"within":"7d"}}""", "week,today")]
    [InlineData("""{"last_trade_at":{"within":"180m"}}""", "today")]
    [InlineData("""{"last_trade_at":{"older_than":"1w"}}""", "old")]
    [InlineData("""{"not":{"last_trade_at":{"older_than":"168h"}}}""", "never,week,today")]
    [InlineData("""{"last_trade_at":{"gte":"2026-05-13T12:00:00Z","lt":"2026-05-20"}}""", "week")]
    [InlineData("""{"last_trade_at":{"gt":"2026-05-13T14:00:00+02:00"}}""", "today")]
    [InlineData("""{"last_trade_at":{"lte":"2026-05-13T12:00Z"}}""", "old,week")]
    [InlineData("""{"last_trade_at":"2026-05-13T12:00:00Z"}""", "week")]
    [InlineData("""{"last_trade_at":{"in":["2026-05-13T12:00:00Z","2026-01-01"]}}""", "week")]
    [InlineData("""{"last_trade_at":null}""", "never")]
    [InlineData("""{"last_seen_at":{"exists":true}}""", "today")]
    [InlineData("""{"created_at":{"gt":"0001-01-01","lt":"9999-12-31"}}""", "never,old,week,today")]
    public async Task Compile_Time_CountsBackFromNow(string query, string expected)
    {
        await people.AddAsync("never");
        await people.AddAsync("old", tradedAgo: TimeSpan.FromDays(8));
        await people.AddAsync("week", tradedAgo: TimeSpan.FromDays(7));
        await people.AddAsync("today", tradedAgo: TimeSpan.FromHours(2), seenAgo: TimeSpan.FromHours(1));

        Assert.Equal(Names(expected), await people.WhoAsync(query));
    }

    [Theory]
    [InlineData("""{"attributes.v":1}""", "one")]
    [InlineData("""{"attributes.v":1.00}""", "one")]
    [InlineData("""{"attributes.v":"1"}""", "text1")]
    [InlineData("""{"attributes.v":true}""", "yes")]
    [InlineData("""{"attributes.v":null}""", "missing,null")]
    [InlineData("""{"attributes.v":{"exists":true}}""", "one,ten,huge,text1,yes,list,object")]
    [InlineData("""{"attributes.v":{"ne":1}}""", "ten,huge,text1,yes,missing,null,list,object")]
    [InlineData("""{"attributes.v":{"in":[1,"1",false]}}""", "one,text1")]
    [InlineData("""{"attributes.v":{"in":[10,null]}}""", "ten,missing,null")]
    [InlineData("""{"attributes.v":{"gt":1}}""", "ten,huge")]
    [InlineData("""{"attributes.v":{"gte":1,"lt":10.5}}""", "one,ten")]
    [InlineData("""{"not":{"attributes.v":{"gte":1}}}""", "text1,yes,missing,null,list,object")]
    [InlineData("""{"attributes.v":{"gt":"2026-01-01"}}""", "")]
    [InlineData("""{"attributes.v.x":1}""", "")]
    public async Task Compile_Attribute_ComparesWithinOneType(string query, string expected)
    {
        await people.AddAsync("one", attributes: """{"v":1}""");
        await people.AddAsync("ten", attributes: """{"v":10}""");
        await people.AddAsync("huge", attributes: """{"v":1e1000}""");
        await people.AddAsync("text1", attributes: """{"v":"1"}""");
        await people.AddAsync("yes", attributes: """{"v":true}""");
        await people.AddAsync("missing");
        await people.AddAsync("null", attributes: """{"v":null}""");
        await people.AddAsync("list", attributes: """{"v":[1]}""");
        await people.AddAsync("object", attributes: """{"v":{"x":1}}""");

        Assert.Equal(Names(expected), await people.WhoAsync(query));
    }

    [Theory]
    [InlineData("""{"attributes.t":{"gte":"2026-05-20"}}""", "day,later")]
    [InlineData("""{"attributes.t":{"gt":"2026-05-20"}}""", "later")]
    [InlineData("""{"attributes.t":{"lt":"2026-05-20"}}""", "offset,unzoned")]
    [InlineData("""{"attributes.t":{"within":"1d"}}""", "day,offset,unzoned")]
    [InlineData("""{"attributes.t":{"older_than":"1d"}}""", "")]
    [InlineData("""{"not":{"attributes.t":{"lt":"2026-05-20"}}}""", "day,later,nonsense,february")]
    public async Task Compile_AttributeTime_ReadsIsoTimesAndSkipsTheRest(string query, string expected)
    {
        await people.AddAsync("day", attributes: """{"t":"2026-05-20"}""");
        await people.AddAsync("offset", attributes: """{"t":"2026-05-20T01:30:00.1234567+02:00"}""");
        await people.AddAsync("unzoned", attributes: """{"t":"2026-05-19 23:59:59"}""");
        await people.AddAsync("later", attributes: """{"t":"2026-06-01T00:00Z"}""");
        await people.AddAsync("nonsense", attributes: """{"t":"soon"}""");
        await people.AddAsync("february", attributes: """{"t":"2026-02-30"}""");

        Assert.Equal(Names(expected), await people.WhoAsync(query));
    }

    [Fact]
    public async Task Compile_BroadcastEvents_LookAtWhatHappened()
    {
        foreach (var name in new[] { "sent", "clicked", "converted", "failed", "other" })
            await people.AddAsync(name);
        var first = await people.BroadcastAsync(("sent", 2), ("clicked", 2), ("converted", 2), ("failed", 3));
        var second = await people.BroadcastAsync(("other", 2), ("clicked", 2));
        await people.ClickAsync(first, "clicked");
        await people.ClickAsync(first, "converted", converted: true);
        await people.ClickAsync(second, "other");

        Assert.Equal(Names("sent,clicked,converted"), await people.WhoAsync($$"""{"received":"{{first}}"}"""));
        Assert.Equal(Names("failed,other"), await people.WhoAsync($$"""{"not":{"received":"{{first}}"} }"""));
        Assert.Equal(Names("clicked,converted"), await people.WhoAsync($$"""{"clicked":"{{first}}"}"""));
        Assert.Equal(Names("converted"), await people.WhoAsync($$"""{"converted":"{{first}}"}"""));
        Assert.Equal(Names("sent"), await people.WhoAsync($$"""{"received":"{{first}}","not":{"clicked":"{{first}}"} }"""));
        Assert.Equal(Names("clicked"), await people.WhoAsync($$"""{"all":[{"received":"{{first}}"},{"received":"{{second}}"}]}"""));
        Assert.Equal(Names("clicked,converted,other"), await people.WhoAsync($$"""{"clicked":{"in":["{{first}}","{{second}}"]} }"""));
        Assert.Equal(Names("clicked,converted,other"), await people.WhoAsync($$"""{"any":[{"clicked":"{{first}}"},{"clicked":"{{second}}"}]}"""));
        Assert.Equal(Names("sent,failed"), await people.WhoAsync(
            $$"""{"all":[{"not":{"clicked":"{{first}}"} },{"not":{"clicked":"{{second}}"} }]}"""));
        Assert.Equal(Names("sent,clicked,converted,failed"), await people.WhoAsync(
            $$"""{"any":[{"not":{"received":"{{second}}"} },{"received":"{{first}}"}]}"""));
        Assert.Equal(Names("sent,converted,failed,other"), await people.WhoAsync(
            $$"""{"not":{"all":[{"received":"{{first}}"},{"received":"{{second}}"}]} }"""));
        Assert.Empty(await people.WhoAsync($$"""{"clicked":"{{Guid.Empty}}"}"""));
    }

    [Fact]
    public async Task Compile_Sample_IsTheSameShareEachTimeAndPartOfALargerOne()
    {
        await people.AddManyAsync(10_000);

        var ten = await people.WhoAsync("""{"sample":{"percent":10,"seed":"a"}}""", most: 10_000);
        var twenty = await people.WhoAsync("""{"sample":{"percent":20,"seed":"a"}}""", most: 10_000);
        var other = await people.WhoAsync("""{"sample":{"percent":10,"seed":"b"}}""", most: 10_000);

        // Four standard deviations of a fair draw are 120 people of 1,000 and 160 of 2,000.
        Assert.InRange(ten.Length, 880, 1_120);
        Assert.InRange(twenty.Length, 1_840, 2_160);
        Assert.Equal(ten, await people.WhoAsync("""{"sample":{"percent":10,"seed":"a"}}""", most: 10_000));
        Assert.Empty(ten.Except(twenty));
        Assert.InRange(ten.Intersect(other).Count(), 50, 160); // a tenth of a tenth: the seeds have nothing to do with each other
        Assert.Equal(10_000 - ten.Length, await people.CountAsync("""{"not":{"sample":{"percent":10,"seed":"a"}}}"""));
        Assert.Equal(10_000, await people.CountAsync("""{"sample":{"percent":100}}"""));
        Assert.Equal(0, await people.CountAsync("""{"sample":{"percent":0.0000000000000000001}}"""));
        Assert.Equal(twenty.Length - ten.Length, await people.CountAsync(
            """{"all":[{"sample":{"percent":20,"seed":"a"}},{"not":{"sample":{"percent":10,"seed":"a"}}}]}"""));
    }

    [Fact]
    public async Task Compile_SuppressedByAnOperator_IsInNoCohort()
    {
        await people.AddAsync("ann");
        await people.AddAsync("listed");
        await people.SuppressAsync("listed");

        Assert.Equal(["ann"], await people.WhoAsync("{}"));
        Assert.Equal(["ann"], await people.WhoAsync("""{"not":{"region":"EU"}}"""));
    }

    private static string[] Names(string list) => list.Split(',', StringSplitOptions.RemoveEmptyEntries);
}

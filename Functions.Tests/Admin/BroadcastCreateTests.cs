using System.Net;
using System.Text.Json;
using Marketing.Functions.Tests.Fixtures;

namespace Marketing.Functions.Tests.Admin;

/// <summary>Idempotency keys, duplicates, and finding broadcasts again.</summary>
public sealed class BroadcastCreateTests(QuietApp app) : IClassFixture<QuietApp>
{
    private const string Broadcasts = "v1/admin/broadcasts";

    [Fact]
    public async Task Create_SameKeyAndBody_IsTheSameBroadcast()
    {
        var body = await BodyAsync();
        var key = Guid.CreateVersion7().ToString();

        var made = await CreateAsync(body, key, HttpStatusCode.Created);
        await app.PutAsync($"{Broadcasts}/{made.Id()}", body with { title = "Changed since" });
        var again = await CreateAsync(body, key, HttpStatusCode.OK);

        Assert.Equal(made.Id(), again.Id());
        Assert.Equal("Changed since", again.Text("title")); // as it is now
        Assert.Equal(1, await CountAsync(body.title, "Changed since"));
    }

    [Fact]
    public async Task Create_SameKeyManyAtOnce_MakesOne()
    {
        var body = await BodyAsync();
        var key = Guid.CreateVersion7().ToString();

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => app.RequestAsync(HttpMethod.Post, Broadcasts, body, ("Idempotency-Key", key))));

        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.Created);
        Assert.Equal(5, answers.Count(a => a.StatusCode == HttpStatusCode.OK));
        Assert.Equal(1, await CountAsync(body.title, body.title));
        Assert.All(answers, a => a.Dispose());
    }

    [Fact]
    public async Task Create_SameKeyAnotherBody_Is422AndNothingIsWritten()
    {
        var body = await BodyAsync();
        var key = Guid.CreateVersion7().ToString();
        var made = await CreateAsync(body, key, HttpStatusCode.Created);

        var problem = await CreateAsync(body with { title = "Another" }, key, HttpStatusCode.UnprocessableEntity);

        Assert.Contains(made.Id(), problem.Text("detail"), StringComparison.Ordinal);
        Assert.Equal(1, await CountAsync(body.title, "Another"));
    }

    [Fact]
    public async Task Create_RefusedBodyWithKey_LeavesTheKeyFree()
    {
        var body = await BodyAsync();
        var key = Guid.CreateVersion7().ToString();

        await CreateAsync(body with { title = " " }, key, HttpStatusCode.BadRequest);

        await CreateAsync(body, key, HttpStatusCode.Created);
    }

    [Fact]
    public async Task Create_KeyOfScheduledBroadcastWhoseTimeHasCome_StillGetsIt()
    {
        var body = await BodyAsync() with { scheduled_at = TimeProvider.System.GetUtcNow().AddSeconds(2) };
        var key = Guid.CreateVersion7().ToString();
        var made = await CreateAsync(body, key, HttpStatusCode.Created);

        await MarketingApp.UntilAsync(() => Task.FromResult(TimeProvider.System.GetUtcNow()), now => now > body.scheduled_at);

        Assert.Equal(made.Id(), (await CreateAsync(body, key, HttpStatusCode.OK)).Id());
    }

    [Fact]
    public async Task Create_BadKey_IsRefused()
    {
        var body = await BodyAsync();

        Assert.NotEmpty((await CreateAsync(body, "", HttpStatusCode.BadRequest)).Error("/Idempotency-Key"));
        Assert.NotEmpty((await CreateAsync(body, new string('k', 201), HttpStatusCode.BadRequest)).Error("/Idempotency-Key"));
    }

    [Fact]
    public async Task Duplicate_OfASentBroadcast_IsADraftOfTheSame()
    {
        var (region, _) = await app.AudienceAsync(1);
        var body = await BodyAsync() with { cohort_query = new { region }, message_template = "Own", on_uncertain = "resend" };
        var original = await app.PostAsync(Broadcasts, body, HttpStatusCode.Created);
        await app.SendAsync(original.Id());

        var copy = await app.PostAsync($"{Broadcasts}/{original.Id()}/duplicate", new { }, HttpStatusCode.Created);

        Assert.NotEqual(original.Id(), copy.Id());
        Assert.Equal(($"{body.title} (copy)", "draft", "Own", "resend"), (copy.Text("title"), copy.Text("status"), copy.Text("message_template"), copy.Text("on_uncertain")));
        Assert.Equal((body.template_id, region), (copy.Text("template_id"), copy.GetProperty("cohort_query").Text("region")));
        foreach (var absent in new[] { "scheduled_at", "sent_at", "stats", "template_version", "failure_reason" })
            Assert.Equal(JsonValueKind.Null, copy.GetProperty(absent).ValueKind);
        Assert.Equal(copy.ToString(), (await app.GetAsync($"{Broadcasts}/{copy.Id()}")).ToString());
        Assert.Equal("sent", (await app.SendAsync(copy.Id())).Text("status"));
        await app.PostAsync($"{Broadcasts}/{Guid.CreateVersion7()}/duplicate", new { }, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Duplicate_OfALongTitle_StaysWithinTheLimit()
    {
        var title = new string('t', 192) + "😀" + new string('t', 6);
        var original = await app.PostAsync(Broadcasts, await BodyAsync() with { title = title }, HttpStatusCode.Created);

        var copy = await app.PostAsync($"{Broadcasts}/{original.Id()}/duplicate", new { }, HttpStatusCode.Created);

        Assert.Equal(new string('t', 192) + " (copy)", copy.Text("title"));
    }

    [Fact]
    public async Task List_ByEachFilter_FindsThose()
    {
        var mark = Guid.CreateVersion7().ToString();
        var body = await BodyAsync() with { title = $"Autumn {mark}" };
        var other = await BodyAsync() with { title = $"autumn {mark} 50%" };
        var draft = await app.PostAsync(Broadcasts, body, HttpStatusCode.Created);
        var soon = await app.PostAsync(Broadcasts, body with { scheduled_at = Time("2099-01-01") }, HttpStatusCode.Created);
        var late = await app.PostAsync(Broadcasts, other with { scheduled_at = Time("2099-02-01") }, HttpStatusCode.Created);

        Assert.Equal([late.Id(), soon.Id(), draft.Id()], await IdsAsync($"search={mark}"));
        Assert.Equal([late.Id(), soon.Id(), draft.Id()], await IdsAsync($"search=AUTUMN%20{mark}"));
        Assert.Equal([late.Id()], await IdsAsync($"search={mark}%2050%25"));
        Assert.Equal([late.Id(), soon.Id()], await IdsAsync($"search={mark}&status=scheduled"));
        Assert.Equal([soon.Id(), draft.Id()], await IdsAsync($"template_id={body.template_id}"));
        Assert.Equal([soon.Id()], await IdsAsync($"search={mark}&scheduled_to=2099-02-01"));
        Assert.Equal([late.Id()], await IdsAsync($"search={mark}&scheduled_from=2099-02-01"));
        Assert.Equal([late.Id(), soon.Id()], await IdsAsync($"search={mark}&created_from={soon.Text("created_at")}"));
        Assert.Equal([draft.Id()], await IdsAsync($"search={mark}&created_to={soon.Text("created_at")}"));
        var first = await app.GetAsync($"{Broadcasts}?search={mark}&limit=2");
        Assert.Equal([draft.Id()], await IdsAsync($"search={mark}&limit=2&cursor={first.Text("next_cursor")}"));
    }

    [Theory]
    [InlineData("template_id=abc", "/template_id")]
    [InlineData("search=%00", "/search")]
    [InlineData("created_from=yesterday", "/created_from")]
    [InlineData("created_to=1", "/created_to")]
    [InlineData("scheduled_from=x", "/scheduled_from")]
    [InlineData("scheduled_to=x", "/scheduled_to")]
    public async Task List_BadQuery_SaysWhich(string query, string pointer) =>
        Assert.NotEmpty((await app.GetAsync($"{Broadcasts}?{query}", HttpStatusCode.BadRequest)).Error(pointer));

#pragma warning disable IDE1006 // the members are those of the JSON
    private sealed record Body(
        string title, string template_id, object cohort_query, DateTimeOffset? scheduled_at = null, string? message_template = null, string? on_uncertain = null);
#pragma warning restore IDE1006

    private async Task<Body> BodyAsync() => new($"Title {Guid.CreateVersion7()}", (await app.TemplateAsync()).Id(), new { });

    private async Task<JsonElement> CreateAsync(Body body, string key, HttpStatusCode expected) =>
        await MarketingApp.ReadAsync(await app.RequestAsync(HttpMethod.Post, Broadcasts, body, ("Idempotency-Key", key)), expected);

    private async Task<long> CountAsync(params string[] titles)
    {
        await using var command = app.Database.CreateCommand("SELECT count(*) FROM broadcasts WHERE title = ANY ($1)");
        command.Parameters.AddWithValue(titles);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private async Task<IEnumerable<string>> IdsAsync(string query) =>
        (await app.GetAsync($"{Broadcasts}?{query}")).GetProperty("items").EnumerateArray().Select(b => b.Id());

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse($"{text}T00:00:00Z", System.Globalization.CultureInfo.InvariantCulture);
}

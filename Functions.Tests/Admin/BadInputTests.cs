using System.Net;
using System.Text;
using Marketing.Functions.Tests.Fixtures;

namespace Marketing.Functions.Tests.Admin;

public sealed class BadInputTests(MarketingApp app) : IClassFixture<MarketingApp>
{
    [Theory]
    [InlineData("""{"name":"T","content":"Hi {{ frist_name }}"}""", "/content", "line 1, column 7", "did you mean first_name")]
    [InlineData("""{"name":"T","content":"Hi\n<blink>x</blink>"}""", "/content", "line 2", "blink")]
    [InlineData("""{"name":"T","content":"<b>Hi"}""", "/content", "b", "")]
    [InlineData("""{"name":"T","content":"Hi {{ if }}"}""", "/content", "line 1", "")]
    [InlineData("""{"name":"","content":"Hi"}""", "/name", "empty", "")]
    [InlineData("""{"name":"T","content":"Hi","cta_buttons":[{"label":"Go","action":"open"}]}""", "/cta_buttons/0/url", "needs a url", "")]
    [InlineData("""{"name":"T","content":"Hi","cta_buttons":[{"label":"Go","action":"open","url":"javascript:alert(1)"}]}""", "/cta_buttons/0/url", "http", "")]
    [InlineData("""{"name":"T\u0000","content":"Hi"}""", "/name", "NUL", "")]
    [InlineData("""{"name":"T","content":"Hi\u0000"}""", "/content", "control character", "")]
    [InlineData("""{"name":"T","content":"Hi \ud800"}""", "/content", "", "")]
    [InlineData("""{"name":"T","content":"Hi","cta_buttons":[{"label":"Go","action":"open","url":"https://e.com/\u0000"}]}""", "/cta_buttons/0/url", "", "")]
    [InlineData("""{"name":"T","content":"Hi","cta_buttons":[{"label":"Go","action":"jump"}]}""", "/cta_buttons/0/action", "allowed values", "")]
    [InlineData("""{"name":"T","content":"Hi","buttons":[]}""", "/buttons", "unknown member", "")]
    [InlineData("""{"name":"T","content":"Hi","name":"U"}""", "/name", "twice", "")]
    [InlineData("""{"name":5,"content":"Hi"}""", "/name", "must be a string", "")]
    [InlineData("""{"name":"T",""", "", "malformed JSON at line 1", "")]
    [InlineData("""{"name":"T" """, "", "malformed JSON at line 1", "")]
    [InlineData("""{"name":"T","content":"Hi","cta_buttons":{}}""", "/cta_buttons", "must be a list", "")]
    [InlineData("""{"name":"T","content":"Hi","cta_buttons":[{"id":"x","label":"Go","action":"open","url":"https://e.com"}]}""", "/cta_buttons/0/id", "must be a UUID", "")]
    [InlineData("""{"name":"T","content":"Hi","cta_buttons":[{"label":"Go","action":"open","url":"https://-ä-.com/"}]}""", "/cta_buttons/0/url", "http", "")]
    [InlineData("null", "", "not null", "")]
    [InlineData("", "", "JSON body is expected", "")]
    public async Task CreateTemplate_BadInput_SaysWhatAndWhereAndWritesNothing(string body, string pointer, string says, string hint)
    {
        var problem = await app.PostRawAsync("v1/admin/templates", body, HttpStatusCode.BadRequest);

        Assert.Contains(says, problem.Error(pointer), StringComparison.Ordinal);
        Assert.Contains(hint, problem.Error(pointer), StringComparison.Ordinal);
        Assert.Empty((await app.GetAsync("v1/admin/templates")).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task AnyBody_OverOneMegabyte_Is413()
    {
        await app.PostRawAsync("v1/admin/templates", $$"""{"name":"{{new string('x', 1_000_001)}}"}""", HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task AnyBody_OverOneMegabyteWithoutALength_Is413()
    {
        using var content = new StreamContent(new Endless(2_000_000));
        await MarketingApp.ReadAsync(await app.Api.PostAsync("v1/admin/templates", content), HttpStatusCode.RequestEntityTooLarge);
    }

    [Theory]
    [InlineData("v1/admin/broadcasts/abc", "/id")]
    [InlineData("v1/admin/broadcasts/abc/stats", "/id")]
    [InlineData("v1/admin/templates/abc", "/id")]
    [InlineData("v1/admin/broadcasts?limit=0", "/limit")]
    [InlineData("v1/admin/broadcasts?limit=1e3", "/limit")]
    [InlineData("v1/admin/broadcasts?status=done", "/status")]
    [InlineData("v1/admin/broadcasts?cursor=%00", "/cursor")]
    [InlineData("v1/admin/broadcasts/analytics?from=yesterday", "/from")]
    [InlineData("v1/admin/broadcasts/analytics?from=02/03/2026", "/from")]
    [InlineData("v1/admin/broadcasts/analytics?to=0001-01-02", "/to")]
    [InlineData("v1/admin/broadcasts/%7B01a203c5-0ccd-764e-9690-bc6b9dca09a8%7D", "/id")]
    [InlineData("v1/admin/broadcasts/analytics?from=2026-02-01&to=2026-01-01", "/from")]
    public async Task Get_BadIdOrQuery_SaysWhich(string path, string pointer)
    {
        var problem = await app.GetAsync(path, HttpStatusCode.BadRequest);

        Assert.NotEmpty(problem.Error(pointer));
    }

    [Fact]
    public async Task Get_UnknownId_Is404()
    {
        foreach (var path in new[] { "broadcasts/{0}", "broadcasts/{0}/stats", "broadcasts/{0}/deliveries", "templates/{0}" })
            await app.GetAsync($"v1/admin/{path.Replace("{0}", Guid.CreateVersion7().ToString(), StringComparison.Ordinal)}", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task ImportAudience_NoIdColumn_IsRefusedWhole()
    {
        using var content = new StringContent("telegram_id,first_name\n1,Ana\n", Encoding.UTF8, "text/csv");

        var problem = await MarketingApp.ReadAsync(await app.Api.PostAsync("v1/admin/audience/import", content), HttpStatusCode.BadRequest);

        Assert.Contains("telegram_user_id", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ImportAudience_OtherContentType_Is415()
    {
        using var content = new StringContent("[]", Encoding.UTF8, "application/json");
        await MarketingApp.ReadAsync(await app.Api.PostAsync("v1/admin/audience/import", content), HttpStatusCode.UnsupportedMediaType);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer")]
    [InlineData("Bearer wrong-token")]
    [InlineData("Basic b3duZXI6b3duZXI=")]
    public async Task AnyAdminRequest_NoGoodToken_Is401(string? authorization)
    {
        using var client = new HttpClient { BaseAddress = app.Api.BaseAddress };
        if (authorization is not null)
            client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", authorization);

        using var response = await client.GetAsync(new Uri("v1/admin/me", UriKind.Relative));

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("Bearer", response.Headers.WwwAuthenticate.ToString());
    }

    [Fact]
    public async Task Me_OwnerToken_IsTheOwner() => Assert.Equal("owner", (await app.GetAsync("v1/admin/me")).Text("role"));

    private sealed class Endless(int length) : MemoryStream(new byte[length])
    {
        public override bool CanSeek => false; // so that the client sends it in chunks, without a length
    }
}

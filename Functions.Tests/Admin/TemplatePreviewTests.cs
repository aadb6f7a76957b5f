using System.Net;
using System.Text.Json;
using Marketing.Functions.Tests.Fixtures;

namespace Marketing.Functions.Tests.Admin;

public sealed class TemplatePreviewTests(MarketingApp app) : IClassFixture<MarketingApp>
{
    private const string Templates = "v1/admin/templates";

    [Fact]
    public async Task Preview_OfAPerson_IsWhatTheyGet()
    {
        var id = MarketingApp.NewTelegramIds(1)[0];
        await app.PostCsvAsync($"telegram_user_id,first_name,region,balance\n{id},\"A & <b> 😀\",R{id},1234.5\n");
        var template = await app.TemplateAsync("<b>Hi</b> {{ first_name }}, you have &#8364; {{ attributes.balance | math.format \"N2\" }} &lt;3");
        await app.SendAsync(await app.BroadcastAsync(new { region = $"R{id}" }, template.Id()));
        var received = app.TheMessage(id).Message;

        var byTelegramId = await PreviewAsync(template.Id(), new { telegram_user_id = id });
        var byId = await PreviewAsync(template.Id(), new { user_id = await UserIdAsync(id) });

        Assert.Equal(byTelegramId.ToString(), byId.ToString());
        Assert.Equal(received.Html, byId.Text("html"));
        Assert.Equal(received.Text, byId.Text("text"));
        Assert.Equal((received.Text.Length, 4_096), (byId.Number("length"), byId.Number("max_length")));
        Assert.Equal(["Open", "Join"], byId.GetProperty("cta_buttons").EnumerateArray().Select(b => b.Text("label")));
    }

    [Fact]
    public async Task Preview_OfNobody_IsTheSamplePersons()
    {
        var template = await app.TemplateAsync("{{ first_name }} {{ last_name }}, {{ user_tier }}");

        Assert.Equal("Ada Lovelace, premium", (await PreviewAsync(template.Id(), new { })).Text("text"));
    }

    [Fact]
    public async Task Preview_OfSampleFields_HasThoseAndNoOthers()
    {
        var template = await app.TemplateAsync("{{ first_name }}/{{ last_name ?? \"-\" }}/{{ attributes.plan.name }}/{{ last_trade_at }}");

        var preview = await PreviewAsync(template.Id(), new
        {
            sample = new { first_name = "<Bo>", attributes = new { plan = new { name = "pro" } }, last_trade_at = "2026-02-03" },
        });

        Assert.Equal("<Bo>/-/pro/3 Feb 2026", preview.Text("text").Replace("03 ", "3 ", StringComparison.Ordinal));
        Assert.Equal("&lt;Bo&gt;", preview.Text("html").Split('/')[0]);
    }

    [Fact]
    public async Task Preview_InALanguage_HasItsWordsAndSaysWhich()
    {
        var template = await app.PostAsync(Templates, new
        {
            name = $"T {Guid.CreateVersion7()}", content = "Hi",
            cta_buttons = new object[] { new { label = "Open", action = "open", url = "https://example.com/" }, new { label = "Join", action = "callback", answer = "Yes" } },
            translations = new Dictionary<string, object>
            {
                ["pt-BR"] = new { content = "Oi", cta_buttons = new object[] { new { label = "Abrir" }, new { answer = "Sim" } } }, ["pt"] = new { content = "Olá" },
            },
        }, HttpStatusCode.Created);

        var brazilian = await PreviewAsync(template.Id(), new { language = "pt_br" });
        var angolan = await PreviewAsync(template.Id(), new { sample = new { language = "pt-AO" } });
        var other = await PreviewAsync(template.Id(), new { sample = new { language = "pt" }, language = "fr" });

        Assert.Equal(("Oi", "pt-br"), (brazilian.Text("text"), brazilian.Text("language")));
        var buttons = brazilian.GetProperty("cta_buttons");
        Assert.Equal(("Abrir", "https://example.com/", "Join", "Sim"), (buttons[0].Text("label"), buttons[0].Text("url"), buttons[1].Text("label"), buttons[1].Text("answer")));
        Assert.Equal(("Olá", "pt"), (angolan.Text("text"), angolan.Text("language")));
        Assert.Equal("Open", angolan.GetProperty("cta_buttons")[0].Text("label"));
        Assert.Equal(("Hi", JsonValueKind.Null), (other.Text("text"), other.GetProperty("language").ValueKind));
    }

    [Theory]
    [InlineData("""{"user_id":"01990000-0000-7000-8000-00000000ffff"}""", "/user_id", "nobody")]
    [InlineData("""{"telegram_user_id":5}""", "/telegram_user_id", "nobody")]
    [InlineData("""{"telegram_user_id":5,"sample":{}}""", "", "give one of")]
    [InlineData("""{"sample":{"attributes":[]}}""", "/sample/attributes", "object")]
    [InlineData("""{"sample":{"frist_name":"x"}}""", "/sample/frist_name", "unknown member")]
    [InlineData("""{"sample":{"attributes":{"bio":5}},"language":"??"}""", "/language", "no language")]
    [InlineData("""{"sample":{"attributes":{"n":5}}}""", "/sample", "break the template")]
    public async Task Preview_BadInput_SaysWhere(string body, string pointer, string says)
    {
        var template = await app.TemplateAsync("Hi{{ if attributes.n }}</b>{{ end }}");

        var problem = await app.PostRawAsync($"{Templates}/{template.Id()}/preview", body, HttpStatusCode.BadRequest);

        Assert.Contains(says, problem.Error(pointer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PreviewContent_OfAPerson_IsWhatTheSavedTemplateShows()
    {
        var id = MarketingApp.NewTelegramIds(1)[0];
        await app.PostCsvAsync($"telegram_user_id,first_name\n{id},A & <b>\n");
        const string Content = "<b>Hi</b> {{ first_name }}";
        var saved = await PreviewAsync((await app.TemplateAsync(Content)).Id(), new { telegram_user_id = id });

        var unsaved = await app.PostAsync($"{Templates}/preview", new { content = Content, telegram_user_id = id });

        Assert.Equal("<b>Hi</b> A &amp; &lt;b&gt;", unsaved.Text("html"));
        foreach (var member in unsaved.EnumerateObject())
            Assert.Equal(saved.GetProperty(member.Name).ToString(), member.Value.ToString());
    }

    [Theory]
    [InlineData("""{"content":"Hi {{ frist_name }}"}""", "/content", "line 1, column 7: unknown field frist_name; did you mean first_name?")]
    [InlineData("""{"content":" "}""", "/content", "")]
    [InlineData("{}", "/content", "")]
    [InlineData("""{"content":"Hi{{ if attributes.n }}</b>{{ end }}","sample":{"attributes":{"n":5}}}""", "/sample", "break the template")]
    [InlineData("""{"content":"Hi","telegram_user_id":5,"sample":{}}""", "", "give one of")]
    public async Task PreviewContent_BadInput_SaysWhere(string body, string pointer, string says) =>
        Assert.Contains(says, (await app.PostRawAsync($"{Templates}/preview", body, HttpStatusCode.BadRequest)).Error(pointer), StringComparison.Ordinal);

    private Task<JsonElement> PreviewAsync(string id, object body) => app.PostAsync($"{Templates}/{id}/preview", body);

    private async Task<Guid> UserIdAsync(long telegramId)
    {
        await using var command = app.Database.CreateCommand($"SELECT id FROM users WHERE telegram_user_id = {telegramId}");
        return (Guid)(await command.ExecuteScalarAsync())!;
    }
}

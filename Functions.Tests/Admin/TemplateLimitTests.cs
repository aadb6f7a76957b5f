using System.Net;
using System.Text;
using Marketing.Functions.Tests.Fixtures;

namespace Marketing.Functions.Tests.Admin;

/// <summary>What is refused when a template is saved, and that the longest of everything is not.</summary>
public sealed class TemplateLimitTests(MarketingApp app) : IClassFixture<MarketingApp>
{
    private const string Templates = "v1/admin/templates";

    public static TheoryData<string, object, string, string> TooMuch => new()
    {
        { "name", new { name = new string('n', 101), content = "Hi" }, "/name", "at most 100" },
        { "category", new { name = "N", content = "Hi", category = new string('c', 51) }, "/category", "at most 50" },
        { "message", new { name = "N", content = new string('x', 4_097) }, "/content", "Telegram allows 4096" },
        { "message after the tags", new { name = "N", content = $"<b>{new string('x', 4_096)}</b>😀" }, "/content", "4098 characters after the tags" },
        { "template", new { name = "N", content = new string('x', 16_385) }, "/content", "16384 at most" },
        { "field that is unknown", new { name = "N", content = "{{ frist_name }}" }, "/content", "did you mean first_name" },
        { "tag that Telegram lacks", new { name = "N", content = "<h1>Hi</h1>" }, "/content", "no tag <h1>" },
        { "tag left open", new { name = "N", content = "<b>Hi" }, "/content", "<b> is not closed" },
        { "tags crossed", new { name = "N", content = "<b><i>Hi</b></i>" }, "/content", "</b> comes before </i>" },
        { "tag open for some only", new { name = "N", content = "{{ if first_name }}<b>{{ end }}Hi{{ if last_name }}</b>{{ end }}</b>" }, "/content", "closes nothing" },
        { "empty message", new { name = "N", content = "{{ if !first_name }}Hi{{ end }}" }, "/content", "empty for the sample" },
        { "buttons", Buttons([.. Enumerable.Range(0, 11).Select(_ => Open())]), "/cta_buttons", "at most 10" },
        { "label", Buttons(Open(label: new string('l', 65))), "/cta_buttons/0/label", "at most 64" },
        { "blank label", Buttons(Open(label: " ")), "/cta_buttons/0/label", "must not be empty" },
        { "url", Buttons(Open(url: $"https://e.com/{new string('u', 2_035)}")), "/cta_buttons/0/url", "at most 2048" },
        { "url's scheme", Buttons(Open(url: "ftp://e.com/")), "/cta_buttons/0/url", "http or https" },
        { "url missing", Buttons(new { label = "L", action = "open" }), "/cta_buttons/0/url", "needs a url" },
        { "answer", Buttons(new { label = "L", action = "callback", answer = new string('a', 4_097) }), "/cta_buttons/0/answer", "at most 4096" },
        { "answer of a link", Buttons(new { label = "L", action = "open", url = "https://e.com", answer = "A" }), "/cta_buttons/0/answer", "only a callback" },
        { "action missing", Buttons(new { label = "L" }), "/cta_buttons/0/action", "open, callback or unsubscribe" },
        { "same id twice", Buttons(Open(id: Guid.Empty), Open(id: Guid.Empty)), "/cta_buttons", "the same id" },
        { "languages", Translated(Enumerable.Range(0, 21).ToDictionary(i => $"l{(char)('a' + i)}", _ => (object?)new { content = "Hi" })), "/translations", "at most 20" },
        { "language", Translated(new() { ["x/~"] = new { content = "Hi" } }), "/translations/x~1~0", "is no language" },
        { "same language twice", Translated(new() { ["pt-BR"] = new { content = "Oi" }, ["pt_br"] = new { content = "Oi" } }), "/translations", "the same language" },
        { "no translation", Translated(new() { ["de"] = null }), "/translations/de", "must be an object" },
        { "translation that does not close", Translated(new() { ["de"] = new { content = "<b>Hallo" } }), "/translations/de/content", "<b> is not closed" },
        { "translation of too many buttons", Translated(new() { ["de"] = new { content = "Hallo", cta_buttons = new[] { new { label = "A" } } } }), "/translations/de/cta_buttons", "1 texts for 0 buttons" },
    };

    [Theory]
    [MemberData(nameof(TooMuch))]
    public async Task Save_OverALimit_SaysWhichAndWhere(string what, object body, string pointer, string says)
    {
        var created = await app.PostAsync(Templates, body, HttpStatusCode.BadRequest);
        var template = await app.TemplateAsync();
        var updated = await app.PutAsync($"{Templates}/{template.Id()}", body, HttpStatusCode.BadRequest);

        Assert.True(created.Error(pointer).Contains(says, StringComparison.Ordinal), $"{what}: {created.Error(pointer)}");
        Assert.Equal(created.Error(pointer), updated.Error(pointer));
        Assert.Equal(1, (await app.GetAsync($"{Templates}/{template.Id()}")).Number("version"));
    }

    [Fact]
    public async Task Save_TextsOfATranslationsButtons_AreCheckedLikeTheButtonsOwn()
    {
        object[] texts = [new { label = new string('l', 65) }, new { answer = "A" }, new { answer = new string('a', 4_097) }];
        var problem = await app.PostAsync(Templates, new
        {
            name = "N", content = "Hi", cta_buttons = new[] { Open(), Open(), new { label = "L", action = "callback" } },
            translations = new { de = new { content = "Hallo", cta_buttons = texts } },
        }, HttpStatusCode.BadRequest);

        Assert.Contains("at most 64", problem.Error("/translations/de/cta_buttons/0/label"), StringComparison.Ordinal);
        Assert.Contains("only a callback", problem.Error("/translations/de/cta_buttons/1/answer"), StringComparison.Ordinal);
        Assert.Contains("at most 4096", problem.Error("/translations/de/cta_buttons/2/answer"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SendAndPress_TheLongestOfEverything_IsTakenByTelegram()
    {
        var (region, ids) = await app.AudienceAsync(1);
        var label = new string('l', 64);
        object[] buttons = [.. Enumerable.Range(0, 9).Select(_ => Open(label: label, url: $"https://e.com/{new string('u', 2_034)}")),
            new { label, action = "callback", answer = new string('a', 4_096) }];
        var template = await app.TemplateAsync($"<b>{new string('x', 4_094)}</b>😀", buttons);

        var sent = await app.SendAsync(await app.BroadcastAsync(new { region }, template.Id()));
        var (message, received) = app.TheMessage(ids[0]);
        await app.Telegram.PressAsync(ids[0], message.MessageId, received[9].CallbackData!, default);

        Assert.Equal("sent", sent.Text("status"));
        Assert.Equal((4_096, 10), (message.Text.Length, received.Count));
        Assert.All(received, b => Assert.Equal(label, b.Text));
        Assert.InRange(Encoding.UTF8.GetByteCount(received[9].CallbackData!), 1, 64);
        Assert.Equal(4_096, app.Telegram.Messages(ids[0])[1].Text.Length);
    }

    private static object Open(string label = "L", string url = "https://e.com/", Guid? id = null) => new { id, label, action = "open", url };

    private static object Buttons(params object[] buttons) => new { name = "N", content = "Hi", cta_buttons = buttons };

    private static object Translated(Dictionary<string, object?> translations) => new { name = "N", content = "Hi", translations };
}

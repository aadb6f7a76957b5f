using System.Net;
using System.Text.Json;
using Marketing.Functions.Tests.Fixtures;

namespace Marketing.Functions.Tests.Admin;

public sealed class TemplateTests(MarketingApp app) : IClassFixture<MarketingApp>
{
    private const string Templates = "v1/admin/templates";

    [Fact]
    public async Task Update_Twice_KeepsEveryVersionReadable()
    {
        var template = await app.TemplateAsync("First");
        var path = $"{Templates}/{template.Id()}";
        var name = template.Text("name");
        await app.PutAsync(path, new { name, content = "Second", category = "news", cta_buttons = new object[] { new { label = "Go", action = "callback" } } });
        var third = await app.PutAsync(path, new { name = $"{name} new", content = "Third", translations = new { de = new { content = "Drittens" } } });

        var list = await app.GetAsync($"{path}/versions?limit=2");
        var rest = await app.GetAsync($"{path}/versions?cursor={list.Text("next_cursor")}");
        var second = await app.GetAsync($"{path}/versions/2");
        var newest = await app.GetAsync($"{path}/versions/3");

        Assert.Equal(3, third.Number("version"));
        Assert.Equal([3L, 2L], list.GetProperty("items").EnumerateArray().Select(v => v.Number("version")));
        Assert.Equal([1L], rest.GetProperty("items").EnumerateArray().Select(v => v.Number("version")));
        Assert.Equal((template.Id(), "Second", "news", name), (second.Text("template_id"), second.Text("content"), second.Text("category"), second.Text("name")));
        Assert.Equal("Go", Assert.Single(second.GetProperty("cta_buttons").EnumerateArray()).Text("label"));
        Assert.Equal("Drittens", newest.GetProperty("translations").GetProperty("de").Text("content"));
        Assert.Equal("First", (await app.GetAsync($"{path}/versions/1")).Text("content"));
        await app.GetAsync($"{path}/versions/4", HttpStatusCode.NotFound);
        Assert.NotEmpty((await app.GetAsync($"{path}/versions/x", HttpStatusCode.BadRequest)).Error("/version"));
        await app.GetAsync($"{Templates}/{Guid.CreateVersion7()}/versions", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Send_TemplateChangedAfterwards_ShowsTheVersionThatWasSent()
    {
        var (region, ids) = await app.AudienceAsync(1);
        var template = await app.TemplateAsync("First");
        var id = await app.BroadcastAsync(new { region }, template.Id());
        var path = $"{Templates}/{template.Id()}";
        await app.PutAsync(path, new { name = template.Text("name"), content = "Second" });
        var draft = await app.GetAsync($"v1/admin/broadcasts/{id}");
        await app.SendAsync(id);
        await app.PutAsync(path, new { name = template.Text("name"), content = "Third" });

        var sent = await app.GetAsync($"v1/admin/broadcasts/{id}");

        Assert.Equal(JsonValueKind.Null, draft.GetProperty("template_version").ValueKind);
        Assert.Equal(2, sent.Number("template_version"));
        Assert.Equal("Second", app.TheMessage(ids[0]).Message.Text);
        Assert.Equal("Second", (await app.GetAsync($"{path}/versions/{sent.Number("template_version")}")).Text("content"));
        await app.PostAsync($"v1/admin/broadcasts/{id}/test", new { chat_ids = ids });
        Assert.Equal(["Second", "Second"], app.Telegram.Messages(ids[0]).Select(m => m.Text)); // a test of what was sent is what was sent
    }

    [Fact]
    public async Task Name_TakenInAnotherCase_IsRefusedUntilItsTemplateIsDeleted()
    {
        var name = $"Name {Guid.CreateVersion7()}";
        var first = await app.PostAsync(Templates, new { name, content = "Hi" }, HttpStatusCode.Created);
        var other = await app.TemplateAsync();
        var shout = new { name = name.ToUpperInvariant(), content = "Hi" };

        var problem = await app.PostAsync(Templates, shout, HttpStatusCode.Conflict);
        await app.PutAsync($"{Templates}/{other.Id()}", shout, HttpStatusCode.Conflict);
        await app.PutAsync($"{Templates}/{first.Id()}", shout); // its own name
        await DeleteAsync(first.Id(), HttpStatusCode.NoContent);
        await app.PostAsync(Templates, shout, HttpStatusCode.Created);

        Assert.Contains("exists already", problem.Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_FilteredByCategoryAndSearch_PagesNewestFirst()
    {
        var mark = Guid.CreateVersion7().ToString();
        var ids = new List<string>();
        foreach (var (name, category) in new[] { ("Autumn", "a"), ("100%_sure", "a"), ("autumn sale", "b"), ("AUTUMN cup", "a") })
            ids.Add((await app.PostAsync(Templates, new { name = $"{name} {mark}", category = category + mark, content = "Hi" }, HttpStatusCode.Created)).Id());

        var autumn = await IdsAsync($"search=aUTumn&category=a{mark}");
        var first = await app.GetAsync($"{Templates}?search={mark}&limit=3");
        var second = await app.GetAsync($"{Templates}?search={mark}&limit=3&cursor={first.Text("next_cursor")}");

        Assert.Equal([ids[3], ids[0]], autumn);
        Assert.Equal([ids[3], ids[2], ids[1]], Ids(first));
        Assert.Equal([ids[0]], Ids(second));
        Assert.Equal(JsonValueKind.Null, second.GetProperty("next_cursor").ValueKind);
        Assert.Equal([ids[1]], await IdsAsync($"search={Uri.EscapeDataString("0%_s")}&category=a{mark}")); // no wildcards
        Assert.Empty(await IdsAsync($"search={Uri.EscapeDataString("%")}&category=b{mark}"));
    }

    [Theory]
    [InlineData("search=%00", "/search")]
    [InlineData("category=a%00", "/category")]
    [InlineData("cursor=abc", "/cursor")]
    [InlineData("limit=101", "/limit")]
    public async Task List_BadQuery_SaysWhich(string query, string pointer) =>
        Assert.NotEmpty((await app.GetAsync($"{Templates}?{query}", HttpStatusCode.BadRequest)).Error(pointer));

    [Fact]
    public async Task Delete_DraftOrScheduledBroadcastUsesIt_IsRefusedByName()
    {
        var template = await app.TemplateAsync();
        var draft = await app.BroadcastAsync(new { }, template.Id());
        var scheduled = await app.BroadcastAsync(new { }, template.Id(), DateTimeOffset.Parse("2099-01-01T00:00:00Z", null));
        await RenameAsync(draft, "The draft", template.Id());

        var problem = await DeleteAsync(template.Id(), HttpStatusCode.Conflict);

        Assert.Contains("\"Test\", \"The draft\"", problem.Text("detail"), StringComparison.Ordinal);
        await MarketingApp.ReadAsync(await app.Api.DeleteAsync($"v1/admin/broadcasts/{draft}"), HttpStatusCode.NoContent);
        await DeleteAsync(template.Id(), HttpStatusCode.Conflict);
        await app.PostAsync($"v1/admin/broadcasts/{scheduled}/cancel", new { });
        await DeleteAsync(template.Id(), HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Delete_SentBroadcastUsedIt_IsGoneButForItsVersionsAndTheBroadcast()
    {
        var (region, ids) = await app.AudienceAsync(1);
        var template = await app.TemplateAsync();
        var id = await app.BroadcastAsync(new { region }, template.Id());
        await app.SendAsync(id);
        var path = $"{Templates}/{template.Id()}";

        await DeleteAsync(template.Id(), HttpStatusCode.NoContent);

        await DeleteAsync(template.Id(), HttpStatusCode.NotFound);
        await app.GetAsync(path, HttpStatusCode.NotFound);
        await app.PutAsync(path, new { name = "X", content = "X" }, HttpStatusCode.NotFound);
        await app.PostAsync($"{path}/preview", new { }, HttpStatusCode.NotFound);
        Assert.Empty(await IdsAsync($"search={Uri.EscapeDataString(template.Text("name"))}"));
        Assert.Equal(template.Text("content"), (await app.GetAsync($"{path}/versions/1")).Text("content"));
        var broadcast = new { title = "X", template_id = template.Id(), cohort_query = new { region } };
        Assert.Contains("no template", (await app.PostAsync("v1/admin/broadcasts", broadcast, HttpStatusCode.BadRequest)).Error("/template_id"), StringComparison.Ordinal);
        Assert.Contains("deleted", (await app.PostAsync($"v1/admin/broadcasts/{id}/duplicate", new { }, HttpStatusCode.Conflict)).Text("detail"), StringComparison.Ordinal);
        using var click = await app.OpenAsync(app.TheMessage(ids[0]).Buttons[0]);
        Assert.Equal(HttpStatusCode.Redirect, click.StatusCode);
        await app.PostAsync($"v1/admin/broadcasts/{id}/test", new { chat_ids = ids });
        Assert.Equal(2, app.Telegram.Messages(ids[0]).Count);
    }

    [Fact]
    public async Task DeleteAndCreateBroadcast_AtOnce_NeverLeaveADraftOfADeletedTemplate()
    {
        for (var round = 0; round < 10; round++)
        {
            var template = await app.TemplateAsync();
            var creating = app.RequestAsync(HttpMethod.Post, "v1/admin/broadcasts", new { title = "X", template_id = template.Id(), cohort_query = new { } });
            var deleting = app.RequestAsync(HttpMethod.Delete, $"{Templates}/{template.Id()}", null);
            using var created = await creating;
            using var deleted = await deleting;

            Assert.NotEqual((HttpStatusCode.Created, HttpStatusCode.NoContent), (created.StatusCode, deleted.StatusCode));
            Assert.True(created.StatusCode is HttpStatusCode.Created || deleted.StatusCode is HttpStatusCode.NoContent);
        }
    }

    private async Task RenameAsync(string broadcastId, string title, string templateId) =>
        await app.PutAsync($"v1/admin/broadcasts/{broadcastId}", new { title, template_id = templateId, cohort_query = new { } });

    private async Task<JsonElement> DeleteAsync(string id, HttpStatusCode expected) =>
        await MarketingApp.ReadAsync(await app.Api.DeleteAsync($"{Templates}/{id}"), expected);

    private async Task<IEnumerable<string>> IdsAsync(string query) => Ids(await app.GetAsync($"{Templates}?{query}"));

    private static IEnumerable<string> Ids(JsonElement page) => page.GetProperty("items").EnumerateArray().Select(t => t.Id());
}

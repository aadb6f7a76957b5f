using System.Net;
using Marketing.Functions.Tests.Fixtures;

namespace Marketing.Functions.Tests.Admin;

public sealed class BroadcastTests(MarketingApp app) : IClassFixture<MarketingApp>
{
    private const string Broadcasts = "v1/admin/broadcasts";

    [Fact]
    public async Task Create_WithTemplate_IsADraft()
    {
        var template = await app.TemplateAsync();

        var created = await app.PostAsync(Broadcasts, new { title = " Autumn ", template_id = template.Id(), cohort_query = new { user_tier = "premium" } }, HttpStatusCode.Created);

        Assert.Equal("draft", created.Text("status"));
        Assert.Equal("Autumn", created.Text("title"));
        Assert.Equal("premium", created.GetProperty("cohort_query").Text("user_tier"));
        Assert.Equal(template.Text("created_by"), created.Text("created_by"));
        foreach (var absent in new[] { "message_template", "scheduled_at", "sent_at", "stats" })
            Assert.Equal(System.Text.Json.JsonValueKind.Null, created.GetProperty(absent).ValueKind);
        Assert.EndsWith("Z", created.Text("created_at"), StringComparison.Ordinal);
        Assert.Equal(created.ToString(), (await app.GetAsync($"{Broadcasts}/{created.Id()}")).ToString());
    }

    [Fact]
    public async Task Create_TemplateDoesNotExist_IsRefusedAndNothingIsWritten()
    {
        var before = await CountAsync();

        var problem = await app.PostAsync(Broadcasts, new { title = "X", template_id = Guid.CreateVersion7(), cohort_query = new { } }, HttpStatusCode.BadRequest);

        Assert.Contains("there is no template", problem.Error("/template_id"), StringComparison.Ordinal);
        Assert.Equal(before, await CountAsync());
    }

    [Fact]
    public async Task Create_InvalidCohort_IsRefusedWithItsPointer()
    {
        var template = await app.TemplateAsync();

        var problem = await app.PostAsync(Broadcasts, new
        {
            title = "X", template_id = template.Id(), cohort_query = new { any = new object[] { new { region = "EU" }, new { user_teir = "vip" } } },
        }, HttpStatusCode.BadRequest);

        Assert.Contains("did you mean user_tier", problem.Error("/cohort_query/any/1/user_teir"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_SeveralMistakes_ReportsAllOfThem()
    {
        var problem = await app.PostAsync(Broadcasts, new
        {
            title = " ", cohort_query = new { user_tier = 5 }, message_template = "<b>open", scheduled_at = "2001-01-01T00:00:00Z",
        }, HttpStatusCode.BadRequest);

        foreach (var pointer in new[] { "/title", "/template_id", "/cohort_query/user_tier", "/message_template", "/scheduled_at" })
            Assert.NotEmpty(problem.Error(pointer));
    }

    [Fact]
    public async Task Send_Draft_EndsSentWithStats()
    {
        var (region, ids) = await app.AudienceAsync(3);
        var id = await app.BroadcastAsync(new { region });

        var accepted = await app.PostAsync($"{Broadcasts}/{id}/send", new { }, HttpStatusCode.Accepted);
        var sent = await app.EndAsync(id);

        Assert.Equal((id, "sending", 3), (accepted.Id(), accepted.Text("status"), accepted.Number("recipients")));
        Assert.Equal("sent", sent.Text("status"));
        Assert.NotEmpty(sent.Text("sent_at"));
        Assert.Equal(3, sent.GetProperty("stats").Number("sent"));
        foreach (var telegramId in ids)
            Assert.Equal($"Hi Name{telegramId}", app.TheMessage(telegramId).Message.Text);
    }

    [Fact]
    public async Task Send_EmptyCohort_IsRefusedAndStaysADraft()
    {
        var id = await app.BroadcastAsync(new { region = "nobody lives here" });

        await app.PostAsync($"{Broadcasts}/{id}/send", new { }, HttpStatusCode.UnprocessableEntity);

        Assert.Equal("draft", (await app.GetAsync($"{Broadcasts}/{id}")).Text("status"));
    }

    [Fact]
    public async Task Send_SameIdempotencyKey_IsTheSameSendAndAnotherKeyIsRefused()
    {
        var (region, ids) = await app.AudienceAsync(2);
        var id = await app.BroadcastAsync(new { region });

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => SendWithKeyAsync(id, "key-1")));
        await app.EndAsync(id);
        var later = await SendWithKeyAsync(id, "key-1");
        var other = await SendWithKeyAsync(id, "key-2");

        Assert.All(answers.Append(later), a => Assert.Equal(HttpStatusCode.Accepted, a));
        Assert.Equal(HttpStatusCode.Conflict, other);
        Assert.All(ids, telegramId => app.TheMessage(telegramId));
    }

    [Fact]
    public async Task Send_TwiceAtOnce_OnlyOneIsAccepted()
    {
        var (region, ids) = await app.AudienceAsync(2);
        var id = await app.BroadcastAsync(new { region });

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => SendWithKeyAsync(id, null)));
        await app.EndAsync(id);

        Assert.Single(answers, HttpStatusCode.Accepted);
        Assert.Equal(3, answers.Count(a => a == HttpStatusCode.Conflict));
        Assert.All(ids, telegramId => app.TheMessage(telegramId));
    }

    [Fact]
    public async Task UpdateAndDelete_Draft_AreDoneAndAfterSendingRefused()
    {
        var (region, _) = await app.AudienceAsync(1);
        var template = await app.TemplateAsync();
        var id = await app.BroadcastAsync(new { region }, template.Id());
        var changed = new { title = "Changed", template_id = template.Id(), cohort_query = new { region }, message_template = "Only <i>this</i>" };

        var updated = await app.PutAsync($"{Broadcasts}/{id}", changed);
        await app.SendAsync(id);

        Assert.Equal("Only <i>this</i>", updated.Text("message_template"));
        await app.PutAsync($"{Broadcasts}/{id}", changed, HttpStatusCode.Conflict);
        await MarketingApp.ReadAsync(await app.Api.DeleteAsync($"{Broadcasts}/{id}"), HttpStatusCode.Conflict);
        var other = await app.BroadcastAsync(new { region }, template.Id());
        await MarketingApp.ReadAsync(await app.Api.DeleteAsync($"{Broadcasts}/{other}"), HttpStatusCode.NoContent);
        await app.GetAsync($"{Broadcasts}/{other}", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task List_ByStatus_PagesNewestFirst()
    {
        var when = DateTimeOffset.Parse("2099-01-01T00:00:00Z", null);
        var ids = new List<string>();
        for (var i = 0; i < 3; i++)
            ids.Add(await app.BroadcastAsync(new { }, scheduledAt: when));

        var first = await app.GetAsync($"{Broadcasts}?status=scheduled&limit=2");
        var second = await app.GetAsync($"{Broadcasts}?status=scheduled&limit=2&cursor={first.Text("next_cursor")}");

        Assert.Equal([ids[2], ids[1]], first.GetProperty("items").EnumerateArray().Select(b => b.Id()));
        Assert.Equal([ids[0]], second.GetProperty("items").EnumerateArray().Select(b => b.Id()));
        Assert.Equal(System.Text.Json.JsonValueKind.Null, second.GetProperty("next_cursor").ValueKind);
    }

    [Fact]
    public async Task Test_GivenChats_SendsToThemOnlyAndLeavesADraft()
    {
        var (region, ids) = await app.AudienceAsync(2);
        var id = await app.BroadcastAsync(new { region });

        var answer = await app.PostAsync($"{Broadcasts}/{id}/test", new { chat_ids = new[] { ids[0] } });

        Assert.Equal("sent", answer.GetProperty("results")[0].Text("outcome"));
        Assert.Equal($"Hi Name{ids[0]}", app.TheMessage(ids[0]).Message.Text);
        Assert.Empty(app.Telegram.Messages(ids[1]));
        Assert.Equal("draft", (await app.GetAsync($"{Broadcasts}/{id}")).Text("status"));
    }

    [Fact]
    public async Task TestAndPreview_PersonWhoseFieldsBreakTheTemplate_SayWhy()
    {
        var id = MarketingApp.NewTelegramIds(2);
        await app.PostCsvAsync($"telegram_user_id,bio\n{id[0]},{new string('x', 4000)}\n{id[1]},short\n");
        var template = await app.TemplateAsync("{{ attributes.bio }}{{ attributes.bio }}", [new { label = "Open", action = "open", url = "https://example.com/" }]);
        var broadcast = await app.BroadcastAsync(new { }, template.Id());

        var preview = await app.PostAsync($"v1/admin/templates/{template.Id()}/preview", new { telegram_user_id = id[0] }, HttpStatusCode.BadRequest);
        var test = await app.PostAsync($"{Broadcasts}/{broadcast}/test", new { chat_ids = id });

        Assert.Contains("4096", preview.Error("/telegram_user_id").Replace(",", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("4096", test.GetProperty("results")[0].Text("outcome").Replace(",", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal("sent", test.GetProperty("results")[1].Text("outcome"));
        Assert.Equal("https://example.com/", Assert.Single(app.TheMessage(id[1]).Buttons).Url); // not a link that would count
    }

    private async Task<HttpStatusCode> SendWithKeyAsync(string id, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{Broadcasts}/{id}/send");
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        using var response = await app.Api.SendAsync(request);
        return response.StatusCode;
    }

    private async Task<long> CountAsync()
    {
        await using var command = app.Database.CreateCommand("SELECT count(*) FROM broadcasts");
        return (long)(await command.ExecuteScalarAsync())!;
    }
}

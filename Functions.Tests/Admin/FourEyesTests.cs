using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Marketing.Core.Access;
using Marketing.Functions.Tests.Fixtures;

namespace Marketing.Functions.Tests.Admin;

public sealed class FourEyesApp : MarketingApp
{
    protected override IReadOnlyDictionary<string, string?> Settings { get; } = new Dictionary<string, string?> { ["Marketing__FourEyesOver"] = "2" };
}

/// <summary>Over two recipients a second person has to approve or send.</summary>
public sealed class FourEyesTests(FourEyesApp app) : IClassFixture<FourEyesApp>
{
    private const string Broadcasts = "v1/admin/broadcasts";

    [Fact]
    public async Task Send_ByItsAuthor_Is403OverTheLimitAndDoneUpToIt()
    {
        var large = await DraftAsync(3);
        var small = await DraftAsync(2);

        Assert.Equal(2, (await app.GetAsync("v1/admin/me")).Number("four_eyes_over"));
        var problem = await app.PostAsync($"{Broadcasts}/{large.Id()}/send", new { }, HttpStatusCode.Forbidden);
        await app.PostAsync($"{Broadcasts}/{small.Id()}/send", new { }, HttpStatusCode.Accepted);

        Assert.Contains("3 recipients", problem.Text("detail"), StringComparison.Ordinal);
        Assert.Equal("draft", (await app.GetAsync($"{Broadcasts}/{large.Id()}")).Text("status"));
    }

    [Fact]
    public async Task Send_ByAnotherSender_IsDone()
    {
        var draft = await DraftAsync(3);
        using var second = await app.AsAsync(Role.Sender);

        await PostAsync(second, $"{Broadcasts}/{draft.Id()}/send", new { }, HttpStatusCode.Accepted);

        Assert.Equal("sent", (await app.EndAsync(draft.Id())).Text("status"));
    }

    [Fact]
    public async Task Send_ByItsLastEditor_Is403()
    {
        var draft = await DraftAsync(3);
        using var editor = await app.AsAsync(Role.Sender);
        await MarketingApp.ReadAsync(await editor.PutAsJsonAsync($"{Broadcasts}/{draft.Id()}", Copy(draft, "Edited")), HttpStatusCode.OK);

        await PostAsync(editor, $"{Broadcasts}/{draft.Id()}/send", new { }, HttpStatusCode.Forbidden);
        await app.PostAsync($"{Broadcasts}/{draft.Id()}/send", new { }, HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Approve_ByAnotherSender_LetsTheAuthorSendUntilItIsChanged()
    {
        var draft = await DraftAsync(3);
        using var second = await app.AsAsync(Role.Sender);

        await app.PostAsync($"{Broadcasts}/{draft.Id()}/approve", Seen(draft), HttpStatusCode.Forbidden);
        await PostAsync(second, $"{Broadcasts}/{draft.Id()}/approve", Seen(draft), HttpStatusCode.OK);
        var approved = await app.GetAsync($"{Broadcasts}/{draft.Id()}");
        var changed = await app.PutAsync($"{Broadcasts}/{draft.Id()}", Copy(draft, "Changed"));
        await app.PostAsync($"{Broadcasts}/{draft.Id()}/send", new { }, HttpStatusCode.Forbidden);
        await PostAsync(second, $"{Broadcasts}/{draft.Id()}/approve", Seen(changed), HttpStatusCode.OK);
        await app.PostAsync($"{Broadcasts}/{draft.Id()}/send", new { }, HttpStatusCode.Accepted);

        Assert.NotEqual(JsonValueKind.Null, approved.GetProperty("approved_by").ValueKind);
        Assert.Equal(JsonValueKind.Null, changed.GetProperty("approved_by").ValueKind);
        Assert.Equal("sent", (await app.EndAsync(draft.Id())).Text("status"));
    }

    [Fact]
    public async Task Approve_WhatWasChangedSinceItWasRead_Is409()
    {
        var draft = await DraftAsync(3);
        using var second = await app.AsAsync(Role.Sender);
        await app.PutAsync($"{Broadcasts}/{draft.Id()}", Copy(draft, "Swapped"));

        await PostAsync(second, $"{Broadcasts}/{draft.Id()}/approve", Seen(draft), HttpStatusCode.Conflict);
        var missing = await PostAsync(second, $"{Broadcasts}/{draft.Id()}/approve", new { }, HttpStatusCode.BadRequest);

        Assert.NotEmpty(missing.Error("/updated_at"));
    }

    [Fact]
    public async Task Approve_AfterTheTemplateChanged_NeedsTheAuthorToSaveAgain()
    {
        var template = await app.TemplateAsync();
        var draft = await DraftAsync(3, template.Id());
        using var second = await app.AsAsync(Role.Sender);
        await MarketingApp.ReadAsync(await second.PutAsJsonAsync(
            $"v1/admin/templates/{template.Id()}", new { name = template.Text("name"), content = "Words of one person alone" }), HttpStatusCode.OK);

        await PostAsync(second, $"{Broadcasts}/{draft.Id()}/approve", Seen(draft), HttpStatusCode.Conflict);
        await PostAsync(second, $"{Broadcasts}/{draft.Id()}/send", new { }, HttpStatusCode.Conflict);
        var saved = await app.PutAsync($"{Broadcasts}/{draft.Id()}", Copy(draft, "Seen"));
        await PostAsync(second, $"{Broadcasts}/{draft.Id()}/approve", Seen(saved), HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(false, "failed")]
    [InlineData(true, "sent")]
    public async Task Scheduled_WhenItsTimeComes_IsSentOnlyIfApproved(bool isApproved, string status)
    {
        var draft = await DraftAsync(3, isScheduled: true);
        using var second = await app.AsAsync(Role.Sender);
        if (isApproved)
            await PostAsync(second, $"{Broadcasts}/{draft.Id()}/approve", Seen(draft), HttpStatusCode.OK);

        await MakeDueAsync(draft.Id());
        var ended = await app.EndAsync(draft.Id());

        Assert.Equal(status, ended.Text("status"));
        if (!isApproved)
            Assert.Contains("3 recipients", ended.Text("failure_reason"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scheduled_CohortThatGrowsOverTheLimit_IsNotSent()
    {
        var (region, ids) = await app.AudienceAsync(2);
        var id = await app.BroadcastAsync(new { region }, scheduledAt: NextYear);

        await app.PostCsvAsync($"telegram_user_id,region\n{MarketingApp.NewTelegramIds(1)[0]},{region}\n");
        await MakeDueAsync(id);

        Assert.Equal("failed", (await app.EndAsync(id)).Text("status"));
        Assert.All(ids, telegramId => Assert.Empty(app.Telegram.Messages(telegramId)));
    }

    private static DateTimeOffset NextYear => TimeProvider.System.GetUtcNow().AddYears(1);

    // Its time comes now, and the timer looks.
    private async Task MakeDueAsync(string id)
    {
        await using var command = app.Database.CreateCommand($"UPDATE broadcasts SET scheduled_at = now() WHERE id = '{id}'");
        await command.ExecuteNonQueryAsync();
        using var started = await app.Api.PostAsync(new Uri(app.Host.Address, "admin/functions/StartScheduledBroadcasts"), null);
        Assert.Equal(HttpStatusCode.Accepted, started.StatusCode);
    }

    private async Task<JsonElement> DraftAsync(int recipients, string? templateId = null, bool isScheduled = false)
    {
        var (region, _) = await app.AudienceAsync(recipients);
        var id = await app.BroadcastAsync(new { region }, templateId, isScheduled ? NextYear : null);
        return await app.GetAsync($"{Broadcasts}/{id}");
    }

    private static object Seen(JsonElement broadcast) => new { updated_at = broadcast.Text("updated_at") };

    private static object Copy(JsonElement broadcast, string title) => new
    {
        title, template_id = broadcast.Text("template_id"), cohort_query = broadcast.GetProperty("cohort_query"),
    };

    private static async Task<JsonElement> PostAsync(HttpClient client, string path, object body, HttpStatusCode expected) =>
        await MarketingApp.ReadAsync(await client.PostAsJsonAsync(path, body), expected);
}

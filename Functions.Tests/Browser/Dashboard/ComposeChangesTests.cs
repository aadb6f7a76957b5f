using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Marketing.Core.Access;
using Marketing.Functions.Tests.Fixtures;

namespace Marketing.Functions.Tests.Browser.Dashboard;

/// <summary>What changes while a broadcast stands in the form: at the server by others, and in the form while an answer is awaited.</summary>
[Collection(FormsCollection.Name)]
public sealed class ComposeChangesTests(ComposeFixture app) : IClassFixture<ComposeFixture>
{
    [Fact]
    public async Task Send_WhatSomebodyElseChanged_AsksFirstAndSendsNothing()
    {
        var (id, title, ids) = await app.DraftAsync(people: 1);
        await app.RunAsync(Device.Desktop, $"/compose/{id}", async page =>
        {
            await page.GetByLabel("Title").Expect().ToHaveValueAsync(title);
            await ChangeAsync(id, "Theirs");
            await page.Button("Send").ClickAsync();
            await page.DialogButton("Send to 1 person").ClickAsync();
            await page.OpenDialog().Expect().ToContainTextAsync("Somebody else changed this broadcast");
            Assert.Equal("draft", (await app.GetAsync($"v1/admin/broadcasts/{id}")).Text("status"));
            await page.DialogButton("Take theirs, drop mine").ClickAsync();
            await page.GetByLabel("Text of this broadcast").Expect().ToHaveValueAsync("Theirs");
            await page.Button("Send").ClickAsync();
            await page.DialogButton("Send to 1 person").ClickAsync();
            await app.EndAsync(await page.IdAtAsync("/broadcasts"));
        }, isExpected: DashboardFixture.Refused(HttpStatusCode.PreconditionFailed));
        Assert.Equal("Theirs", app.TheMessage(ids[0]).Message.Text);
    }

    [Fact]
    public async Task Send_WhatWasApprovedMeanwhile_IsDoneWithoutAQuestion()
    {
        var (id, title, ids) = await app.DraftAsync(people: 1);
        await app.RunAsync(Device.Desktop, $"/compose/{id}", async page =>
        {
            await page.GetByLabel("Title").Expect().ToHaveValueAsync(title);
            await ApproveAsync(id);
            await page.Button("Send").ClickAsync();
            await page.DialogButton("Send to 1 person").ClickAsync();
            await app.EndAsync(await page.IdAtAsync("/broadcasts"));
        }, isExpected: DashboardFixture.Refused(HttpStatusCode.PreconditionFailed));
        app.TheMessage(ids[0]);
    }

    [Fact]
    public async Task Test_OfWhatSomebodyElseChanged_AsksFirstAndSendsWhatTheFormShows()
    {
        var (id, title, ids) = await app.DraftAsync(people: 1);
        await app.RunAsync(Device.Desktop, $"/compose/{id}", async page =>
        {
            await page.GetByLabel("Title").Expect().ToHaveValueAsync(title);
            await ChangeAsync(id, "Theirs");
            await page.GetByLabel("Chat ids").FillAsync($"{ids[0]}");
            await page.Button("Send a test").ClickAsync();
            await page.DialogButton("Save mine over theirs").ClickAsync();
            await page.Locator(".lines .badge.good").Expect().ToHaveTextAsync("Sent");
        });
        Assert.Equal($"Hi Name{ids[0]}", app.TheMessage(ids[0]).Message.Text);
    }

    [Fact]
    public async Task Send_OfAScheduledOne_SendsItAsItWasApproved()
    {
        var (region, ids) = await app.AudienceAsync(1);
        var id = await app.BroadcastAsync(new { region }, scheduledAt: TimeProvider.System.GetUtcNow().AddDays(3));
        var approver = (await ApproveAsync(id)).Text("approved_by");
        await app.RunAsync(Device.Desktop, $"/compose/{id}", async page =>
        {
            await page.Button("Now").ClickAsync();
            await page.Button("Send").ClickAsync();
            await page.DialogButton("Send to 1 person").ClickAsync();
            await app.EndAsync(await page.IdAtAsync("/broadcasts"));
        });
        app.TheMessage(ids[0]);
        Assert.Equal(approver, (await app.GetAsync($"v1/admin/broadcasts/{id}")).Text("approved_by"));
    }

    [Fact]
    public async Task Save_WhileItsAnswerIsAwaited_DoesNotCountWhatIsTyped()
    {
        var (id, _, _) = await app.DraftAsync(people: 1);
        await app.RunAsync(Device.Desktop, $"/compose/{id}", async page =>
        {
            await page.GetByLabel("Title").FillAsync("Saved");
            var answer = await page.HoldAsync($"**/api/v1/admin/broadcasts/{id}");
            await page.Button("Save draft").ClickAsync();
            await answer.Asked;
            await page.GetByLabel("Title").FillAsync("Typed later");
            answer.Release();
            await page.Toast("Draft saved").Expect().ToBeVisibleAsync();
            await page.Link("Templates").ClickAsync();
            await page.DialogButton("Stay").ClickAsync();
            await page.GetByLabel("Title").Expect().ToHaveValueAsync("Typed later");
        });
        Assert.Equal("Saved", (await app.GetAsync($"v1/admin/broadcasts/{id}")).Text("title"));
    }

    [Fact]
    public async Task Save_ChangedAfterAnAnswerWasLost_MakesOneBroadcast()
    {
        var template = await app.TemplateAsync();
        var title = $"Lost {template.Id()}";
        var answersToLose = 1;
        await app.RunAsync(Device.Desktop, $"/compose?template={template.Id()}", async page =>
        {
            await page.RouteAsync("**/api/v1/admin/broadcasts", async route =>
            {
                if (Interlocked.Decrement(ref answersToLose) >= 0)
                {
                    await route.FetchAsync();
                    await route.AbortAsync();
                }
                else
                {
                    await route.FallbackAsync();
                }
            });
            await page.GetByLabel("Title").FillAsync(title);
            await page.Button("Save draft").ClickAsync();
            await page.Toast("cannot be reached").Expect().ToBeVisibleAsync();
            await page.GetByLabel("Title").FillAsync($"{title}, changed");
            await page.Button("Save draft").ClickAsync();
            await page.IdAtAsync("/compose");
        }, isExpected: error => error.Contains("ERR_FAILED", StringComparison.Ordinal));
        var made = await app.GetAsync($"v1/admin/broadcasts?search={Uri.EscapeDataString(title)}");
        Assert.Equal($"{title}, changed", Assert.Single(made.GetProperty("items").EnumerateArray()).Text("title"));
    }

    [Fact]
    public async Task Send_WhileTheAudienceIsChanged_IsNotConfirmedWithTheOldNumber()
    {
        var (id, _, _) = await app.DraftAsync(people: 1);
        await app.RunAsync(Device.Desktop, $"/compose/{id}", async page =>
        {
            await page.Count().Expect().ToHaveTextAsync("1 person now");
            var answer = await page.HoldAsync("**/api/v1/admin/cohorts/preview");
            await page.Button("Send").ClickAsync();
            await answer.Asked;
            await page.Button("Remove condition 1").ClickAsync();
            answer.Release();
            await page.Toast("changed while the people were counted").Expect().ToBeVisibleAsync();
            await page.OpenDialog().Expect().ToHaveCountAsync(0);
        });
    }

    private async Task ChangeAsync(string id, string text)
    {
        var broadcast = await app.GetAsync($"v1/admin/broadcasts/{id}");
        await app.PutAsync($"v1/admin/broadcasts/{id}", new
        {
            title = broadcast.Text("title"), template_id = broadcast.Text("template_id"), cohort_query = broadcast.GetProperty("cohort_query"), message_template = text,
        });
    }

    private async Task<JsonElement> ApproveAsync(string id)
    {
        using var second = await app.AsAsync(Role.Sender);
        var seen = new { updated_at = (await app.GetAsync($"v1/admin/broadcasts/{id}")).Text("updated_at") };
        return await MarketingApp.ReadAsync(await second.PostAsJsonAsync($"v1/admin/broadcasts/{id}/approve", seen), HttpStatusCode.OK);
    }
}

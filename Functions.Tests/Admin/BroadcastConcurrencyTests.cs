using System.Net;
using System.Text.Json;
using Marketing.Functions.Tests.Fixtures;

namespace Marketing.Functions.Tests.Admin;

/// <summary>What happens when two people, or a person and the sending, want the same broadcast or template at once.</summary>
public sealed class BroadcastConcurrencyTests(QuietApp app) : IClassFixture<QuietApp>
{
    private const string Broadcasts = "v1/admin/broadcasts";

    [Theory]
    [InlineData("broadcasts")]
    [InlineData("templates")]
    public async Task Put_IfMatch_IsDoneForTheNewestETagOnly(string kind)
    {
        var (path, body, created) = await MadeAsync(kind);
        var (read, _) = await ReadAsync(await app.RequestAsync(HttpMethod.Get, path, null), HttpStatusCode.OK);

        var (second, _) = await PutAsync(path, body("Second"), created, HttpStatusCode.OK);
        var (_, problem) = await PutAsync(path, body("Third"), created, HttpStatusCode.PreconditionFailed);
        var (fourth, _) = await PutAsync(path, body("Fourth"), $"\"x\", {second}", HttpStatusCode.OK);
        await PutAsync(path, body("Fifth"), $"W/{fourth}", HttpStatusCode.PreconditionFailed); // a weak tag matches nothing
        var (sixth, _) = await PutAsync(path, body("Sixth"), "*", HttpStatusCode.OK);
        var (seventh, _) = await PutAsync(path, body("Seventh"), null, HttpStatusCode.OK); // without the header as ever

        Assert.Equal(created, read);
        Assert.Equal(5, new[] { created, second, fourth, sixth, seventh }.Distinct().Count());
        Assert.All(new[] { created, second, fourth, sixth, seventh }, tag => Assert.Matches("^\"[^\"]+\"$", tag));
        Assert.Contains("changed in the meantime", problem.Text("detail"), StringComparison.Ordinal);
        Assert.EndsWith("Seventh", await NameAsync(path), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("broadcasts", "abc")]
    [InlineData("templates", "\"abc")]
    [InlineData("templates", "")]
    public async Task Put_IfMatchThatIsNoETag_IsRefused(string kind, string ifMatch)
    {
        var (path, body, _) = await MadeAsync(kind);

        var (_, problem) = await PutAsync(path, body("Second"), ifMatch, HttpStatusCode.BadRequest);

        Assert.NotEmpty(problem.Error("/If-Match"));
    }

    [Theory]
    [InlineData("broadcasts")]
    [InlineData("templates")]
    public async Task Put_SeveralAtOnceWithOneETag_OneIsDoneAndTheOthersAre412(string kind)
    {
        var (path, body, tag) = await MadeAsync(kind);

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => app.RequestAsync(HttpMethod.Put, path, body($"Writer {i}"), ("If-Match", tag))));

        var done = Assert.Single(answers, a => a.StatusCode == HttpStatusCode.OK);
        Assert.Equal(5, answers.Count(a => a.StatusCode == HttpStatusCode.PreconditionFailed));
        Assert.EndsWith($"Writer {Array.IndexOf(answers, done)}", await NameAsync(path), StringComparison.Ordinal);
        Assert.All(answers, a => a.Dispose());
    }

    [Fact]
    public async Task Put_WhileASendIsBeingAccepted_WaitsAndIsRefused()
    {
        var (path, body, tag) = await MadeAsync("broadcasts");

        var put = await DuringAsync(path, "status = 4", () => app.RequestAsync(HttpMethod.Put, path, body("Changed"), ("If-Match", tag)));

        var (_, problem) = await ReadAsync(put, HttpStatusCode.Conflict);
        Assert.Contains("is sending", problem.Text("detail"), StringComparison.Ordinal);
        Assert.EndsWith("First", await NameAsync(path), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_IfMatch_SendsOnlyWhatWasRead()
    {
        var (region, _) = await app.AudienceAsync(1);
        var path = $"{Broadcasts}/{await app.BroadcastAsync(new { region })}";
        var (read, broadcast) = await ReadAsync(await app.RequestAsync(HttpMethod.Get, path, null), HttpStatusCode.OK);
        var (changed, _) = await PutAsync(path, new { title = "Changed", template_id = broadcast.Text("template_id"), cohort_query = new { region } }, read, HttpStatusCode.OK);
        Task<HttpResponseMessage> SendAsync(string tag) =>
            app.RequestAsync(HttpMethod.Post, $"{path}/send", null, ("If-Match", tag), ("Idempotency-Key", "once"));

        var (_, problem) = await ReadAsync(await SendAsync(read), HttpStatusCode.PreconditionFailed);
        var (_, accepted) = await ReadAsync(await SendAsync(changed), HttpStatusCode.Accepted);
        var (_, repeated) = await ReadAsync(await SendAsync(changed), HttpStatusCode.Accepted); // as when its answer was lost

        Assert.Contains("changed in the meantime", problem.Text("detail"), StringComparison.Ordinal);
        Assert.Equal(accepted.Number("recipients"), repeated.Number("recipients"));
    }

    [Fact]
    public async Task Send_WhileItIsBeingChanged_IsRefusedAndTheChangeStands()
    {
        var (region, ids) = await app.AudienceAsync(1);
        var path = $"{Broadcasts}/{await app.BroadcastAsync(new { region })}";

        var send = await DuringAsync(path, "title = 'Changed'", () => app.RequestAsync(HttpMethod.Post, $"{path}/send", new { }));

        var (_, problem) = await ReadAsync(send, HttpStatusCode.Conflict);
        Assert.Contains("changed", problem.Text("detail"), StringComparison.Ordinal);
        var broadcast = await app.GetAsync(path);
        Assert.Equal(("Changed", "draft"), (broadcast.Text("title"), broadcast.Text("status")));
        Assert.Empty(app.Telegram.Messages(ids[0]));
    }

    // Makes the request when the broadcast was changed by another that has not ended yet, and lets that end once the request waits.
    private async Task<HttpResponseMessage> DuringAsync(string path, string change, Func<Task<HttpResponseMessage>> request)
    {
        await using var db = await app.Database.OpenConnectionAsync();
        await using var other = await db.BeginTransactionAsync();
        await using (var command = db.CreateCommand())
        {
            command.CommandText = $"UPDATE broadcasts SET {change} WHERE id = '{path.Split('/')[^1]}'";
            await command.ExecuteNonQueryAsync();
        }

        var response = request();
        await MarketingApp.UntilAsync(WaitersAsync, waiters => waiters > 0);
        await other.CommitAsync();
        return await response;
    }

    [Fact]
    public async Task PutAndSend_AtOnce_SendWhatStandsAndNeverChangeItAfterwards()
    {
        var outcomes = new HashSet<(HttpStatusCode Put, HttpStatusCode Send)>();
        for (var round = 0; round < 12; round++)
        {
            var (region, ids) = await app.AudienceAsync(1);
            var template = await app.TemplateAsync("Old");
            var id = await app.BroadcastAsync(new { region }, template.Id());
            var changed = new { title = "New", template_id = template.Id(), cohort_query = new { region }, message_template = "New" };
            var put = app.RequestAsync(HttpMethod.Put, $"{Broadcasts}/{id}", changed);
            var send = app.RequestAsync(HttpMethod.Post, $"{Broadcasts}/{id}/send", new { });
            using var putAnswer = await put;
            using var sendAnswer = await send;
            outcomes.Add((putAnswer.StatusCode, sendAnswer.StatusCode));
            if (sendAnswer.StatusCode == HttpStatusCode.Conflict)
                await app.PostAsync($"{Broadcasts}/{id}/send", new { }, HttpStatusCode.Accepted);

            var sent = await app.EndAsync(id);

            var expected = putAnswer.StatusCode == HttpStatusCode.OK ? "New" : "Old";
            Assert.Equal(expected, app.TheMessage(ids[0]).Message.Text);
            Assert.Equal(expected == "New" ? "New" : "Test", sent.Text("title"));
        }

        // Whoever was first: the change, then the send; the send, and no change; or the change just before the send, which then is refused.
        Assert.Subset(
            new HashSet<(HttpStatusCode Put, HttpStatusCode Send)>
            {
                (HttpStatusCode.OK, HttpStatusCode.Accepted), (HttpStatusCode.Conflict, HttpStatusCode.Accepted), (HttpStatusCode.OK, HttpStatusCode.Conflict),
            },
            outcomes);
    }

    // Something of the kind named First, how to name it otherwise, and its ETag.
    private async Task<(string Path, Func<string, object> Body, string Tag)> MadeAsync(string kind)
    {
        var mark = Guid.CreateVersion7();
        var template = kind == "broadcasts" ? await app.TemplateAsync() : default;
        Func<string, object> body = kind == "broadcasts"
            ? title => new { title, template_id = template.Id(), cohort_query = new { region = "nowhere" } }
            : name => new { name = $"{mark} {name}", content = "Hi" };
        var (tag, made) = await ReadAsync(await app.RequestAsync(HttpMethod.Post, $"v1/admin/{kind}", body("First")), HttpStatusCode.Created);
        return ($"v1/admin/{kind}/{made.Id()}", body, tag);
    }

    private async Task<(string Tag, JsonElement Body)> PutAsync(string path, object body, string? ifMatch, HttpStatusCode expected) =>
        await ReadAsync(await app.RequestAsync(HttpMethod.Put, path, body, ifMatch is null ? [] : [("If-Match", ifMatch)]), expected);

    private static async Task<(string Tag, JsonElement Body)> ReadAsync(HttpResponseMessage response, HttpStatusCode expected)
    {
        var tag = response.Headers.ETag?.ToString() ?? "";
        return (tag, await MarketingApp.ReadAsync(response, expected));
    }

    private async Task<string> NameAsync(string path)
    {
        var made = await app.GetAsync(path);
        return made.Text(made.TryGetProperty("title", out _) ? "title" : "name");
    }

    private async Task<long> WaitersAsync()
    {
        await using var command = app.Database.CreateCommand(
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid IN (SELECT pid FROM pg_stat_activity WHERE datname = current_database())");
        return (long)(await command.ExecuteScalarAsync())!;
    }
}

using System.Net;
using Marketing.Core.Broadcasts;
using Marketing.Functions.Tests.Fixtures;
using static Marketing.Core.Broadcasts.BroadcastStatus;

namespace Marketing.Functions.Tests.Admin;

/// <summary>Each operation at each status, from one table. The timers are off, so that only the operation moves anything.</summary>
public sealed class BroadcastTransitionTests(QuietApp app) : IClassFixture<QuietApp>
{
    private static readonly BroadcastStatus[] All = Enum.GetValues<BroadcastStatus>();

    // Where an operation is legal, and its answer there; everywhere else it is 409.
    private static readonly (string Operation, BroadcastStatus[] LegalAt, HttpStatusCode Answer)[] Legal =
    [
        ("get", All, HttpStatusCode.OK),
        ("put", [Draft, Scheduled], HttpStatusCode.OK),
        ("delete", [Draft, Scheduled], HttpStatusCode.NoContent),
        ("send", [Draft, Scheduled], HttpStatusCode.Accepted),
        ("pause", [Sending], HttpStatusCode.OK),
        ("resume", [Paused], HttpStatusCode.Accepted),
        ("cancel", [Scheduled, Sending, Paused], HttpStatusCode.OK),
        ("test", All, HttpStatusCode.OK),
        ("duplicate", All, HttpStatusCode.Created),
    ];

    public static IEnumerable<object[]> Table =>
        from row in Legal from status in All select new object[] { status, row.Operation };

    [Theory]
    [MemberData(nameof(Table))]
    public async Task Operation_AtEachStatus_IsAsTheTableSays(BroadcastStatus status, string operation)
    {
        var (_, legalAt, answer) = Legal.Single(row => row.Operation == operation);
        var (region, ids) = await app.AudienceAsync(1);
        var template = await app.TemplateAsync();
        var id = await app.BroadcastAsync(new { region }, template.Id());
        await SetStatusAsync(id, status);

        using var response = await DoAsync(operation, id, template.Id(), region, ids);

        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == (legalAt.Contains(status) ? answer : HttpStatusCode.Conflict), $"{(int)response.StatusCode}: {text}");
        if (!legalAt.Contains(status))
        {
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
            Assert.Contains($"The broadcast is {JsonName(status)}", text, StringComparison.Ordinal);
        }

        BroadcastStatus[] expected = (legalAt.Contains(status), operation) switch
        {
            (true, "put") => [Draft],
            (true, "delete") => [],
            (true, "send" or "resume") => [Sending, Sent], // its orchestration may be done already
            (true, "pause") => [Paused],
            (true, "cancel") => [Cancelled],
            _ => [status],
        };
        var now = await StatusAsync(id);
        Assert.True(now is { } there ? expected.Contains(there) : expected.Length == 0, $"{operation} at {status} left {now}");
    }

    private Task<HttpResponseMessage> DoAsync(string operation, string id, string templateId, string region, long[] chats)
    {
        var path = $"v1/admin/broadcasts/{id}";
        return operation switch
        {
            "get" => app.RequestAsync(HttpMethod.Get, path, null),
            "put" => app.RequestAsync(HttpMethod.Put, path, new { title = "Changed", template_id = templateId, cohort_query = new { region } }),
            "delete" => app.RequestAsync(HttpMethod.Delete, path, null),
            "test" => app.RequestAsync(HttpMethod.Post, $"{path}/test", new { chat_ids = chats }),
            _ => app.RequestAsync(HttpMethod.Post, $"{path}/{operation}", new { }),
        };
    }

    private async Task SetStatusAsync(string id, BroadcastStatus status)
    {
        await using var command = app.Database.CreateCommand(
            $"UPDATE broadcasts SET status = {(int)status}, scheduled_at = {(status == Scheduled ? "'2099-01-01'" : "NULL")} WHERE id = '{id}'");
        await command.ExecuteNonQueryAsync();
    }

    private async Task<BroadcastStatus?> StatusAsync(string id)
    {
        await using var command = app.Database.CreateCommand($"SELECT status FROM broadcasts WHERE id = '{id}'");
        return await command.ExecuteScalarAsync() is short status ? (BroadcastStatus)status : null;
    }

    private static string JsonName(BroadcastStatus status) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(status.ToString());
}

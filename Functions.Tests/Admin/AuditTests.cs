using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Marketing.Core.Access;
using Marketing.Functions.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Marketing.Functions.Tests.Admin;

public sealed partial class AuditTests(MarketingApp app) : IClassFixture<MarketingApp>
{
    private const string Audit = "v1/admin/audit";

    // They change nothing.
    private static readonly string[] Unaudited = ["PreviewTemplate", "PreviewTemplateContent", "PreviewCohort"];

    [Fact]
    public async Task AnyChange_Refused_LeavesAnEntryThatNamesIt()
    {
        using var converter = await app.AsAsync(Role.Converter);
        var actions = new List<string>();
        foreach (var function in HttpFunction.Admin.Where(f => f.Method != HttpMethod.Get && !Unaudited.Contains(f.Name)))
        {
            using var request = function.Request();
            using var response = await converter.SendAsync(request);

            var entry = (await ItemsAsync("action=access.refused&limit=1"))[0];
            var action = entry.GetProperty("details").GetProperty("action");
            Assert.True(
                action.ValueKind == JsonValueKind.String,
                $"{function}: no action. Give it one where it calls HandleAsync, such as new(Permission.Edit, \"template.create\").");
            Assert.Matches(ActionForm(), action.GetString());
            Assert.Equal(action.GetString()!.Split('.')[0], entry.Text("object_type"));
            actions.Add(action.GetString()!);
        }

        Assert.Equal(actions.Count, actions.Distinct().Count()); // two functions cannot be told apart in the log
    }

    [Fact]
    public async Task Changes_OfABroadcast_AreEntriesWithWhoWhatAndWhere()
    {
        var (region, _) = await app.AudienceAsync(2);
        using var sender = (await app.AsAsync(Role.Sender)).From("203.0.113.9");
        var me = await MarketingApp.ReadAsync(await sender.GetAsync(new Uri("v1/admin/me", UriKind.Relative)), HttpStatusCode.OK);
        var template = await app.TemplateAsync();

        var created = await MarketingApp.ReadAsync(await sender.PostAsJsonAsync(
            "v1/admin/broadcasts", new { title = "Audited", template_id = template.Id(), cohort_query = new { region } }), HttpStatusCode.Created);
        await MarketingApp.ReadAsync(
            await sender.PostAsync(new Uri($"v1/admin/broadcasts/{created.Id()}/send", UriKind.Relative), null), HttpStatusCode.Accepted);

        var entries = await ItemsAsync($"object_type=broadcast&object_id={created.Id()}");
        Assert.Equal(["broadcast.send", "broadcast.create"], entries.Select(e => e.Text("action")));
        Assert.All(entries, entry =>
        {
            Assert.Equal((me.Id(), me.Text("name")), (entry.Text("actor_id"), entry.Text("actor_name")));
            Assert.Equal("203.0.113.9", entry.Text("source"));
        });
        Assert.Equal(2, entries[0].GetProperty("details").Number("recipients"));
    }

    [Fact]
    public async Task Changes_ThatAreRefusedForWhatTheyAre_LeaveNoEntry()
    {
        var id = Guid.CreateVersion7();

        await app.PostAsync($"v1/admin/broadcasts/{id}/send", new { }, HttpStatusCode.NotFound);
        await MarketingApp.ReadAsync(await app.Api.DeleteAsync($"v1/admin/templates/{id}"), HttpStatusCode.NotFound);

        Assert.Empty(await ItemsAsync($"object_id={id}"));
    }

    [Fact]
    public async Task Change_ThatFailsHalfway_LeavesAnEntryThatSaysSo()
    {
        var (region, _) = await app.AudienceAsync(1);
        var id = await app.BroadcastAsync(new { region });
        await ExecuteAsync($"ALTER TABLE broadcasts ADD CONSTRAINT broken CHECK (id <> '{id}') NOT VALID");

        await app.PostAsync($"v1/admin/broadcasts/{id}/send", new { }, HttpStatusCode.InternalServerError);

        await ExecuteAsync("ALTER TABLE broadcasts DROP CONSTRAINT broken");
        var entry = (await ItemsAsync($"object_id={id}"))[0];
        Assert.Equal(("broadcast.send", "unknown"), (entry.Text("action"), entry.GetProperty("details").Text("outcome")));
    }

    [Fact]
    public async Task Entries_AfterAnImport_HoldNothingOfThePeople()
    {
        var (_, ids) = await app.AudienceAsync(2);

        var entry = (await ItemsAsync("action=audience.import&limit=1"))[0];

        Assert.Equal(2, entry.GetProperty("details").Number("inserted"));
        Assert.DoesNotContain(ids, id => entry.ToString().Contains($"{id}", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("UPDATE audit_log SET action = 'nothing'")]
    [InlineData("DELETE FROM audit_log")]
    [InlineData("TRUNCATE audit_log")]
    public async Task Entries_Changed_AreRefusedByTheDatabase(string sql)
    {
        var e = await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(sql));

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, e.SqlState);
    }

    [Fact]
    public async Task List_Filters_AreAndedAndPaged()
    {
        var log = app.Host.Services.GetRequiredService<AuditLog>();
        var (ana, bo) = (new Caller(Guid.CreateVersion7(), "Ana", Role.Owner), new Caller(Guid.CreateVersion7(), "Bo", Role.Owner));
        foreach (var n in Enumerable.Range(1, 5))
            await log.WriteAsync(new AuditEntry(ana, "thing.make", "thing", $"t{n}", null), default);
        await log.WriteAsync(new AuditEntry(bo, "thing.make", "thing", "t1", null), default);
        await log.WriteAsync(new AuditEntry(ana, "thing.break", "thing", "t1", "telegram:7"), default);

        var first = await app.GetAsync($"{Audit}?actor={ana.Id}&action=thing.make&limit=3");
        var second = await app.GetAsync($"{Audit}?actor={ana.Id}&action=thing.make&limit=3&cursor={first.Text("next_cursor")}");

        Assert.Equal(["t5", "t4", "t3"], first.GetProperty("items").EnumerateArray().Select(e => e.Text("object_id")));
        Assert.Equal(["t2", "t1"], second.GetProperty("items").EnumerateArray().Select(e => e.Text("object_id")));
        Assert.Equal(JsonValueKind.Null, second.GetProperty("next_cursor").ValueKind);
        Assert.Equal(["Ana", "Bo", "Ana"], (await ItemsAsync("object_type=thing&object_id=t1")).Select(e => e.Text("actor_name")));
        var at = (await ItemsAsync($"actor={bo.Id}"))[0].Text("at");
        Assert.Single(await ItemsAsync($"actor={bo.Id}&from={at}"));
        Assert.Empty(await ItemsAsync($"actor={bo.Id}&to={at}"));
    }

    [Theory]
    [InlineData("actor=Ana", "/actor")]
    [InlineData("from=yesterday", "/from")]
    [InlineData("limit=1001", "/limit")]
    [InlineData("cursor=abc", "/cursor")]
    [InlineData("action=%00", "/action")]
    [InlineData("acton=thing.make", "/acton")]
    public async Task List_BadFilter_SaysWhich(string query, string pointer) =>
        Assert.NotEmpty((await app.GetAsync($"{Audit}?{query}", HttpStatusCode.BadRequest)).Error(pointer));

    private async Task<List<JsonElement>> ItemsAsync(string query) =>
        [.. (await app.GetAsync($"{Audit}?{query}")).GetProperty("items").EnumerateArray()];

    private async Task ExecuteAsync(string sql)
    {
        await using var command = app.Database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    [GeneratedRegex(@"\A[a-z_]+\.[a-z_]+\z")]
    private static partial Regex ActionForm();
}

using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Marketing.Core.Access;
using Marketing.Functions.Tests.Fixtures;

namespace Marketing.Functions.Tests.Admin;

public sealed class TokenTests(MarketingApp app) : IClassFixture<MarketingApp>
{
    private const string Tokens = "v1/admin/tokens";

    [Fact]
    public async Task Create_Token_IsShownOnceAndWorks()
    {
        var created = await CreateAsync("editor");

        var token = created.Text("token");
        Assert.Matches(@"\Amkt_[A-Za-z0-9_-]{43}\z", token);
        Assert.Equal("editor", (await MeAsync(token)).Text("role"));
        Assert.False((await app.GetAsync($"{Tokens}/{created.Id()}")).TryGetProperty("token", out _));
        Assert.DoesNotContain(token, (await app.GetAsync($"{Tokens}?limit=100")).ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(token, (await app.GetAsync("v1/admin/audit?limit=1000")).ToString(), StringComparison.Ordinal);
        Assert.Equal((await app.GetAsync("v1/admin/me")).Id(), created.Text("created_by"));
    }

    [Theory]
    [InlineData("""{"role":"viewer"}""", "/name")]
    [InlineData("""{"name":"x"}""", "/role")]
    [InlineData("""{"name":"x","role":"admin"}""", "/role")]
    [InlineData("""{"name":"x","role":4}""", "/role")]
    [InlineData("""{"name":"x","role":"viewer","expires_at":"2001-01-01"}""", "/expires_at")]
    [InlineData("""{"name":"x","role":"viewer","token":"of my own"}""", "/token")]
    public async Task Create_BadInput_SaysWhatAndWhere(string body, string pointer) =>
        Assert.NotEmpty((await app.PostRawAsync(Tokens, body, HttpStatusCode.BadRequest)).Error(pointer));

    [Fact]
    public async Task Revoke_Token_IsRefusedFromThenOnAndStaysInTheList()
    {
        var created = await CreateAsync("viewer");

        await RevokeAsync(created.Id(), HttpStatusCode.NoContent);
        var revokedAt = (await app.GetAsync($"{Tokens}/{created.Id()}")).Text("revoked_at");
        await RevokeAsync(created.Id(), HttpStatusCode.NoContent);

        await MeAsync(created.Text("token"), HttpStatusCode.Unauthorized);
        Assert.Equal(revokedAt, (await app.GetAsync($"{Tokens}/{created.Id()}")).Text("revoked_at"));
        await PatchAsync(created.Id(), new { name = "back again" }, HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task Change_NameRoleAndExpiry_TakesEffectAtOnce()
    {
        var created = await CreateAsync("viewer");

        var changed = await PatchAsync(created.Id(), new { name = "Changed", role = "sender", expires_at = "2099-01-01T00:00:00Z" });
        var kept = await PatchAsync(created.Id(), new { name = "Again" });
        var unlimited = await PatchAsync(created.Id(), new { expires_at = (string?)null });

        Assert.Equal(("Changed", "sender", "2099-01-01T00:00:00Z"), (changed.Text("name"), changed.Text("role"), changed.Text("expires_at")));
        Assert.Equal(("Again", "sender", "2099-01-01T00:00:00Z"), (kept.Text("name"), kept.Text("role"), kept.Text("expires_at")));
        Assert.Equal(JsonValueKind.Null, unlimited.GetProperty("expires_at").ValueKind);
        Assert.Equal("sender", (await MeAsync(created.Text("token"))).Text("role"));
    }

    [Theory]
    [InlineData("""{"expires_at":"soon"}""", "/expires_at")]
    [InlineData("""{"expires_at":5}""", "/expires_at")]
    [InlineData("""{"expires_at":"2001-01-01"}""", "/expires_at")]
    [InlineData("""{"name":" "}""", "/name")]
    [InlineData("""{"revoked_at":null}""", "/revoked_at")]
    public async Task Change_BadInput_SaysWhatAndWhere(string body, string pointer)
    {
        var created = await CreateAsync("viewer");
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");

        var problem = await MarketingApp.ReadAsync(await app.Api.PatchAsync($"{Tokens}/{created.Id()}", content), HttpStatusCode.BadRequest);

        Assert.NotEmpty(problem.Error(pointer));
    }

    [Fact]
    public async Task Token_Expired_Is401()
    {
        var created = await CreateAsync("viewer", "2099-01-01");
        await MeAsync(created.Text("token"));

        await ExecuteAsync($"UPDATE admin_tokens SET expires_at = now() WHERE id = '{created.Id()}'");

        await MeAsync(created.Text("token"), HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Token_Used_IsWrittenOnceAMinute()
    {
        var created = await CreateAsync("viewer");
        await MeAsync(created.Text("token"));
        var first = await LastUsedAsync(created.Id());

        await MeAsync(created.Text("token"));
        var second = await LastUsedAsync(created.Id());
        await ExecuteAsync($"UPDATE admin_tokens SET last_used_at = last_used_at - interval '61 s' WHERE id = '{created.Id()}'");
        await MeAsync(created.Text("token"));

        Assert.Equal(JsonValueKind.Null, created.GetProperty("last_used_at").ValueKind);
        Assert.Equal(first, second);
        Assert.True(string.CompareOrdinal(await LastUsedAsync(created.Id()), first) > 0);
    }

    [Fact]
    public async Task List_Tokens_PagesNewestFirst()
    {
        var ids = new List<string>();
        for (var i = 0; i < 3; i++)
            ids.Add((await CreateAsync("viewer")).Id());

        var first = await app.GetAsync($"{Tokens}?limit=2");
        var second = await app.GetAsync($"{Tokens}?limit=1&cursor={first.Text("next_cursor")}");

        Assert.Equal([ids[2], ids[1]], first.GetProperty("items").EnumerateArray().Select(t => t.Id()));
        Assert.Equal([ids[0]], second.GetProperty("items").EnumerateArray().Select(t => t.Id()));
    }

    private Task<JsonElement> CreateAsync(string role, string? expiresAt = null) =>
        app.PostAsync(Tokens, new { name = $"Token {Guid.CreateVersion7()}", role, expires_at = expiresAt }, HttpStatusCode.Created);

    private async Task<JsonElement> PatchAsync(string id, object body, HttpStatusCode expected = HttpStatusCode.OK) =>
        await MarketingApp.ReadAsync(await app.Api.PatchAsJsonAsync($"{Tokens}/{id}", body), expected);

    private async Task RevokeAsync(string id, HttpStatusCode expected) =>
        await MarketingApp.ReadAsync(await app.Api.DeleteAsync($"{Tokens}/{id}"), expected);

    private async Task<JsonElement> MeAsync(string token, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var client = app.With(token);
        return await MarketingApp.ReadAsync(await client.GetAsync(new Uri("v1/admin/me", UriKind.Relative)), expected);
    }

    private async Task<string> LastUsedAsync(string id) => (await app.GetAsync($"{Tokens}/{id}")).Text("last_used_at");

    private async Task ExecuteAsync(string sql)
    {
        await using var command = app.Database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}

/// <summary>A class of its own: these count the owners.</summary>
public sealed class LastOwnerTests(MarketingApp app) : IClassFixture<MarketingApp>
{
    [Fact]
    public async Task RevokeAndDemote_LastValidOwner_Is409AndWithAnotherDone()
    {
        var first = (await app.GetAsync("v1/admin/me")).Id();
        foreach (var body in new object[] { new { role = "sender" }, new { expires_at = "2099-01-01" } })
            await PatchAsync(app.Api, first, body, HttpStatusCode.Conflict);
        await DeleteAsync(app.Api, first, HttpStatusCode.Conflict);
        await PatchAsync(app.Api, first, new { name = "Still the owner" }, HttpStatusCode.OK);

        using var second = await app.AsAsync(Role.Owner);
        var me = (await MarketingApp.ReadAsync(await second.GetAsync(new Uri("v1/admin/me", UriKind.Relative)), HttpStatusCode.OK)).Id();
        // Both at once, each revoking the other: one has to stay.
        var answers = await Task.WhenAll(StatusAsync(app.Api, me), StatusAsync(second, first));

        Assert.Single(answers, HttpStatusCode.NoContent);
        await using var owners = app.Database.CreateCommand("SELECT count(*) FROM admin_tokens WHERE role = 4 AND revoked_at IS NULL");
        Assert.Equal(1L, await owners.ExecuteScalarAsync());
    }

    private static async Task PatchAsync(HttpClient client, string id, object body, HttpStatusCode expected) =>
        await MarketingApp.ReadAsync(await client.PatchAsJsonAsync($"v1/admin/tokens/{id}", body), expected);

    private static async Task DeleteAsync(HttpClient client, string id, HttpStatusCode expected) =>
        await MarketingApp.ReadAsync(await client.DeleteAsync($"v1/admin/tokens/{id}"), expected);

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string id)
    {
        using var response = await client.DeleteAsync($"v1/admin/tokens/{id}");
        return response.StatusCode;
    }
}

using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Marketing.Core.Access;
using Marketing.Functions.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.Functions.Tests.Admin;

public sealed class EntraApp : MarketingApp
{
    protected override IReadOnlyDictionary<string, string?> Settings { get; } = new Dictionary<string, string?>
    {
        ["Marketing__EntraRoles"] = "Marketing.Owner=owner, Marketing.Editor=editor,Marketing.Sender=sender",
    };
}

public sealed class EntraTests(EntraApp app) : IClassFixture<EntraApp>
{
    private static readonly Uri Me = new("v1/admin/me", UriKind.Relative);

    [Fact]
    public async Task Principal_WithAMappedRole_ActsUnderAnIdThatStays()
    {
        var person = Guid.CreateVersion7();
        using var ana = SignedIn(person, "Ana", "Marketing.Editor");
        using var renamed = SignedIn(person, "Ana B.", "Marketing.Editor", "Marketing.Sender", "Other");

        var first = await ReadAsync(ana);
        var template = await MarketingApp.ReadAsync(
            await ana.PostAsJsonAsync("v1/admin/templates", new { name = $"T {person}", content = "Hi" }), HttpStatusCode.Created);
        var later = await ReadAsync(renamed);

        Assert.Equal(("Ana", "editor"), (first.Text("name"), first.Text("role")));
        Assert.Equal((first.Id(), "Ana B.", "sender"), (later.Id(), later.Text("name"), later.Text("role")));
        Assert.Equal(first.Id(), template.Text("created_by"));
        var entries = (await app.GetAsync($"v1/admin/audit?actor={first.Id()}")).GetProperty("items").EnumerateArray();
        Assert.Equal("template.create", Assert.Single(entries).Text("action"));
        Assert.EndsWith($"/{person}", (await app.GetAsync($"v1/admin/tokens/{first.Id()}")).Text("principal_id"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Principal_ManyRequestsAtOnce_IsOneRow()
    {
        var person = Guid.CreateVersion7();
        using var client = SignedIn(person, "Bo", "Marketing.Editor");

        var ids = await Task.WhenAll(Enumerable.Range(0, 6).Select(async _ => (await ReadAsync(client)).Id()));

        Assert.Single(ids.Distinct());
    }

    [Theory]
    [InlineData("Other")]
    [InlineData("owner")]
    [InlineData("marketing.owner")]
    public async Task Principal_WithoutAMappedRole_Is403(string role)
    {
        using var client = SignedIn(Guid.CreateVersion7(), "Eve", role);

        await ReadAsync(client, HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("not base64!")]
    [InlineData("bm90IGpzb24=")]
    [InlineData("bnVsbA==")]
    [InlineData("W10=")]
    [InlineData("eyJhdXRoX3R5cCI6ImFhZCIsImNsYWltcyI6W251bGxdfQ==")] // {"auth_typ":"aad","claims":[null]}
    public async Task Principal_Malformed_Is401(string header)
    {
        using var client = app.With(null);
        client.DefaultRequestHeaders.Add(ClientPrincipal.Header, header);

        await ReadAsync(client, HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Principal_OfAnotherProvider_Is401()
    {
        using var client = app.With(null);
        client.DefaultRequestHeaders.Add(ClientPrincipal.Header, PrincipalHeader.Of(Guid.CreateVersion7(), "Eve", "github", "Marketing.Owner"));

        await ReadAsync(client, HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Principal_FromAnotherSitesPage_Is403()
    {
        using var client = SignedIn(Guid.CreateVersion7(), "Ana", "Marketing.Owner");
        client.DefaultRequestHeaders.Add("Sec-Fetch-Site", "cross-site");

        await ReadAsync(client, HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Principal_WithATokenToo_IsTheTokensCaller()
    {
        using var client = SignedIn(Guid.CreateVersion7(), "Ana", "Marketing.Editor");
        client.DefaultRequestHeaders.Authorization = new("Bearer", MarketingApp.OwnerToken);

        Assert.Equal("owner", (await ReadAsync(client)).Text("name"));
    }

    [Fact]
    public async Task Principal_WithAnEntraTokenAsBearer_IsThePrincipal()
    {
        using var client = SignedIn(Guid.CreateVersion7(), "A program", "Marketing.Editor");
        client.DefaultRequestHeaders.Authorization = new("Bearer", "eyJ0eXAiOiJKV1QifQ.e30.c2ln");

        Assert.Equal("A program", (await ReadAsync(client)).Text("name"));
    }

    [Fact]
    public async Task Principal_Revoked_Is403AndStaysSo()
    {
        using var client = SignedIn(Guid.CreateVersion7(), "Leaver", "Marketing.Owner");
        var id = (await ReadAsync(client)).Id();

        await MarketingApp.ReadAsync(await app.Api.PatchAsJsonAsync($"v1/admin/tokens/{id}", new { role = "viewer" }), HttpStatusCode.Conflict);
        await MarketingApp.ReadAsync(await app.Api.DeleteAsync($"v1/admin/tokens/{id}"), HttpStatusCode.NoContent);

        await ReadAsync(client, HttpStatusCode.Forbidden);
        await ReadAsync(client, HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Principal_NotSeenForAWeek_LosesTheChatUntilTheNextSignIn()
    {
        using var client = SignedIn(Guid.CreateVersion7(), "Ana", "Marketing.Sender");
        var links = app.Host.Services.GetRequiredService<TelegramLinks>();
        var telegramId = MarketingApp.NewTelegramIds(1)[0];
        var code = await MarketingApp.ReadAsync(await client.PostAsync(new Uri("v1/admin/me/telegram-link", UriKind.Relative), null), HttpStatusCode.OK);
        await links.RedeemAsync(code.Text("code"), telegramId, default);
        var id = (await ReadAsync(client)).Id();

        var linked = await links.FindAsync(telegramId, default);
        await using (var command = app.Database.CreateCommand(
            $"UPDATE admin_tokens SET expires_at = expires_at - interval '8 d', last_used_at = last_used_at - interval '8 d' WHERE id = '{id}'"))
        {
            await command.ExecuteNonQueryAsync();
        }

        var forgotten = await links.FindAsync(telegramId, default);
        await ReadAsync(client);

        Assert.Equal((Role.Sender, null), (linked?.Role, forgotten?.Role));
        Assert.Equal(Role.Sender, (await links.FindAsync(telegramId, default))?.Role);
    }

    private HttpClient SignedIn(Guid person, string name, params string[] roles)
    {
        var client = app.With(null);
        client.DefaultRequestHeaders.Add(ClientPrincipal.Header, PrincipalHeader.Of(person, name, "aad", roles));
        return client;
    }

    private static async Task<JsonElement> ReadAsync(HttpClient client, HttpStatusCode expected = HttpStatusCode.OK) =>
        await MarketingApp.ReadAsync(await client.GetAsync(Me), expected);
}

/// <summary>With the settings as they come, the header is nobody's.</summary>
public sealed class EntraOffTests(MarketingApp app) : IClassFixture<MarketingApp>
{
    [Fact]
    public async Task Principal_NotAcceptedBySettings_Is401()
    {
        using var client = app.With(null);
        client.DefaultRequestHeaders.Add(ClientPrincipal.Header, PrincipalHeader.Of(Guid.CreateVersion7(), "Eve", "aad", "owner", "Marketing.Owner"));

        await MarketingApp.ReadAsync(await client.GetAsync(new Uri("v1/admin/me", UriKind.Relative)), HttpStatusCode.Unauthorized);
    }
}

internal static class PrincipalHeader
{
    /// <summary>As App Service authentication writes it for Microsoft Entra.</summary>
    public static string Of(Guid person, string name, string provider, params string[] roles) => Convert.ToBase64String(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new
    {
        auth_typ = provider,
        claims = new[]
        {
            new { typ = "iss", val = "https://login.microsoftonline.com/7d1f4f0e-0000-4000-8000-000000000001/v2.0" },
            new { typ = "name", val = name },
            new { typ = "http://schemas.microsoft.com/identity/claims/objectidentifier", val = person.ToString() },
            new { typ = "http://schemas.microsoft.com/identity/claims/tenantid", val = "7d1f4f0e-0000-4000-8000-000000000001" },
        }.Concat(roles.Select(role => new { typ = "roles", val = role })),
        name_typ = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
        role_typ = "http://schemas.microsoft.com/ws/2008/06/identity/claims/role",
    })));
}

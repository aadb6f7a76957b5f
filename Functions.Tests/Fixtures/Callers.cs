using System.Net;
using System.Net.Http.Headers;
using Marketing.Core.Access;

namespace Marketing.Functions.Tests.Fixtures;

/// <summary>Callers beside the owner whom every test class has.</summary>
internal static class Callers
{
    /// <summary>A client with a new token of this role.</summary>
    public static async Task<HttpClient> AsAsync(this MarketingApp app, Role role)
    {
        var token = await app.PostAsync(
            "v1/admin/tokens", new { name = $"{role} {Guid.CreateVersion7()}", role = role.ToString().ToLowerInvariant() }, HttpStatusCode.Created);
        return app.With(token.Text("token"));
    }

    public static HttpClient With(this MarketingApp app, string? token)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = app.Api.BaseAddress };
        if (token is not null)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    /// <summary>As if the request came from there: the host trusts the header of whoever is on this machine.</summary>
    public static HttpClient From(this HttpClient client, string address)
    {
        client.DefaultRequestHeaders.Add("X-Forwarded-For", address);
        return client;
    }
}

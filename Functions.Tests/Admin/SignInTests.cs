using System.Net;
using Marketing.Functions.Admin;
using Marketing.Functions.Tests.Fixtures;

namespace Marketing.Functions.Tests.Admin;

public sealed class SignInTests(MarketingApp app) : IClassFixture<MarketingApp>
{
    private static readonly Uri Me = new("v1/admin/me", UriKind.Relative);

    [Fact]
    public async Task WrongTokens_BeyondTheLimit_Are429EvenForAGoodTokenOfThatAddress()
    {
        using var wrong = app.With("wrong").From("203.0.113.1");
        using var good = app.With(MarketingApp.OwnerToken).From("203.0.113.1");
        using var elsewhere = app.With(MarketingApp.OwnerToken).From("203.0.113.2");

        for (var i = 0; i < SignInAttempts.MostAMinute; i++)
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(wrong));
        using var refused = await good.GetAsync(Me);

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType?.MediaType);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(elsewhere));
    }

    [Fact]
    public async Task WrongTokens_OfOneIPv6Network_CountTogether()
    {
        for (var i = 0; i < SignInAttempts.MostAMinute; i++)
        {
            using var wrong = app.With("wrong").From($"2001:db8:0:1::{i + 1}");
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(wrong));
        }

        using var neighbour = app.With("wrong").From("2001:db8:0:1::ffff");
        using var stranger = app.With("wrong").From("2001:db8:0:2::1");
        Assert.Equal(HttpStatusCode.TooManyRequests, await StatusAsync(neighbour));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(stranger));
    }

    [Fact]
    public async Task AddressesBeforeTheLast_OfTheForwardedHeader_AreTheClientsOwnWords()
    {
        for (var i = 0; i < SignInAttempts.MostAMinute; i++)
        {
            using var wrong = app.With("wrong").From($"198.51.100.{i}, 203.0.113.3");
            await StatusAsync(wrong);
        }

        using var again = app.With("wrong").From("198.51.100.99, 203.0.113.3");
        Assert.Equal(HttpStatusCode.TooManyRequests, await StatusAsync(again));
    }

    [Fact]
    public async Task NoToken_HoweverOften_IsNoAttempt()
    {
        using var none = app.With(null).From("203.0.113.4");

        for (var i = 0; i <= SignInAttempts.MostAMinute; i++)
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(none));
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client)
    {
        using var response = await client.GetAsync(Me);
        return response.StatusCode;
    }
}

using System.Net;
using System.Text;
using Dapper;
using Marketing.Functions.Delivery;
using Marketing.Functions.Tests.Fixtures;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.Functions.Tests.Tracking;

public sealed class TruncatingApp : MarketingApp
{
    protected override bool RunTimers => false;

    protected override IReadOnlyDictionary<string, string?> Settings { get; } = new Dictionary<string, string?>
    {
        ["Marketing__ClickIp"] = "truncate", ["Marketing__ClickRetentionDays"] = "30", ["Marketing__AttributionWindowDays"] = "0.5",
    };
}

public sealed class ClickPrivacyTests(TruncatingApp app) : IClassFixture<TruncatingApp>
{
    [Theory]
    [InlineData("203.0.113.77", "203.0.113.0")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1::")]
    public async Task FollowLink_AddressesTruncated_StoresTheNetworkOnly(string from, string stored)
    {
        var broadcast = await app.SentBroadcastAsync();

        (await app.OpenAsync(app.TheMessage(broadcast.TelegramIds[0]).Buttons[0], r => r.Headers.Add("X-Forwarded-For", from))).Dispose();

        Assert.Equal(stored, await ValueAsync<string>("SELECT host(ip_address) FROM cta_clicks WHERE broadcast_id = @Id", broadcast));
    }

    [Theory]
    [InlineData(511, 511)] // the 512th unit is half of a character
    [InlineData(510, 512)]
    [InlineData(600, 512)]
    public async Task FollowLink_LongUserAgent_IsCutBetweenCharacters(int letters, int expected)
    {
        var broadcast = await app.SentBroadcastAsync();
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 });
        var token = app.TheMessage(broadcast.TelegramIds[0]).Buttons[0].Url!.Split('/')[^1];
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(app.Host.Address, $"api/c/{token}"));
        request.Headers.TryAddWithoutValidation("User-Agent", new string('a', letters) + "💥" + "b");

        using var response = await http.SendAsync(request);

        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        var agent = await ValueAsync<string>("SELECT user_agent FROM cta_clicks WHERE broadcast_id = @Id", broadcast);
        Assert.Equal(expected, agent.Length);
    }

    [Fact]
    public async Task ForgetClicks_OlderThanTheSetting_LosesWhatIsPersonalAndCountsOn()
    {
        const int Old = 25_000;
        var broadcast = await app.SentBroadcastAsync();
        await using var db = await app.Database.OpenConnectionAsync();
        await db.ExecuteAsync("""
            INSERT INTO cta_clicks (id, user_id, broadcast_id, cta_button_id, clicked_at, last_pressed_at, user_agent, ip_address)
            SELECT gen_random_uuid(), gen_random_uuid(), @Id, @button, now() - age, now(), 'Mozilla/5.0', '203.0.113.9'
            FROM (SELECT CASE WHEN n <= @Old THEN interval '721 hours' ELSE interval '719 hours' END AS age FROM generate_series(1, @Old + 3) n) ages
            """, new { broadcast.Id, button = broadcast.ButtonIds[0], Old });

        await ActivatorUtilities.CreateInstance<CleanupTimers>(app.Host.Services).ForgetClicks(new TimerInfo(), default);

        Assert.Equal((Old + 3, 3, 3), await db.QuerySingleAsync<(int, int, int)>(
            "SELECT count(*)::integer, count(user_agent)::integer, count(ip_address)::integer FROM cta_clicks WHERE broadcast_id = @Id", new { broadcast.Id }));
    }

    [Theory]
    [InlineData(12, true)]
    [InlineData(13, false)]
    public async Task RecordConversion_WindowOfTheSetting_DecidesTheCredit(int hours, bool isCredited)
    {
        var broadcast = await app.SentBroadcastAsync();
        await app.ClickAsync(broadcast, Conversions.Noon);

        var row = await app.PostAsync("v1/conversions", Conversions.Of(broadcast.TelegramIds[0], Conversions.Key(), Conversions.Noon.AddHours(hours)), HttpStatusCode.Created);

        Assert.Equal(isCredited ? broadcast.Id : null, row.IdOrNull("broadcast_id"));
    }

    private async Task<T> ValueAsync<T>(string sql, SentBroadcast broadcast)
    {
        await using var db = await app.Database.OpenConnectionAsync();
        return await db.QuerySingleAsync<T>(sql, new { broadcast.Id });
    }
}

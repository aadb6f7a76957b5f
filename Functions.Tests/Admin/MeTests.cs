using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Marketing.Core.Access;
using Marketing.Functions.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.Functions.Tests.Admin;

public sealed class MeTests(MarketingApp app) : IClassFixture<MarketingApp>
{
    private static readonly Uri Me = new("v1/admin/me", UriKind.Relative);
    private static readonly Uri Link = new("v1/admin/me/telegram-link", UriKind.Relative);

    [Fact]
    public async Task Me_Editor_IsTheRoleAndWhatItMayDo()
    {
        using var editor = await app.AsAsync(Role.Editor);

        var me = await GetAsync(editor);

        Assert.Equal(("editor", "UTC", false), (me.Text("role"), me.Text("time_zone"), me.GetProperty("telegram_linked").GetBoolean()));
        Assert.Equal(["view", "edit", "record_conversions"], me.GetProperty("permissions").EnumerateArray().Select(p => p.GetString()));
        Assert.Equal(JsonValueKind.Null, me.GetProperty("expires_at").ValueKind);
    }

    [Fact]
    public async Task TimeZone_Changed_IsOfThisCallerOnly()
    {
        using var viewer = await app.AsAsync(Role.Viewer);

        var changed = await PatchAsync(viewer, new { time_zone = "Europe/Berlin" }, HttpStatusCode.OK);
        var kept = await PatchAsync(viewer, new { }, HttpStatusCode.OK);

        Assert.Equal(("Europe/Berlin", "Europe/Berlin"), (changed.Text("time_zone"), kept.Text("time_zone")));
        Assert.Equal("UTC", (await GetAsync(app.Api)).Text("time_zone"));
    }

    [Theory]
    [InlineData("Mars/Olympus")]
    [InlineData("europe berlin")]
    [InlineData("W. Europe Standard Time")]
    [InlineData("+02:00")]
    [InlineData("../zoneinfo/UTC")]
    [InlineData("/usr/share/zoneinfo/UTC")]
    [InlineData("")]
    public async Task TimeZone_NotOfTheIana_IsRefused(string timeZone) => Assert.Contains(
        "Europe/Berlin", (await PatchAsync(app.Api, new { time_zone = timeZone }, HttpStatusCode.BadRequest)).Error("/time_zone"), StringComparison.Ordinal);

    [Fact]
    public async Task TelegramLink_MadeAndDeleted_EndsTheAccountsRole()
    {
        using var sender = await app.AsAsync(Role.Sender);
        var links = app.Host.Services.GetRequiredService<TelegramLinks>();
        var telegramId = MarketingApp.NewTelegramIds(1)[0];
        await links.RedeemAsync(await CodeAsync(sender), telegramId, default);
        var waiting = await CodeAsync(sender);

        var linked = await GetAsync(sender);
        await MarketingApp.ReadAsync(await sender.DeleteAsync(Link), HttpStatusCode.NoContent);

        Assert.True(linked.GetProperty("telegram_linked").GetBoolean());
        Assert.False((await GetAsync(sender)).GetProperty("telegram_linked").GetBoolean());
        Assert.Null(await links.FindAsync(telegramId, default));
        Assert.Null(await links.RedeemAsync(waiting, telegramId, default));
    }

    private static async Task<string> CodeAsync(HttpClient client) =>
        (await MarketingApp.ReadAsync(await client.PostAsync(Link, null), HttpStatusCode.OK)).Text("code");

    private static async Task<JsonElement> GetAsync(HttpClient client) =>
        await MarketingApp.ReadAsync(await client.GetAsync(Me), HttpStatusCode.OK);

    private static async Task<JsonElement> PatchAsync(HttpClient client, object body, HttpStatusCode expected) =>
        await MarketingApp.ReadAsync(await client.PatchAsJsonAsync(Me, body), expected);
}

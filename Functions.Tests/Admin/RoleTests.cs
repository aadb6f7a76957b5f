using System.Net;
using System.Net.Http.Json;
using Marketing.Core.Access;
using Marketing.Functions.Tests.Fixtures;

namespace Marketing.Functions.Tests.Admin;

/// <summary>Who may call what, over HTTP, for every admin function and every role.</summary>
public sealed class RoleTests(MarketingApp app) : IClassFixture<MarketingApp>
{
    private static readonly Dictionary<string, Permission> Expected = new()
    {
        ["ListTemplates"] = Permission.View,
        ["GetTemplate"] = Permission.View,
        ["PreviewTemplate"] = Permission.View,
        ["PreviewTemplateContent"] = Permission.View,
        ["CreateTemplate"] = Permission.Edit,
        ["UpdateTemplate"] = Permission.Edit,
        ["DeleteTemplate"] = Permission.Edit,
        ["ListTemplateVersions"] = Permission.View,
        ["GetTemplateVersion"] = Permission.View,
        ["ListBroadcasts"] = Permission.View,
        ["GetBroadcast"] = Permission.View,
        ["GetBroadcastStats"] = Permission.View,
        ["GetBroadcastSegments"] = Permission.View,
        ["GetBroadcastSeries"] = Permission.View,
        ["CompareBroadcasts"] = Permission.View,
        ["RecountBroadcast"] = Permission.Edit,
        ["GetAnalytics"] = Permission.View,
        ["ListDeliveries"] = Permission.View,
        ["CreateBroadcast"] = Permission.Edit,
        ["UpdateBroadcast"] = Permission.Edit,
        ["DeleteBroadcast"] = Permission.Edit,
        ["DuplicateBroadcast"] = Permission.Edit,
        ["ApproveBroadcast"] = Permission.Send,
        ["SendBroadcast"] = Permission.Send,
        ["PauseBroadcast"] = Permission.Send,
        ["ResumeBroadcast"] = Permission.Send,
        ["CancelBroadcast"] = Permission.Send,
        ["TestBroadcast"] = Permission.Send,
        ["PreviewCohort"] = Permission.View,
        ["ListCohorts"] = Permission.View,
        ["GetCohort"] = Permission.View,
        ["PreviewSavedCohort"] = Permission.View,
        ["CreateCohort"] = Permission.Edit,
        ["UpdateCohort"] = Permission.Edit,
        ["DeleteCohort"] = Permission.Edit,
        ["ImportAudience"] = Permission.ManageAudience,
        ["ExportAudience"] = Permission.ManageAudience,
        ["ListUsers"] = Permission.View,
        ["GetUser"] = Permission.View,
        ["ChangeUser"] = Permission.ManageAudience,
        ["OptOutUser"] = Permission.ManageAudience,
        ["UndoOptOutUser"] = Permission.ManageAudience,
        ["ExportUser"] = Permission.ManageAudience,
        ["EraseUser"] = Permission.ManageAudience,
        ["ListConversions"] = Permission.View,
        ["CreateConversionLink"] = Permission.Edit,
        ["ListSuppressions"] = Permission.View,
        ["AddSuppression"] = Permission.ManageAudience,
        ["RemoveSuppression"] = Permission.ManageAudience,
        ["GetWebhook"] = Permission.View,
        ["RegisterWebhook"] = Permission.ManageBot,
        ["ListTokens"] = Permission.ManageTokens,
        ["GetToken"] = Permission.ManageTokens,
        ["CreateToken"] = Permission.ManageTokens,
        ["UpdateToken"] = Permission.ManageTokens,
        ["RevokeToken"] = Permission.ManageTokens,
        ["ListAuditEntries"] = Permission.ReadAuditLog,
        ["GetMe"] = Permission.View,
        ["UpdateMe"] = Permission.View,
        ["CreateTelegramLink"] = Permission.View,
        ["DeleteTelegramLink"] = Permission.View,
    };

    [Fact]
    public void Functions_OfTheAdminApi_AreAllInTheTable()
    {
        var names = HttpFunction.Admin.Select(function => function.Name).ToHashSet();

        Assert.Empty(names.Except(Expected.Keys)); // decide who may call these, and add them above
        Assert.Empty(Expected.Keys.Except(names)); // no longer there
    }

    [Theory]
    [InlineData(Role.Converter)]
    [InlineData(Role.Viewer)]
    [InlineData(Role.Editor)]
    [InlineData(Role.Sender)]
    [InlineData(Role.Owner)]
    public async Task AnyFunction_Role_IsRefusedUnlessTheTableAllowsIt(Role role)
    {
        using var client = await app.AsAsync(role);
        foreach (var function in HttpFunction.Admin.Where(function => Expected.ContainsKey(function.Name)))
        {
            using var request = function.Request();
            using var response = await client.SendAsync(request);

            var isRefused = response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden;
            Assert.True(
                isRefused != Permissions.Allows(role, Expected[function.Name]),
                $"{function}: {(int)response.StatusCode} for {role}, but it is to need {Expected[function.Name]}");
        }
    }

    [Theory]
    [InlineData(Role.Editor, HttpStatusCode.Forbidden)]
    [InlineData(Role.Sender, HttpStatusCode.Created)]
    public async Task CreateBroadcast_Scheduled_NeedsTheRightToSend(Role role, HttpStatusCode expected)
    {
        using var client = await app.AsAsync(role);
        var template = await app.TemplateAsync();
        var scheduled = new { title = "Soon", template_id = template.Id(), cohort_query = new { }, scheduled_at = "2099-01-01T00:00:00Z" };
        var draft = new { scheduled.title, scheduled.template_id, scheduled.cohort_query };

        var made = await MarketingApp.ReadAsync(await client.PostAsJsonAsync("v1/admin/broadcasts", draft), HttpStatusCode.Created);
        await MarketingApp.ReadAsync(await client.PostAsJsonAsync("v1/admin/broadcasts", scheduled), expected);
        await MarketingApp.ReadAsync(
            await client.PutAsJsonAsync($"v1/admin/broadcasts/{made.Id()}", scheduled),
            expected == HttpStatusCode.Created ? HttpStatusCode.OK : expected);
    }

    [Fact]
    public async Task AnyFunction_NoToken_Is401()
    {
        using var client = app.With(null);
        foreach (var function in HttpFunction.Admin)
        {
            using var request = function.Request();
            using var response = await client.SendAsync(request);

            Assert.True(response.StatusCode == HttpStatusCode.Unauthorized, $"{function}: {(int)response.StatusCode} without a token");
        }
    }
}

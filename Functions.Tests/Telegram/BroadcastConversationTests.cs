using Marketing.Functions.Tests.Fixtures;

namespace Marketing.Functions.Tests.Telegram;

/// <summary>/broadcast from its beginning to the report.</summary>
public sealed class BroadcastConversationTests(MarketingApp app) : IClassFixture<MarketingApp>
{
    [Fact]
    public async Task Broadcast_ToConfirmAndReport_SendsOneBroadcastAndReportsItsClicks()
    {
        var (region, ids) = await app.AudienceAsync(3);
        var template = await app.TemplateAsync();
        await app.SaveCohortAsync($"Cohort {region}", new { region });
        var admin = await AdminInChat.LinkedAsync(app);

        await admin.SayAsync("/broadcast");
        Assert.Equal("New broadcast\nWhich template? Choose its category.", admin.Control.Text);
        await admin.PressAsync("tests");
        await admin.PressAsync(template.Text("name")[..30]);
        Assert.Equal("Hi Ada", admin.Control.Text); // the admin is not in the audience
        Assert.Equal(["Open", "Join", "Edit text", "Next ›", "‹ Back", "Cancel"], admin.Labels);
        await admin.WalkAsync("Next", $"Cohort {region} · 3");
        Assert.Contains("3 users now", admin.Control.Text, StringComparison.Ordinal);
        await admin.PressAsync("Now");
        Assert.EndsWith("Ready to send to 3 users. Confirm?", admin.Control.Text, StringComparison.Ordinal);
        Assert.Equal(["Yes", "Cancel", "‹ Back"], admin.Labels);
        await admin.PressAsync("Yes");

        var report = await MarketingApp.UntilAsync(() => Task.FromResult(admin.Control.Text), text => text.Contains("Sent, finished", StringComparison.Ordinal));
        Assert.Contains("Sent 3 of 3", report, StringComparison.Ordinal);
        Assert.Single(admin.Messages, m => m.ReplyMarkup is not null); // the whole conversation in one message
        var broadcast = Assert.Single((await app.GetAsync("v1/admin/broadcasts")).GetProperty("items").EnumerateArray());
        Assert.Equal(("sent", template.Id(), admin.TokenId.ToString()), (broadcast.Text("status"), broadcast.Text("template_id"), broadcast.Text("created_by")));

        var (message, buttons) = app.TheMessage(ids[0]);
        Assert.Equal($"Hi Name{ids[0]}", message.Text);
        await app.Telegram.PressAsync(ids[0], message.MessageId, buttons[1].CallbackData!, default);
        await admin.PressAsync("Refresh");
        Assert.Contains("Clicks 1 by 1 user, CTR 33.33%", admin.Control.Text, StringComparison.Ordinal);
        Assert.Contains("Join: 1", admin.Control.Text, StringComparison.Ordinal);
        Assert.Equal(["telegram.link", "broadcast.create", "broadcast.send"], await admin.AuditAsync());
    }
}

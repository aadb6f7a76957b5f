using Marketing.Core.Access;
using Marketing.Functions.Tests.Fixtures;

namespace Marketing.Functions.Tests.Telegram;

public sealed class AdminCommandTests(MarketingApp app) : IClassFixture<MarketingApp>
{
    private const string Refusal = "Sorry, only admins who may send broadcasts can do this. /help lists what I do for you.";

    [Fact]
    public async Task Link_GoodCode_NamesTheTokenAndItsRole()
    {
        var admin = await AdminInChat.LinkedAsync(app);

        Assert.Equal($"This chat now acts as Admin {admin.TokenId}, with the role sender. /help lists what you can do.", admin.Last.Text);
    }

    [Theory]
    [InlineData("/link", "Send the code along with it: /link CODE.")]
    [InlineData("/link NOSUCHCODE", "This code is wrong, was used, or is older than ten minutes.")]
    public async Task Link_WrongCode_SaysWhatToDo(string said, string expected)
    {
        var person = Stranger();

        await person.SayAsync(said);

        Assert.StartsWith(expected, person.Last.Text, StringComparison.Ordinal);
        Assert.Empty(await person.AuditAsync());
    }

    [Fact]
    public async Task Link_AViewer_SaysWhichRoleItTakes()
    {
        var viewer = await AdminInChat.LinkedAsync(app, Role.Viewer);

        Assert.EndsWith("Sending broadcasts takes the role sender; ask an owner for it.", viewer.Last.Text, StringComparison.Ordinal);
        await viewer.SayAsync("/broadcast");
        Assert.Equal(Refusal, viewer.Last.Text);
        Assert.Equal(["telegram.link", "telegram.refused"], await viewer.AuditAsync());
    }

    [Theory]
    [InlineData("/broadcast")]
    [InlineData("/Broadcasts@the_bot")]
    [InlineData("/stats now")]
    [InlineData("/cancel")]
    public async Task AdminCommand_OfAStranger_IsRefusedAndAudited(string said)
    {
        var person = Stranger();

        await person.SayAsync(said);

        Assert.Equal(Refusal, Assert.Single(person.Messages).Text);
        Assert.Equal(["telegram.refused"], await person.AuditAsync());
    }

    [Fact]
    public async Task AdminButton_OfAStranger_IsRefusedAndAudited()
    {
        var admin = await AdminInChat.LinkedAsync(app);
        await admin.PreviewAsync();
        var person = Stranger();

        Assert.Equal(
            "Sorry, only admins who may send broadcasts can do this.",
            await app.PressAsync(person.TelegramId, 1, admin.Button("Next").CallbackData!));

        Assert.Equal("Hi Ada", admin.Control.Text);
        Assert.Equal(["telegram.refused"], await person.AuditAsync());
    }

    [Fact]
    public async Task Text_OfAStranger_IsNoAdminsBusiness()
    {
        var person = Stranger();

        await person.SayAsync("hello");

        Assert.Empty(person.Messages);
        Assert.Empty(await person.AuditAsync());
    }

    [Fact]
    public async Task AdminCommand_InAGroup_IsNotAnswered()
    {
        var admin = await AdminInChat.LinkedAsync(app);
        var message = admin.Message(900_020, ("text", "/broadcast"));
        message["chat"] = new { id = -4_000_000_001, type = "group", title = "Us" };

        await admin.PostAsync("message", message);

        Assert.Single(admin.Messages);
        Assert.Empty(app.Telegram.Messages(-4_000_000_001));
    }

    [Theory]
    [InlineData("/help", "What you can do here")]
    [InlineData("hello", "I am not waiting for anything. Send /broadcast to make a broadcast; /help lists what else there is.")]
    [InlineData("/bold <b>", "I do not know /bold. /help lists what I do.")]
    [InlineData("/cancel", "There is nothing to cancel. To stop a broadcast that is being sent, use /broadcasts.")]
    public async Task Command_WithoutAConversation_IsAnswered(string said, string expected)
    {
        var admin = await AdminInChat.LinkedAsync(app);

        await admin.SayAsync(said);

        Assert.StartsWith(expected, admin.Last.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancel_OpenConversation_EndsIt()
    {
        var admin = await AdminInChat.LinkedAsync(app);
        await admin.PreviewAsync();
        var (control, next) = (admin.Control.MessageId, admin.Button("Next"));

        await admin.SayAsync("/cancel");

        Assert.Equal("Cancelled. Nothing was sent.", admin.Last.Text);
        var left = admin.Messages.Single(m => m.MessageId == control);
        Assert.Equal(("Cancelled. Nothing was sent.", null), (left.Text, left.ReplyMarkup));
        Assert.Equal("This button is out of date; send /broadcast to start again.", await app.PressAsync(admin.TelegramId, control, next.CallbackData!));
    }

    [Fact]
    public async Task CancelButton_OfAnOpenConversation_EndsIt()
    {
        var admin = await AdminInChat.LinkedAsync(app);
        await admin.PreviewAsync();
        await admin.WalkAsync("Next", "Cancel");

        Assert.Equal("Cancelled. Nothing was sent.", admin.Last.Text);
    }

    [Fact]
    public async Task Broadcasts_ListCardAndBack_ShowNumbersAndControls()
    {
        var (region, ids) = await app.AudienceAsync(2);
        var name = $"<Sale> & {ids[0]}";
        var broadcast = await BroadcastAsync(name, region, null);
        await app.SendAsync(broadcast);
        var later = await BroadcastAsync("Later", region, TimeProvider.System.GetUtcNow().AddDays(1));
        var admin = await AdminInChat.LinkedAsync(app);

        await admin.SayAsync("/broadcasts");
        Assert.Equal("Later · scheduled", admin.Labels[0]);
        Assert.InRange(admin.Labels.Count, 2, 10);
        await admin.PressAsync($"{name} · sent");
        Assert.StartsWith($"{name}\n✅ Sent, finished ", admin.Control.Text, StringComparison.Ordinal);
        Assert.Contains("Sent 2 of 2", admin.Control.Text, StringComparison.Ordinal);
        Assert.Equal(["Refresh", "‹ Back"], admin.Labels);
        await admin.WalkAsync("‹ Back", "Later", "Cancel");

        Assert.Contains("⏹ Cancelled", admin.Control.Text, StringComparison.Ordinal);
        Assert.Equal("cancelled", (await app.GetAsync($"v1/admin/broadcasts/{later}")).Text("status"));
        Assert.Single(admin.Messages, m => m.ReplyMarkup is not null); // one message, edited in place
        Assert.Equal(["telegram.link", "broadcast.cancel"], await admin.AuditAsync());
    }

    [Fact]
    public async Task Broadcasts_DeletedMeanwhile_IsSaid()
    {
        var id = await BroadcastAsync("Gone", "nowhere", null);
        var admin = await AdminInChat.LinkedAsync(app);
        await admin.SayAsync("/broadcasts");
        using var deleted = await app.Api.DeleteAsync($"v1/admin/broadcasts/{id}");

        await admin.PressAsync("Gone");

        Assert.StartsWith("This broadcast was deleted.", admin.Last.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stats_OfTheLast30Days_AddUp()
    {
        var (region, _) = await app.AudienceAsync(2);
        await app.SendAsync(await app.BroadcastAsync(new { region }));
        var admin = await AdminInChat.LinkedAsync(app);

        await admin.SayAsync("/stats");

        var totals = (await app.GetAsync("v1/admin/broadcasts/analytics")).GetProperty("totals");
        Assert.StartsWith("The last 30 days\nBroadcasts ", admin.Last.Text, StringComparison.Ordinal);
        Assert.Contains($"Sent {totals.Number("sent")} of {totals.Number("total_recipients")}", admin.Last.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Broadcast_NoTemplateYet_SaysHowToMakeOne()
    {
        await using var empty = new EmptyApp();
        await empty.InitializeAsync();
        var admin = await AdminInChat.LinkedAsync(empty);

        await admin.SayAsync("/broadcast");
        Assert.StartsWith("There is no template yet. Make one with POST /api/v1/admin/templates", admin.Control.Text, StringComparison.Ordinal);
        await admin.PressAsync("Cancel");
        await admin.SayAsync("/broadcasts");

        Assert.Equal("There is no broadcast yet. Send /broadcast to make one.", admin.Last.Text);
    }

    private sealed class EmptyApp : MarketingApp, IAsyncDisposable
    {
        async ValueTask IAsyncDisposable.DisposeAsync() => await DisposeAsync();
    }

    private AdminInChat Stranger() => new(app, MarketingApp.NewTelegramIds(1)[0]);

    private async Task<string> BroadcastAsync(string title, string region, DateTimeOffset? scheduledAt) => (await app.PostAsync("v1/admin/broadcasts", new
    {
        title, template_id = (await app.TemplateAsync()).Id(), cohort_query = new { region }, scheduled_at = scheduledAt,
    }, System.Net.HttpStatusCode.Created)).Id();
}

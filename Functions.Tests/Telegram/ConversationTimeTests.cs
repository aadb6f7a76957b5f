using Dapper;
using Marketing.Functions.Tests.Fixtures;

namespace Marketing.Functions.Tests.Telegram;

/// <summary>Choosing when it goes out.</summary>
public sealed class ConversationTimeTests(MarketingApp app) : IClassFixture<MarketingApp>
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    [Fact]
    public async Task Time_Typed_IsConfirmedAndScheduledInTheAdminsZone()
    {
        var (region, _) = await app.AudienceAsync(2);
        var admin = await AdminInChat.LinkedAsync(app, timeZone: "Asia/Kolkata");
        await admin.TimeAsync(new { region });
        var day = Now.AddDays(40).ToOffset(TimeSpan.FromHours(5.5)).Date;

        await admin.SayAsync($"{day:yyyy-MM-dd} 18:00");
        Assert.EndsWith(
            $"Ready to send to 2 users on {day:ddd d MMM yyyy} 18:00 Asia/Kolkata (UTC+05:30). Confirm?", admin.Control.Text, StringComparison.Ordinal);
        await admin.PressAsync("Yes");

        var broadcast = await app.GetAsync($"v1/admin/broadcasts/{Assert.Single(await admin.BroadcastsAsync())}");
        Assert.Equal("scheduled", broadcast.Text("status"));
        Assert.Equal(new DateTimeOffset(day.AddHours(18), TimeSpan.FromHours(5.5)), broadcast.GetProperty("scheduled_at").GetDateTimeOffset());
        Assert.Contains("Scheduled for", admin.Control.Text, StringComparison.Ordinal);
        await admin.PressAsync("Cancel");
        Assert.Contains("Cancelled", admin.Control.Text, StringComparison.Ordinal);
        Assert.Equal(["telegram.link", "broadcast.schedule", "broadcast.cancel"], await admin.AuditAsync());
    }

    [Fact]
    public async Task Time_InAnHourByButton_IsScheduled()
    {
        var (region, _) = await app.AudienceAsync(1);
        var admin = await AdminInChat.LinkedAsync(app);
        await admin.TimeAsync(new { region });

        await admin.WalkAsync("In 1 hour", "Yes");

        var broadcast = await app.GetAsync($"v1/admin/broadcasts/{Assert.Single(await admin.BroadcastsAsync())}");
        Assert.InRange(broadcast.GetProperty("scheduled_at").GetDateTimeOffset(), Now.AddMinutes(59), Now.AddMinutes(75));
    }

    [Fact]
    public async Task Time_TomorrowByButton_IsTheNextMorningOfTheZone()
    {
        var (region, _) = await app.AudienceAsync(1);
        var admin = await AdminInChat.LinkedAsync(app, timeZone: "Asia/Kolkata");
        await admin.TimeAsync(new { region });

        await admin.PressAsync("Tomorrow 09:00");

        Assert.Contains("09:00 Asia/Kolkata (UTC+05:30). Confirm?", admin.Control.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Time_WithinAMinute_IsSentWithoutWaitingForTheTimer()
    {
        var (region, ids) = await app.AudienceAsync(1);
        var admin = await AdminInChat.LinkedAsync(app);
        await admin.TimeAsync(new { region });
        var soon = await ScheduleInAsync(admin, TimeSpan.FromSeconds(5));

        await app.EndAsync(soon.ToString());

        Assert.Single(app.Telegram.Messages(ids[0]));
    }

    [Theory]
    [InlineData("soon", "This is no time that I can read. Write it like 2026-12-01 18:00, 18:00 or tomorrow 9:30.")]
    [InlineData("2020-01-01 10:00", "Wed 1 Jan 2020 10:00 Europe/Berlin (UTC+01:00) is in the past")]
    [InlineData("2099-01-01 10:00", "is more than a year away")]
    public async Task Time_Wrong_SaysWhyAndStays(string typed, string expected)
    {
        var admin = await AdminInChat.LinkedAsync(app, timeZone: "Europe/Berlin");
        await admin.TimeAsync(new { });

        await admin.SayAsync(typed);

        Assert.Contains(expected, admin.Control.Text, StringComparison.Ordinal);
        await admin.SayAsync("tomorrow 9:30");
        Assert.Contains("09:30 Europe/Berlin", admin.Control.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Time_Voice_SaysWhatIsExpected()
    {
        var admin = await AdminInChat.LinkedAsync(app);
        await admin.TimeAsync(new { });

        await admin.PostAsync("message", admin.Message(900_010, ("voice", new { file_id = "x" })));

        Assert.Contains("Press a time below, or write one like", admin.Control.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Zone_TypedOrPressed_IsKeptWithTheToken()
    {
        var admin = await AdminInChat.LinkedAsync(app);
        await admin.TimeAsync(new { });

        await admin.PressAsync("Time zone: UTC");
        await admin.SayAsync("europe/berlni");
        Assert.Contains("There is no time zone europe/berlni. Did you mean Europe/Berlin?", admin.Control.Text, StringComparison.Ordinal);
        await admin.PostAsync("message", admin.Message(900_011, ("sticker", new { file_id = "x" })));
        Assert.Contains("Send the name of your time zone as text", admin.Control.Text, StringComparison.Ordinal);
        await admin.SayAsync("europe/berlin");
        Assert.Contains("Time zone: Europe/Berlin", admin.Labels);
        await admin.WalkAsync("Time zone", "Asia/Dubai");

        Assert.Contains("Asia/Dubai (UTC+04:00)", admin.Control.Text, StringComparison.Ordinal);
        await using var db = await app.Database.OpenConnectionAsync();
        Assert.Equal("Asia/Dubai", await db.QuerySingleAsync<string>("SELECT time_zone FROM admin_tokens WHERE id = @TokenId", new { admin.TokenId }));
    }

    [Fact]
    public async Task Confirm_TextInsteadOfYes_SaysWhatIsExpected()
    {
        var admin = await AdminInChat.LinkedAsync(app);
        await app.AudienceAsync(1);
        await admin.ConfirmAsync(new { });

        await admin.SayAsync("yes");

        Assert.Contains("Press Yes to send, or Cancel.", admin.Control.Text, StringComparison.Ordinal);
        Assert.Empty(await admin.BroadcastsAsync());
    }

    [Fact]
    public async Task Confirm_TimePassedMeanwhile_AsksForAnother()
    {
        var admin = await AdminInChat.LinkedAsync(app);
        await app.AudienceAsync(1);
        await admin.TimeAsync(new { });
        await admin.PressAsync("In 1 hour");
        await SetTimeAsync(admin, Now.AddMinutes(-1));

        await admin.PressAsync("Yes");

        Assert.Contains("That time has passed. Choose another.", admin.Control.Text, StringComparison.Ordinal);
        Assert.Empty(await admin.BroadcastsAsync());
    }

    // Times are typed to the minute; a test does not wait for one.
    private async Task<Guid> ScheduleInAsync(AdminInChat admin, TimeSpan wait)
    {
        await admin.PressAsync("In 1 hour");
        await SetTimeAsync(admin, TimeProvider.System.GetUtcNow() + wait);
        await admin.PressAsync("Yes");
        return Assert.Single(await admin.BroadcastsAsync());
    }

    private async Task SetTimeAsync(AdminInChat admin, DateTimeOffset time)
    {
        await using var db = await app.Database.OpenConnectionAsync();
        Assert.Equal(1, await db.ExecuteAsync(
            "UPDATE conversations SET state = jsonb_set(state, '{at}', to_jsonb(@at::text)) WHERE chat_id = @TelegramId AND step = 8",
            new { admin.TelegramId, at = time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", null) }));
    }
}

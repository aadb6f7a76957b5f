using Dapper;
using Marketing.Core.Telegram;
using Marketing.Functions.Tests.Fixtures;
using Marketing.Local.Telegram;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.Functions.Tests.Telegram;

/// <summary>An app whose timers a test runs itself, and that sends so slowly that a broadcast can be caught on its way.</summary>
public sealed class SlowApp : MarketingApp
{
    protected override bool RunTimers => false;

    protected override IReadOnlyDictionary<string, string?> Settings { get; } = new Dictionary<string, string?> { ["Marketing__SendRate"] = "2" };
}

/// <summary>The message that follows a broadcast to its end.</summary>
public sealed class ProgressTests(SlowApp app) : IClassFixture<SlowApp>
{
    private ProgressMessages Progress => app.Host.Services.GetRequiredService<ProgressMessages>();

    [Fact]
    public async Task Progress_PausedResumedAndCancelled_IsFollowedToTheReport()
    {
        var admin = await SendingAsync(recipients: 200);
        Assert.Equal(["Pause", "Cancel"], admin.Labels);

        await MarketingApp.UntilAsync(TickAsync(admin), text => text.Contains("messages/s, about", StringComparison.Ordinal));
        Assert.Matches(@"📤 Sending\n[▓░]{12} \d+%\nSent \d+ of 200\n", admin.Control.Text);
        await admin.PressAsync("Pause");
        Assert.Contains("⏸ Paused", admin.Control.Text, StringComparison.Ordinal);
        Assert.Equal(["Resume", "Cancel"], admin.Labels);
        await admin.PressAsync("Resume");
        Assert.Equal(["Pause", "Cancel"], admin.Labels);
        await admin.PressAsync("Cancel");
        await using var db = await app.Database.OpenConnectionAsync();
        await MarketingApp.UntilAsync(
            async () =>
            {
                await Progress.UpdateAsync(default);
                return await db.QuerySingleAsync<int>("SELECT step FROM conversations WHERE chat_id = @TelegramId", new { admin.TelegramId });
            },
            step => step == 11);

        Assert.StartsWith("Template", admin.Control.Text, StringComparison.Ordinal);
        Assert.Matches("⏹ Cancelled\nSent \\d+ of 200\n\nClicks 0 by 0 users, CTR 0%", admin.Control.Text);
        Assert.Equal(["Refresh"], admin.Labels);
        Assert.Equal(
            ["telegram.link", "broadcast.create", "broadcast.send", "broadcast.pause", "broadcast.resume", "broadcast.cancel"], await admin.AuditAsync());
    }

    [Fact]
    public async Task Pause_PressedTwice_SaysThatItIsPaused()
    {
        var admin = await SendingAsync(recipients: 100);
        var pause = admin.Button("Pause");
        await admin.PressDataAsync(pause);

        Assert.Equal("The broadcast is paused and cannot become paused.", await admin.PressDataAsync(pause));

        Assert.Equal(["Resume", "Cancel"], admin.Labels);
        await admin.PressAsync("Cancel");
    }

    [Fact]
    public async Task Progress_NothingChanged_IsNotEdited()
    {
        var (region, _) = await app.AudienceAsync(1);
        var admin = await AdminInChat.LinkedAsync(app);
        await admin.TimeAsync(new { region });
        await admin.WalkAsync("In 1 hour", "Yes");
        await Progress.UpdateAsync(default);
        await DeleteAsync(admin);

        await Progress.UpdateAsync(default);

        Assert.DoesNotContain(admin.Messages, m => m.ReplyMarkup is not null && !m.Deleted); // an edit would have found it gone
    }

    [Fact]
    public async Task Progress_OneBlockedAndOneDeleted_DoNotStopTheOthers()
    {
        var admins = new[] { await SendingAsync(1), await SendingAsync(1), await SendingAsync(1) };
        foreach (var admin in admins)
            await app.EndAsync(Assert.Single(await admin.BroadcastsAsync()).ToString());
        app.Telegram.SetChat(admins[0].TelegramId, ChatStatus.Blocked);
        var deleted = await DeleteAsync(admins[1]);

        await Progress.UpdateAsync(default);

        Assert.DoesNotContain("CTR", admins[0].Control.Text, StringComparison.Ordinal);
        Assert.Contains("CTR", admins[1].Control.Text, StringComparison.Ordinal);
        Assert.NotEqual(deleted, admins[1].Control.MessageId);
        Assert.Contains("CTR", admins[2].Control.Text, StringComparison.Ordinal);
        await using var db = await app.Database.OpenConnectionAsync();
        Assert.Equal(3, await db.QuerySingleAsync<long>(
            "SELECT count(*) FROM conversations WHERE step = 11 AND chat_id = ANY(@ids)", new { ids = admins.Select(a => a.TelegramId).ToArray() }));
    }

    [Fact]
    public async Task Progress_TelegramAwayForATick_IsEditedAtTheNext()
    {
        var admin = await SendingAsync(1);
        await app.EndAsync(Assert.Single(await admin.BroadcastsAsync()).ToString());
        var settings = app.Telegram.Settings;
        app.Telegram.Settings = settings with { Fault5xxPercent = 100 };
        await Progress.UpdateAsync(default);
        app.Telegram.Settings = settings;
        Assert.DoesNotContain("CTR", admin.Control.Text, StringComparison.Ordinal);

        await Progress.UpdateAsync(default);

        Assert.Contains("CTR", admin.Control.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Progress_TokenRevoked_TellsNothingMore()
    {
        var admin = await SendingAsync(1);
        await app.EndAsync(Assert.Single(await admin.BroadcastsAsync()).ToString());
        await using var db = await app.Database.OpenConnectionAsync();
        await db.ExecuteAsync("UPDATE admin_tokens SET revoked_at = now() WHERE id = @TokenId", new { admin.TokenId });

        await Progress.UpdateAsync(default);

        Assert.DoesNotContain("CTR", admin.Control.Text, StringComparison.Ordinal);
    }

    private async Task<AdminInChat> SendingAsync(int recipients)
    {
        var (region, _) = await app.AudienceAsync(recipients);
        var admin = await AdminInChat.LinkedAsync(app);
        await admin.ConfirmAsync(new { region });
        await admin.PressAsync("Yes");
        return admin;
    }

    private Func<Task<string>> TickAsync(AdminInChat admin) => async () =>
    {
        await Progress.UpdateAsync(default);
        return admin.Control.Text;
    };

    private async Task<int> DeleteAsync(AdminInChat admin)
    {
        var id = admin.Control.MessageId;
        await app.DeleteMessageAsync(admin.TelegramId, id);
        return id;
    }
}

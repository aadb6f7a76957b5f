using Dapper;
using Marketing.Functions.Tests.Fixtures;

namespace Marketing.Functions.Tests.Telegram;

/// <summary>Double taps, stale buttons, crashes, other people: never a second broadcast, and no dead end.</summary>
public sealed class ConversationSafetyTests(MarketingApp app) : IClassFixture<MarketingApp>
{
    private const string OutOfDate = "This button is out of date; send /broadcast to start again.";

    [Fact]
    public async Task Yes_TappedFiveTimesAtOnce_MakesOneBroadcast()
    {
        var (region, ids) = await app.AudienceAsync(2);
        var admin = await AdminInChat.LinkedAsync(app);
        await admin.ConfirmAsync(new { region });
        var yes = admin.Button("Yes");

        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => admin.PressDataAsync(yes)));
        await app.EndAsync(Assert.Single(await admin.BroadcastsAsync()).ToString());
        await admin.PressDataAsync(yes);

        Assert.Single(await admin.BroadcastsAsync());
        Assert.All(ids, id => Assert.Single(app.Telegram.Messages(id)));
        Assert.Equal(["telegram.link", "broadcast.create", "broadcast.send"], await admin.AuditAsync());
    }

    [Fact]
    public async Task Yes_DeliveredTwice_MakesOneBroadcast()
    {
        var (region, ids) = await app.AudienceAsync(1);
        var admin = await AdminInChat.LinkedAsync(app);
        await admin.ConfirmAsync(new { region });
        var press = Press(admin, "the-same-press", admin.Button("Yes").CallbackData!);

        await admin.PostAsync("callback_query", press); // under another update's number, which the deduplication does not see
        await admin.PostAsync("callback_query", press);
        await app.EndAsync(Assert.Single(await admin.BroadcastsAsync()).ToString());

        Assert.Single(app.Telegram.Messages(ids[0]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Yes_CrashAfterIt_GoesOnWithTheSameBroadcast(bool inserted)
    {
        var (region, ids) = await app.AudienceAsync(1);
        var admin = await AdminInChat.LinkedAsync(app);
        await admin.ConfirmAsync(new { region });
        var yes = admin.Button("Yes");
        await using var db = await app.Database.OpenConnectionAsync();
        // As a worker leaves it that dies right after it stored the transition, or right after it made the broadcast.
        var id = await db.QuerySingleAsync<Guid>("""
            UPDATE conversations SET step = 9, version = version + 1, state = state || '{"confirm_press": "lost"}'
            WHERE chat_id = @TelegramId AND step = 8 RETURNING broadcast_id
            """, new { admin.TelegramId });
        if (inserted)
        {
            await db.ExecuteAsync("""
                INSERT INTO broadcasts (id, title, template_id, cohort_query, status, created_by)
                SELECT @id, 'Made before the crash', (state ->> 'template_id')::uuid, state -> 'cohort', 0, admin_id FROM conversations WHERE broadcast_id = @id
                """, new { id });
        }

        Assert.Equal("The broadcast is on its way.", await admin.PressDataAsync(yes)); // another tap, while a worker may be at it
        await admin.PostAsync("callback_query", Press(admin, "lost", yes.CallbackData!)); // Telegram's second delivery
        await app.EndAsync(id.ToString());

        Assert.Equal([id], await admin.BroadcastsAsync());
        Assert.Single(app.Telegram.Messages(ids[0]));
        Assert.Contains("broadcast.send", await admin.AuditAsync());
    }

    [Fact]
    public async Task Yes_PressedAgainAMinuteAfterACrash_GoesOn()
    {
        var (region, _) = await app.AudienceAsync(1);
        var admin = await AdminInChat.LinkedAsync(app);
        await admin.ConfirmAsync(new { region });
        await using var db = await app.Database.OpenConnectionAsync();
        await db.ExecuteAsync("""
            UPDATE conversations SET step = 9, version = version + 1, updated_at = now() - interval '61 seconds' WHERE chat_id = @TelegramId AND step = 8
            """, new { admin.TelegramId });

        await admin.PressAsync("Yes");

        Assert.Single(await admin.BroadcastsAsync());
    }

    [Fact]
    public async Task YesAndCancel_AtOnce_DoOneOfTheTwo()
    {
        var (region, _) = await app.AudienceAsync(1);
        var admin = await AdminInChat.LinkedAsync(app);
        for (var i = 0; i < 5; i++)
        {
            var before = (await admin.BroadcastsAsync()).Count;
            await admin.ConfirmAsync(new { region });
            var (yes, cancel) = (admin.Button("Yes"), admin.Button("Cancel"));
            var control = admin.Control.MessageId;

            await Task.WhenAll(admin.PressDataAsync(yes), admin.PressDataAsync(cancel));

            var isMade = (await admin.BroadcastsAsync()).Count > before;
            await using var db = await app.Database.OpenConnectionAsync();
            var step = await db.QuerySingleAsync<int>("SELECT step FROM conversations WHERE chat_id = @TelegramId ORDER BY id DESC LIMIT 1", new { admin.TelegramId });
            var said = admin.Messages.Single(m => m.MessageId == control).Text;
            Assert.Equal(isMade, !said.StartsWith("Cancelled. Nothing", StringComparison.Ordinal));
            Assert.True(isMade || step == 11, $"step {step} without a broadcast");
        }
    }

    [Fact]
    public async Task Button_OfAnEarlierScreen_ChangesNothingAndTheScreenIsShownAgain()
    {
        var admin = await AdminInChat.LinkedAsync(app);
        await admin.PreviewAsync();
        var next = admin.Button("Next");
        await admin.PressAsync("Edit text");
        var shown = admin.Control;

        Assert.Equal("This button is out of date.", await admin.PressDataAsync(next));

        Assert.Equal(shown, admin.Control with { Entities = shown.Entities });
    }

    [Fact]
    public async Task Button_ForgedOrOfAnotherChat_IsOutOfDate()
    {
        var admin = await AdminInChat.LinkedAsync(app);
        var other = await AdminInChat.LinkedAsync(app);
        await admin.PreviewAsync();
        await other.PreviewAsync("Other");
        var next = admin.Button("Next");

        Assert.Equal(OutOfDate, await app.PressAsync(other.TelegramId, other.Control.MessageId, next.CallbackData!));
        foreach (var data in new[] { "~c", "~cnonsense", "~c:::", "~bnonsense", $"{next.CallbackData![..25]}1:format:disk" })
            Assert.StartsWith("This button is out of date", await app.PressAsync(admin.TelegramId, admin.Control.MessageId, data), StringComparison.Ordinal);

        Assert.Equal(("Hi Ada", "Other"), (admin.Control.Text, other.Control.Text));
    }

    [Fact]
    public async Task Button_OfAConversationThatANewOneEnded_IsOutOfDate()
    {
        var admin = await AdminInChat.LinkedAsync(app);
        await admin.PreviewAsync();
        var (old, next) = (admin.Control.MessageId, admin.Button("Next"));

        await admin.SayAsync("/broadcast");

        Assert.Equal("Ended by a new /broadcast. Nothing was sent.", admin.Messages.Single(m => m.MessageId == old).Text);
        Assert.Equal(OutOfDate, await admin.PressDataAsync(next));
        Assert.Contains("Choose its category", admin.Control.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TwoAdmins_AtOnce_EachSendTheirOwn()
    {
        var audiences = new[] { await app.AudienceAsync(1), await app.AudienceAsync(2) };
        var admins = new[] { await AdminInChat.LinkedAsync(app), await AdminInChat.LinkedAsync(app) };

        await Task.WhenAll(admins.Zip(audiences, async (admin, audience) =>
        {
            await admin.ConfirmAsync(new { region = audience.Region });
            await admin.PressAsync("Yes");
        }));

        foreach (var (admin, audience) in admins.Zip(audiences))
        {
            var ended = await app.EndAsync(Assert.Single(await admin.BroadcastsAsync()).ToString());
            Assert.Equal(audience.TelegramIds.Length, ended.GetProperty("stats").Number("sent"));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Conversation_LeftForADay_IsOver(bool press)
    {
        var (region, _) = await app.AudienceAsync(1);
        var admin = await AdminInChat.LinkedAsync(app);
        await admin.ConfirmAsync(new { region });
        var control = admin.Control.MessageId;
        await using var db = await app.Database.OpenConnectionAsync();
        await db.ExecuteAsync("UPDATE conversations SET updated_at = now() - interval '24 hours 1 second' WHERE chat_id = @TelegramId", new { admin.TelegramId });
        const string Over = "This conversation was left for more than a day and is over. Send /broadcast to start again.";

        if (press)
            Assert.Equal(Over, await admin.PressAsync("Yes"));
        else
            await admin.SayAsync("yes");

        Assert.Empty(await admin.BroadcastsAsync());
        Assert.Equal((Over, null), (admin.Messages.Single(m => m.MessageId == control).Text, admin.Messages.Single(m => m.MessageId == control).ReplyMarkup));
        Assert.Equal(Over, admin.Last.Text);
    }

    [Fact]
    public async Task ControlMessage_Deleted_IsSentAnew()
    {
        var admin = await AdminInChat.LinkedAsync(app);
        await admin.PreviewAsync();
        var next = admin.Button("Next");
        var old = admin.Control.MessageId;
        await app.DeleteMessageAsync(admin.TelegramId, old);

        Assert.Null(await app.PressAsync(admin.TelegramId, old, next.CallbackData!));

        Assert.NotEqual(old, admin.Control.MessageId);
        Assert.Contains("Who gets it?", admin.Control.Text, StringComparison.Ordinal);
        await admin.PressAsync("‹ Back");
        Assert.Equal("Hi Ada", admin.Control.Text);
        Assert.Equal(2, admin.Messages.Count(m => m.ReplyMarkup is not null));
    }

    [Theory]
    [InlineData("revoked_at = now()")]
    [InlineData("expires_at = now() - interval '1 second'")]
    [InlineData("role = 2")] // an editor now
    public async Task Token_EndedMidway_IsRefusedAtTheNextStep(string change)
    {
        var (region, _) = await app.AudienceAsync(1);
        var admin = await AdminInChat.LinkedAsync(app);
        await admin.ConfirmAsync(new { region });
        await using var db = await app.Database.OpenConnectionAsync();
        await db.ExecuteAsync($"UPDATE admin_tokens SET {change} WHERE id = @TokenId", new { admin.TokenId });

        Assert.Equal("Sorry, only admins who may send broadcasts can do this.", await admin.PressAsync("Yes"));

        Assert.Empty(await admin.BroadcastsAsync());
        Assert.Equal(["telegram.link", "telegram.refused"], await admin.AuditAsync());
    }

    [Fact]
    public async Task Template_DeletedBeforeYes_IsSaidAndAnotherOffered()
    {
        await app.AudienceAsync(1);
        var admin = await AdminInChat.LinkedAsync(app);
        await admin.ConfirmAsync(new { });
        await using (var db = await app.Database.OpenConnectionAsync())
            await db.ExecuteAsync("UPDATE broadcast_templates SET deleted_at = now() WHERE id = (SELECT (state ->> 'template_id')::uuid FROM conversations WHERE chat_id = @TelegramId)", new { admin.TelegramId });

        await admin.PressAsync("Yes");

        Assert.Contains("The template was deleted, so nothing was sent.", admin.Control.Text, StringComparison.Ordinal);
        Assert.Empty(await admin.BroadcastsAsync());
    }

    [Fact]
    public async Task Telegram_RefusesAnEdit_TheNextPressShowsTheScreenAgain()
    {
        var admin = await AdminInChat.LinkedAsync(app);
        await admin.PreviewAsync();
        var edit = admin.Button("Edit text");
        app.Telegram.Settings = app.Telegram.Settings with { Fault5xxPercent = 100 };
        await admin.PressDataAsync(edit);
        app.Telegram.Settings = app.Telegram.Settings with { Fault5xxPercent = 0 };
        Assert.Equal("Hi Ada", admin.Control.Text);

        Assert.Equal("This button is out of date.", await admin.PressDataAsync(edit));

        Assert.Contains("Send the new text", admin.Control.Text, StringComparison.Ordinal);
    }

    private static object Press(AdminInChat admin, string pressId, string data) => new
    {
        id = pressId, from = new { id = admin.TelegramId, is_bot = false, first_name = "Admin" }, chat_instance = "1", data,
        message = admin.Message(admin.Control.MessageId),
    };
}

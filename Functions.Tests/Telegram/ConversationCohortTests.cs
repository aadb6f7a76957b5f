using Dapper;
using Marketing.Functions.Tests.Fixtures;

namespace Marketing.Functions.Tests.Telegram;

/// <summary>Choosing who gets it.</summary>
public sealed class ConversationCohortTests(MarketingApp app) : IClassFixture<MarketingApp>
{
    [Fact]
    public async Task Custom_TiersAndRegionsByButtons_CountAsTheyAreToggled()
    {
        var (region, _) = await app.AudienceAsync(2, tier: "gold");
        await app.AudienceAsync(3, tier: "silver");
        var admin = await AdminInChat.LinkedAsync(app);
        await admin.PreviewAsync();

        await admin.WalkAsync("Next", "Custom", "gold");
        Assert.StartsWith("Tier gold\n2 users now.", admin.Control.Text, StringComparison.Ordinal);
        await admin.PressAsync("silver");
        Assert.StartsWith("Tier gold, silver\n5 users now.", admin.Control.Text, StringComparison.Ordinal);
        await admin.PressAsync(region);
        Assert.StartsWith($"Tier gold, silver; Region {region}\n2 users now.", admin.Control.Text, StringComparison.Ordinal);
        await admin.PressAsync("✅ gold");
        Assert.StartsWith($"Tier silver; Region {region}\n0 users now.", admin.Control.Text, StringComparison.Ordinal);
        await admin.WalkAsync("✅ silver", "Next", "Now");

        Assert.Contains($"To Region {region}", admin.Control.Text, StringComparison.Ordinal);
        Assert.EndsWith("Ready to send to 2 users. Confirm?", admin.Control.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Custom_Json_IsTaken()
    {
        var (region, _) = await app.AudienceAsync(2);
        var admin = await AdminInChat.LinkedAsync(app);
        await admin.PreviewAsync();
        await admin.WalkAsync("Next", "Custom");

        await admin.SayAsync($$"""{"region": "{{region}}", "no_trades_7d": true}""");

        Assert.Contains("To Custom query: 2 users now.", admin.Control.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("premium", "This is not JSON (line 1, column 1). Send a cohort query such as")]
    [InlineData("{\"region\": \"EU\"", "This is not JSON")]
    [InlineData("[]", "must be an object")]
    [InlineData("{\"user_teir\": \"premium\"}", "/user_teir: unknown field; did you mean user_tier?")]
    [InlineData("{\"any\": [{\"region\": 5}]}", "/any/0/region: ")]
    public async Task Custom_WrongQuery_SaysWhereAndStays(string typed, string expected)
    {
        var admin = await AdminInChat.LinkedAsync(app);
        await admin.PreviewAsync();
        await admin.WalkAsync("Next", "Custom");

        await admin.SayAsync(typed);

        Assert.Contains(expected, admin.Control.Text, StringComparison.Ordinal);
        await admin.SayAsync("{}");
        Assert.Contains("When?", admin.Control.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cohort_WrongInput_SaysWhatIsExpected()
    {
        var admin = await AdminInChat.LinkedAsync(app);
        await admin.PreviewAsync();
        await admin.PressAsync("Next");

        await admin.SayAsync("everyone");
        Assert.Contains("Press one of the cohorts below, or send a cohort query as JSON.", admin.Control.Text, StringComparison.Ordinal);
        await admin.SayAsync("{\"regoin\": \"EU\"}");
        Assert.Contains("did you mean region?", admin.Control.Text, StringComparison.Ordinal);
        await admin.PressAsync("Custom");
        await admin.PostAsync("message", admin.Message(900_003, ("photo", Array.Empty<object>())));
        Assert.Contains("Press tiers and regions, or send a cohort query as JSON text.", admin.Control.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cohort_DeletedMeanwhile_IsSaidAndTheOthersOffered()
    {
        var name = await app.SaveCohortAsync("0 to be deleted", new { region = "XX" });
        var admin = await AdminInChat.LinkedAsync(app);
        await admin.PreviewAsync();
        await admin.PressAsync("Next");
        Assert.Contains("0 to be deleted · 0", admin.Labels);
        await using (var db = await app.Database.OpenConnectionAsync())
            await db.ExecuteAsync("DELETE FROM cohorts WHERE name = @name", new { name });

        await admin.PressAsync(name);

        Assert.Contains("This cohort was deleted.", admin.Control.Text, StringComparison.Ordinal);
        Assert.Contains(admin.Labels, label => label.StartsWith("Premium · ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Cohort_BrokenQuery_IsNoDeadEnd()
    {
        await app.SaveCohortAsync("0 broken", new { no_such_field = 1 });
        var admin = await AdminInChat.LinkedAsync(app);
        await admin.PreviewAsync();
        await admin.PressAsync("Next");

        await admin.PressAsync("0 broken · cannot be read");

        Assert.StartsWith("0 broken cannot be used: ", admin.Control.Text, StringComparison.Ordinal);
        await admin.PressAsync("‹ Back");
        Assert.Contains("Who gets it?", admin.Control.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cohort_EmptyBeforeConfirm_OffersAnother()
    {
        var admin = await AdminInChat.LinkedAsync(app);

        await admin.ConfirmAsync(new { region = "nowhere" });

        Assert.Contains("there is nobody to send to", admin.Control.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Yes", admin.Labels);
        await admin.PressAsync("Choose another cohort");
        Assert.Contains("Who gets it?", admin.Control.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cohort_EmptyBetweenConfirmAndYes_SendsNothingAndOffersAnother()
    {
        var (region, ids) = await app.AudienceAsync(1);
        var admin = await AdminInChat.LinkedAsync(app);
        await admin.ConfirmAsync(new { region });
        await using (var db = await app.Database.OpenConnectionAsync())
            await db.ExecuteAsync("UPDATE users SET opted_out_at = now() WHERE telegram_user_id = @id", new { id = ids[0] });

        await admin.PressAsync("Yes");

        Assert.Contains("Nobody is in that cohort any more, so nothing was sent.", admin.Control.Text, StringComparison.Ordinal);
        Assert.Empty(await admin.BroadcastsAsync());
        await app.AudienceAsync(1, tier: "late");
        await admin.SayAsync("{\"user_tier\": \"late\"}");
        await admin.WalkAsync("Now", "Yes");
        Assert.Single(await admin.BroadcastsAsync());
    }

    [Fact]
    public async Task Cohort_EmptyAtYesWhileAnotherBroadcastIsBegun_SaysSoAndLeavesTheOtherOpen()
    {
        var (region, ids) = await app.AudienceAsync(1);
        var admin = await AdminInChat.LinkedAsync(app);
        await admin.ConfirmAsync(new { region });
        var first = admin.Control.MessageId;
        await using var db = await app.Database.OpenConnectionAsync();
        await db.ExecuteAsync("UPDATE users SET opted_out_at = now() WHERE telegram_user_id = @id", new { id = ids[0] });

        // The broadcast's insert waits for its template.
        await using (var transaction = await db.BeginTransactionAsync())
        {
            await db.ExecuteAsync("""
                SELECT FROM broadcast_templates WHERE id = (SELECT (state ->> 'template_id')::uuid FROM conversations WHERE chat_id = @TelegramId) FOR UPDATE
                """, new { admin.TelegramId }, transaction);
            var yes = admin.PressAsync("Yes");
            await MarketingApp.UntilAsync(() => StepsAsync(admin), steps => steps.SequenceEqual([9]));
            await app.HandleAsync(TelegramUpdates.Message(TelegramUpdates.NextId(), admin.TelegramId, "/broadcast")); // Telegram itself posts one after the other
            await transaction.RollbackAsync();
            await yes;
        }

        Assert.Equal([11, 0], (await StepsAsync(admin)).OrderDescending());
        Assert.Contains("Nobody is in that cohort any more", admin.Messages.Single(m => m.MessageId == first).Text, StringComparison.Ordinal);
        Assert.Empty(await admin.BroadcastsAsync());
    }

    private async Task<IReadOnlyList<int>> StepsAsync(AdminInChat admin)
    {
        await using var db = await app.Database.OpenConnectionAsync();
        return (await db.QueryAsync<int>("SELECT step FROM conversations WHERE chat_id = @TelegramId", new { admin.TelegramId })).AsList();
    }
}

using Marketing.Functions.Tests.Fixtures;

namespace Marketing.Functions.Tests.Telegram;

/// <summary>Choosing a template, its preview, and its text.</summary>
public sealed class ConversationTextTests(MarketingApp app) : IClassFixture<MarketingApp>
{
    [Fact]
    public async Task Preview_AdminInTheAudience_IsTheirOwnMessage()
    {
        var admin = await AdminInChat.LinkedAsync(app);
        await app.PostCsvAsync($"telegram_user_id,first_name\n{admin.TelegramId},Grace\n");

        await admin.PreviewAsync();

        Assert.Equal("Hi Grace", admin.Control.Text);
        Assert.Null(await admin.PressAsync("Join")); // the broadcast's own button: answered, and that is all
        Assert.Equal("Hi Grace", admin.Control.Text);
    }

    [Fact]
    public async Task Preview_AdminOfATranslatedLanguage_IsInTheirs()
    {
        var admin = await AdminInChat.LinkedAsync(app);
        await app.PostCsvAsync($"telegram_user_id,first_name,language\n{admin.TelegramId},Grace,de-AT\n");
        var category = $"translated {admin.TelegramId}";
        await app.PostAsync("v1/admin/templates", new
        {
            name = $"Template of {admin.TelegramId}", category, content = "Hi {{ first_name }}",
            cta_buttons = new[] { new { label = "Join", action = "callback" } },
            translations = new { de = new { content = "Hallo {{ first_name }}", cta_buttons = new[] { new { label = "Dabei" } } } },
        }, System.Net.HttpStatusCode.Created);

        await admin.SayAsync("/broadcast");
        await admin.WalkAsync(category, $"Template of {admin.TelegramId}");

        Assert.Equal("Hallo Grace", admin.Control.Text);
        Assert.Equal("Dabei", admin.Labels[0]);
        await admin.PressAsync("Edit text");
        await admin.SayAsync("Ahoy");
        Assert.Equal(("Ahoy", "Join"), (admin.Control.Text, admin.Labels[0])); // one text for everybody, as it will be sent
    }

    [Fact]
    public async Task Templates_Deleted_AreNotOffered()
    {
        var admin = await AdminInChat.LinkedAsync(app);
        await app.TemplateAsync();
        var category = $"gone {admin.TelegramId}";
        var template = await app.PostAsync("v1/admin/templates", new { name = category, category, content = "Hi" }, System.Net.HttpStatusCode.Created);
        await admin.SayAsync("/broadcast");
        Assert.Contains(admin.Labels, label => label.StartsWith(category, StringComparison.Ordinal));

        (await app.Api.DeleteAsync($"v1/admin/templates/{template.Id()}")).EnsureSuccessStatusCode().Dispose();
        await admin.SayAsync("/broadcast");

        Assert.Contains(admin.Labels, label => label.StartsWith("tests", StringComparison.Ordinal));
        Assert.DoesNotContain(admin.Labels, label => label.StartsWith(category, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Templates_MoreThanAPage_ArePagedBothWays()
    {
        var admin = await AdminInChat.LinkedAsync(app);
        for (var i = 0; i < 10; i++)
            await app.TemplateAsync();

        await admin.SayAsync("/broadcast");
        await admin.PressAsync("tests");
        var first = admin.Labels;
        Assert.Equal(11, first.Count); // 8, the next page, back and cancel
        await admin.PressAsync("Page 2");
        Assert.Empty(first.Take(8).Intersect(admin.Labels));
        await admin.PressAsync("‹ Page 1");
        Assert.Equal(first, admin.Labels);
        await admin.PressAsync("‹ Back");
        Assert.Contains("Choose its category", admin.Control.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Hello <i>{{ first_name }}</i>!", "Hello Ada!")]
    [InlineData("{{ if user_tier == \"premium\" }}Thank you{{ end }}", "Thank you")]
    public async Task Edit_TemplateHtml_IsPreviewedAndSent(string typed, string shown)
    {
        var admin = await AdminInChat.LinkedAsync(app);
        await admin.PreviewAsync();

        await admin.PressAsync("Edit text");
        Assert.Contains("Hi <b>{{ first_name }}</b>", admin.Control.Text, StringComparison.Ordinal);
        await admin.SayAsync(typed);

        Assert.Equal(shown, admin.Control.Text);
        await admin.WalkAsync("Edit text", "Use the template's text");
        Assert.Equal("Hi Ada", admin.Control.Text);
    }

    [Fact]
    public async Task Edit_TelegramFormatting_BecomesHtml()
    {
        var admin = await AdminInChat.LinkedAsync(app);
        await admin.PreviewAsync();
        await admin.PressAsync("Edit text");

        await admin.PostAsync("message", admin.Message(
            900_001, ("text", "Big 1 < 2 {{ first_name }}"), ("entities", new[] { new { type = "bold", offset = 0, length = 3 } })));

        Assert.Equal("<b>Big</b> 1 &lt; 2 Ada", admin.Control.Html);
    }

    [Theory]
    [InlineData("Hi {{ first_nam }}", "line 1, column 7")]
    [InlineData("one\ntwo <b>open", "line 2, column 5: <b> is not closed")]
    [InlineData("1 < 2", "write &lt; for the character <")]
    [InlineData("{{ for i in 1..9 }}", "line 1")]
    public async Task Edit_WrongText_SaysWhereAndStays(string typed, string expected)
    {
        var admin = await AdminInChat.LinkedAsync(app);
        await admin.PreviewAsync();
        await admin.PressAsync("Edit text");

        await admin.SayAsync(typed);

        Assert.Contains("This text was not taken", admin.Control.Text, StringComparison.Ordinal);
        Assert.Contains(expected, admin.Control.Text, StringComparison.Ordinal);
        await admin.SayAsync("Good");
        Assert.Equal("Good", admin.Control.Text);
    }

    [Fact]
    public async Task Edit_LongerThanAMessage_SaysSo()
    {
        var admin = await AdminInChat.LinkedAsync(app);
        await admin.PreviewAsync();
        await admin.PressAsync("Edit text");

        await admin.SayAsync(new string('x', 4_097));

        Assert.Contains("4097 characters after the tags are taken out; Telegram allows 4096", admin.Control.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Edit_LongestTextThatIsShown_FitsTheScreen()
    {
        var admin = await AdminInChat.LinkedAsync(app);
        await admin.PreviewAsync(new string('&', 4_096));
        await admin.PressAsync("Edit text");

        await admin.SayAsync(new string('<', 4_096)); // the note is as long as can be, too

        Assert.Contains("This text was not taken", admin.Control.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("photo")]
    [InlineData("sticker")]
    [InlineData("voice")]
    public async Task Edit_NoText_SaysWhatIsExpected(string kind)
    {
        var admin = await AdminInChat.LinkedAsync(app);
        await admin.PreviewAsync();
        await admin.PressAsync("Edit text");

        await admin.PostAsync("message", admin.Message(900_002, (kind, kind == "photo" ? Array.Empty<object>() : new { file_id = "x", file_unique_id = "y" })));

        Assert.Contains("Send the message's text as text", admin.Control.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EditedMessage_OfTheLastInput_IsTakenAgainWhileItsStepLasts()
    {
        var admin = await AdminInChat.LinkedAsync(app);
        await admin.PreviewAsync();
        await admin.PressAsync("Edit text");
        var typed = await admin.SayAsync("<b>wrong");

        await admin.PostAsync("edited_message", admin.Message(typed + 5_000_000, ("text", "another message's")));
        Assert.Contains("not taken", admin.Control.Text, StringComparison.Ordinal);
        await admin.PostAsync("edited_message", admin.Message(typed, ("text", "<b>right</b>"), ("edit_date", 1_790_000_100)));

        Assert.Equal("right", admin.Control.Text);
        await admin.PostAsync("edited_message", admin.Message(typed, ("text", "too late"), ("edit_date", 1_790_000_200)));
        Assert.Equal("Your edit was not taken: that step is over. Go back to it to change what you wrote.", admin.Last.Text);
        Assert.Equal("right", admin.Control.Text);
    }

    [Fact]
    public async Task Text_WhereAButtonIsExpected_SaysSo()
    {
        var admin = await AdminInChat.LinkedAsync(app);
        await app.TemplateAsync();
        await admin.SayAsync("/broadcast");

        await admin.SayAsync("tests");
        Assert.Contains("Press one of the categories below.", admin.Control.Text, StringComparison.Ordinal);
        await admin.PressAsync("tests");
        await admin.SayAsync("the first");
        Assert.Contains("Press one of the templates below.", admin.Control.Text, StringComparison.Ordinal);
        await admin.PressAsync("Template");
        await admin.SayAsync("better");
        Assert.Equal("To change the message press Edit text first.", admin.Last.Text);
        Assert.Equal("Hi Ada", admin.Control.Text); // nothing is written into the message
        await admin.PressAsync("Next");
        Assert.Contains("Who gets it?", admin.Control.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Template_DeletedMeanwhile_LeadsToAnother()
    {
        var admin = await AdminInChat.LinkedAsync(app);
        var id = await admin.PreviewAsync();
        await admin.PressAsync("Edit text");
        using var deleted = await app.Api.DeleteAsync($"v1/admin/templates/{id}");

        await admin.PressAsync("‹ Back");

        Assert.Equal("The template was deleted. Go back and choose another.", admin.Control.Text);
        await admin.PressAsync("‹ Back");
        Assert.Equal("tests\nWhich template?", admin.Control.Text);
    }
}

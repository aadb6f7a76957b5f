using System.Text.Json;
using Marketing.Local.Telegram;
using Telegram.Bot;
using Telegram.Bot.Exceptions;
using Telegram.Bot.Types.Enums;
using Telegram.Bot.Types.ReplyMarkups;

namespace Marketing.Functions.Tests.Simulator;

public sealed class SimulatorMessageTests : IAsyncLifetime
{
    private SimulatedTelegram telegram = null!;

    public async Task InitializeAsync() => telegram = await SimulatedTelegram.StartAsync();

    public async Task DisposeAsync() => await telegram.DisposeAsync();

    [Fact]
    public async Task SendMessage_Html_IsReceivedAsTextAndEntities()
    {
        var sent = await telegram.Bot.SendMessage(7, " 👋 <b>Big <i>sale</i></b> &amp; <a href=\"https://shop.example/a\">more</a>\n", ParseMode.Html,
            replyMarkup: new InlineKeyboardMarkup(InlineKeyboardButton.WithCallbackData("Yes", "yes")));

        Assert.Equal("👋 Big sale & more", sent.Text);
        Assert.Equal(
            [(MessageEntityType.Bold, 3, 8), (MessageEntityType.Italic, 7, 4), (MessageEntityType.TextLink, 14, 4)],
            sent.Entities!.Select(e => (e.Type, e.Offset, e.Length)));
        Assert.Equal("yes", sent.ReplyMarkup!.InlineKeyboard.Single().Single().CallbackData);
        var received = Assert.Single(telegram.Simulator.Messages(7));
        Assert.Equal((sent.Id, sent.Text, "sendMessage"), (received.MessageId, received.Text, received.Method));
    }

    [Fact]
    public async Task SendMessage_PreWithLanguageAndExpandableQuote_KeepsBoth()
    {
        var sent = await telegram.Bot.SendMessage(
            7, "<pre><code class=\"language-sql\">SELECT 1</code></pre><blockquote expandable>q</blockquote>&#128075;", ParseMode.Html);

        Assert.Equal("SELECT 1q👋", sent.Text);
        Assert.Equal([(MessageEntityType.Pre, "sql"), (MessageEntityType.ExpandableBlockquote, null)], sent.Entities!.Select(e => (e.Type, e.Language)));
    }

    [Theory]
    [InlineData("", "message text is empty")]
    [InlineData(" <b> </b> ", "message text is empty")]
    [InlineData("<br>", "can't parse entities: Unsupported start tag \"br\" at byte offset 0")]
    [InlineData("ж <b", "can't parse entities: Unclosed start tag at byte offset 3")]
    [InlineData("<b>x", "can't parse entities: Can't find end tag corresponding to start tag \"b\"")]
    [InlineData("<b>x</i>", "can't parse entities: Unmatched end tag at byte offset 4, expected \"</b>\", found \"</i>\"")]
    [InlineData("x</b>", "can't parse entities: Unexpected end tag at byte offset 1")]
    [InlineData("<span>x</span>", "can't parse entities: Tag \"span\" must have class \"tg-spoiler\" at byte offset 0")]
    public async Task SendMessage_BadHtml_IsRefusedInTelegramsWords(string html, string reason)
    {
        var refusal = await Assert.ThrowsAsync<ApiRequestException>(() => telegram.Bot.SendMessage(7, html, ParseMode.Html));

        Assert.Equal((400, $"Bad Request: {reason}"), (refusal.ErrorCode, refusal.Message));
        Assert.Equal(0, telegram.Simulator.MessageCount);
    }

    [Fact]
    public async Task SendMessage_LengthLimit_CountsUtf16UnitsAfterParsing()
    {
        await telegram.Bot.SendMessage(7, $"<b>{new string('x', 4094)}</b>👋", ParseMode.Html);

        var refusal = await Assert.ThrowsAsync<ApiRequestException>(() => telegram.Bot.SendMessage(7, new string('x', 4095) + "👋"));
        Assert.Equal("Bad Request: message is too long", refusal.Message);
        var photo = await CallAsync("sendPhoto", new { chat_id = 7, photo = "https://cdn.example/p.png", caption = new string('x', 1025) });
        Assert.Equal("Bad Request: message caption is too long", photo.GetProperty("description").GetString());
    }

    [Theory]
    [InlineData("https://shop.example", null, null)]
    [InlineData("http://localhost/x", null, "inline keyboard button URL 'http://localhost/x' is invalid: Wrong HTTP URL")]
    [InlineData("ftp://shop.example", null, "inline keyboard button URL 'ftp://shop.example' is invalid: Unsupported URL protocol")]
    [InlineData(null, 64, null)]
    [InlineData(null, 65, "BUTTON_DATA_INVALID")]
    [InlineData(null, 0, "BUTTON_DATA_INVALID")]
    public async Task SendMessage_Button_IsCheckedAsTelegramDoes(string? url, int? dataBytes, string? reason)
    {
        var button = new InlineKeyboardButton("Go") { Url = url, CallbackData = dataBytes is { } bytes ? new string('d', bytes) : null };

        var failure = await Record.ExceptionAsync(() => telegram.Bot.SendMessage(7, "x", replyMarkup: new InlineKeyboardMarkup(button)));

        Assert.Equal(reason is null ? null : $"Bad Request: {reason}", failure?.Message);
    }

    [Theory]
    [InlineData(ChatStatus.Blocked, 403, "Forbidden: bot was blocked by the user")]
    [InlineData(ChatStatus.Deactivated, 403, "Forbidden: user is deactivated")]
    [InlineData(ChatStatus.NotFound, 400, "Bad Request: chat not found")]
    public async Task SendMessage_ChatThatCannotBeReached_IsRefused(ChatStatus status, int code, string text)
    {
        telegram.Simulator.SetChat(7, status);

        var refusal = await Assert.ThrowsAsync<ApiRequestException>(() => telegram.Bot.SendMessage(7, "x"));

        Assert.Equal((code, text), (refusal.ErrorCode, refusal.Message));
    }

    [Fact]
    public async Task SendMessage_MigratedGroup_NamesTheNewChat()
    {
        telegram.Simulator.SetChat(-5, ChatStatus.Migrated, migratedTo: -1000000000005);

        var refusal = await Assert.ThrowsAsync<ApiRequestException>(() => telegram.Bot.SendMessage(-5, "x"));

        Assert.Equal("Bad Request: group chat was upgraded to a supergroup chat", refusal.Message);
        Assert.Equal(ChatType.Supergroup, (await telegram.Bot.SendMessage(refusal.Parameters!.MigrateToChatId!.Value, "x")).Chat.Type);
    }

    [Fact]
    public async Task Edit_ChangesOnceAndThenIsNotModified()
    {
        var sent = await telegram.Bot.SendMessage(7, "one");

        var edited = await telegram.Bot.EditMessageText(7, sent.Id, "<b>two</b>", ParseMode.Html);
        var same = await Assert.ThrowsAsync<ApiRequestException>(() => telegram.Bot.EditMessageText(7, sent.Id, "<strong>two</strong>", ParseMode.Html));
        var missing = await Assert.ThrowsAsync<ApiRequestException>(() => telegram.Bot.EditMessageReplyMarkup(7, sent.Id + 1));

        Assert.Equal("two", edited.Text);
        Assert.NotNull(edited.EditDate);
        Assert.StartsWith("Bad Request: message is not modified: ", same.Message, StringComparison.Ordinal);
        Assert.Equal("Bad Request: message to edit not found", missing.Message);
    }

    [Fact]
    public async Task CopyAndDelete_LeaveTheCopy()
    {
        var photo = (await CallAsync("sendPhoto", new { chat_id = 7, photo = "https://cdn.example/p.png", caption = "<i>look</i>", parse_mode = "HTML" }))
            .GetProperty("result");
        var id = photo.GetProperty("message_id").GetInt32();
        var copy = await CallAsync("copyMessage", new { chat_id = 8, from_chat_id = 7, message_id = id });
        var deleted = await CallAsync("deleteMessage", new { chat_id = 7, message_id = id });
        var several = await CallAsync("deleteMessages", new { chat_id = 7, message_ids = new[] { id, 999 } });
        var again = await CallAsync("deleteMessage", new { chat_id = 7, message_id = id });

        Assert.Equal("look", photo.GetProperty("caption").GetString());
        Assert.True(Assert.Single(telegram.Simulator.Messages(7)).Deleted);
        var copied = telegram.Simulator.Messages(8)[0];
        Assert.Equal((copy.GetProperty("result").GetProperty("message_id").GetInt32(), "look"), (copied.MessageId, copied.Text));
        Assert.Equal([true, true, false], new[] { deleted, several, again }.Select(answer => answer.GetProperty("ok").GetBoolean()));
    }

    [Fact]
    public async Task Messages_OverHttp_GivesTheLogAndExactCounts()
    {
        for (var n = 0; n < 5; n++)
            await telegram.Bot.SendMessage(7 + n % 4, $"Hello {n}, this text is long enough to be kept as a difference from another one");

        var first = await telegram.GetAsync("/sim/messages?chat_id=7&limit=1");
        var next = await telegram.GetAsync($"/sim/messages?chat_id=7&after={first[0].GetProperty("message_id")}");
        var count = await telegram.GetAsync("/sim/messages/count");

        Assert.StartsWith("Hello 0, this", first[0].GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.StartsWith("Hello 4, this", Assert.Single(next.EnumerateArray()).GetProperty("html").GetString(), StringComparison.Ordinal);
        Assert.Equal("""{"total":5,"refused":0,"chats":4,"duplicates":1,"duplicate_chats":[7]}""", JsonSerializer.Serialize(count));
    }

    [Fact]
    public async Task Form_AndMultipart_AreTakenLikeJson()
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["chat_id"] = "7", ["text"] = "<b>f</b>", ["parse_mode"] = "HTML" });
        using var parts = new MultipartFormDataContent { { new StringContent("7"), "chat_id" }, { new StringContent("m"), "text" } };

        await telegram.SendAsync(HttpMethod.Post, "/bot1:a/sendMessage", form);
        await telegram.SendAsync(HttpMethod.Post, "/bot1:a/sendMessage", parts);
        await telegram.GetAsync("/bot1:a/sendMessage?chat_id=7&text=q");

        Assert.Equal(["f", "m", "q"], telegram.Simulator.Messages(7).Select(m => m.Text));
    }

    [Fact]
    public async Task Token_UnknownOrMalformed_IsUnauthorizedOrNotFound()
    {
        await using var strict = await SimulatedTelegram.StartAsync(new() { Tokens = ["1:a"] });

        Assert.Equal(401, (await Assert.ThrowsAsync<ApiRequestException>(() => strict.Bot.GetMe())).ErrorCode);
        Assert.Equal("Not Found", (await strict.PostAsync("/botnonsense/getMe", new { })).GetProperty("description").GetString());
        Assert.Equal(1, (await strict.GetAsync("/bot1:a/getMe")).GetProperty("result").GetProperty("id").GetInt64());
    }

    // The methods that the bot does not call itself.
    private Task<JsonElement> CallAsync(string method, object parameters) => telegram.PostAsync($"/bot4711:secret/{method}", parameters);
}

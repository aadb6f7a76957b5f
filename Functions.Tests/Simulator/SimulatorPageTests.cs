using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Telegram.Bot;
using Telegram.Bot.Types.Enums;

namespace Marketing.Functions.Tests.Simulator;

/// <summary>What the page is made of: its files, the lists that it reads, and the events that it follows.</summary>
public sealed class SimulatorPageTests : IAsyncLifetime
{
    private SimulatedTelegram telegram = null!;

    public async Task InitializeAsync() => telegram = await SimulatedTelegram.StartAsync();

    public async Task DisposeAsync() => await telegram.DisposeAsync();

    [Fact]
    public async Task Root_ByBrowser_IsThePageUnderAStrictPolicy()
    {
        using var http = new HttpClient { BaseAddress = telegram.Simulator.Address };
        Assert.StartsWith("Telegram simulator", await http.GetStringAsync("/"), StringComparison.Ordinal);
        http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("text/html"));

        using var page = await http.GetAsync("/");
        using var other = await http.GetAsync("/page/../secrets.json");

        Assert.Equal("text/html", page.Content.Headers.ContentType!.MediaType);
        var policy = page.Headers.GetValues("Content-Security-Policy").Single();
        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
    }

    [Fact]
    public async Task Chats_AreNewestFirstAfterAdminsInPagesAndFoundByNameOrNumber()
    {
        for (var chat = 101; chat <= 105; chat++)
            await telegram.Bot.SendMessage(chat, $"<b>To</b>\n{chat}", ParseMode.Html);
        await telegram.Bot.SendMessage(102, "Again");
        await telegram.PostAsync("/sim/people", new { chat_id = 1, first_name = "Admin", admin = true });
        await telegram.PostAsync("/sim/people", new { chat_id = 103, first_name = "Ada", username = "lovelace" });

        var all = await telegram.GetAsync("/sim/chats");
        Assert.Equal(6, all.GetProperty("total").GetInt32());
        Assert.Equal((long[])[1, 102, 105, 104, 103, 101], Ids(all));
        Assert.Equal((long[])[105, 104], Ids(await telegram.GetAsync("/sim/chats?offset=2&limit=2")));
        Assert.Equal((long[])[103], Ids(await telegram.GetAsync("/sim/chats?search=LOVE")));
        Assert.Equal((long[])[104], Ids(await telegram.GetAsync("/sim/chats?search=104")));
        Assert.Equal((long[])[999], Ids(await telegram.GetAsync("/sim/chats?search=999"))); // exists, and has no message yet
        Assert.Equal("To 105", all.GetProperty("chats")[2].GetProperty("last").GetProperty("text").GetString());
    }

    [Fact]
    public async Task Chats_ReadAndDeletedMessages_AreNotUnread()
    {
        var first = await telegram.Bot.SendMessage(7, "One");
        await telegram.Bot.SendMessage(7, "Two");
        var last = await telegram.Bot.SendMessage(7, "Three");
        Assert.Equal((3, "Three"), await UnreadAsync());

        await telegram.PostAsync("/sim/read", new { chat_id = 7, message_id = first.Id });
        await telegram.PostAsync("/bot4711:secret/deleteMessage", new { chat_id = 7, message_id = last.Id });

        Assert.Equal((1, "Two"), await UnreadAsync());
    }

    [Fact]
    public async Task Conversation_IsReadFromItsEndInPages()
    {
        var ids = new List<int>();
        for (var n = 0; n < 7; n++)
            ids.Add((await telegram.Bot.SendMessage(7, $"{n}")).Id);
        await telegram.Bot.SendMessage(8, "Another chat's");

        var end = await telegram.GetAsync("/sim/chats/7?limit=3");
        var older = await telegram.GetAsync($"/sim/chats/7?limit=3&before={ids[4]}");
        var oldest = await telegram.GetAsync($"/sim/chats/7?limit=3&before={ids[1]}");

        Assert.Equal("4, 5, 6, and older", Texts(end));
        Assert.Equal("1, 2, 3, and older", Texts(older));
        Assert.Equal("0", Texts(oldest));
        Assert.Equal("5, 6, and older", Texts(await telegram.GetAsync($"/sim/chats/7?from={ids[5]}")));
    }

    [Fact]
    public async Task Events_AfterAReconnect_NameTheChatsThatChangedSince()
    {
        await telegram.Bot.SendMessage(5, "Before");
        string position;
        await using (var events = await OpenAsync(null))
        {
            var (id, chats) = await events.NextAsync();
            Assert.Null(chats); // read everything: nothing is known of this reader
            await telegram.Bot.SendMessage(6, "While it listens");
            (position, chats) = await events.NextAsync();
            Assert.Equal([6], chats!);
            Assert.NotEqual(id, position);
        }

        var edited = await telegram.Bot.SendMessage(7, "While it is away");
        await telegram.Bot.SendMessage(7, "Another");
        await telegram.PostAsync("/sim/chats/8", new { state = "blocked" });
        await telegram.Bot.EditMessageText(7, edited.Id, "Mended");

        await using (var events = await OpenAsync(position))
            Assert.Equal([7, 8], (await events.NextAsync()).Chats!.Order());
        await using (var events = await OpenAsync("1.2.3"))
            Assert.Null((await events.NextAsync()).Chats); // of another simulator
    }

    [Fact]
    public async Task Events_AfterMoreChatsThanAPageShows_SayToReadEverything()
    {
        string position;
        await using (var events = await OpenAsync(null))
            position = (await events.NextAsync()).Id;
        for (var chat = 1; chat <= 150; chat++)
            await telegram.Bot.SendMessage(chat, "x");

        await using (var events = await OpenAsync(position))
            Assert.Null((await events.NextAsync()).Chats);
    }

    private Task<EventReader> OpenAsync(string? position) => EventReader.OpenAsync(new Uri(telegram.Simulator.Address, "sim/events"), position);

    private async Task<(int Unread, string? Text)> UnreadAsync()
    {
        var chat = (await telegram.GetAsync("/sim/chats")).GetProperty("chats")[0];
        return (chat.GetProperty("unread").GetInt32(), chat.GetProperty("last").GetProperty("text").GetString());
    }

    private static long[] Ids(JsonElement answer) => [.. answer.GetProperty("chats").EnumerateArray().Select(c => c.GetProperty("chat_id").GetInt64())];

    private static string Texts(JsonElement answer) =>
        string.Join(", ", answer.GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("text").GetString()))
        + (answer.GetProperty("more").GetBoolean() ? ", and older" : "");

    /// <summary>Reads a stream of events as a browser does.</summary>
    private sealed class EventReader(HttpClient http, StreamReader lines) : IAsyncDisposable
    {
        public static async Task<EventReader> OpenAsync(Uri address, string? position)
        {
            var http = new HttpClient { Timeout = TimeSpan.FromSeconds(20) };
            if (position is not null)
                http.DefaultRequestHeaders.Add("Last-Event-ID", position);
            return new EventReader(http, new StreamReader(await http.GetStreamAsync(address)));
        }

        public async Task<(string Id, long[]? Chats)> NextAsync()
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            var id = "";
            while (await lines.ReadLineAsync(patience.Token) is { } line)
            {
                if (line.StartsWith("id: ", StringComparison.Ordinal))
                    id = line[4..];
                else if (line.StartsWith("data: ", StringComparison.Ordinal))
                    return (id, JsonElement.Parse(line[6..]).GetProperty("chats").Deserialize<long[]?>());
            }

            throw new InvalidOperationException("the stream ended");
        }

        public ValueTask DisposeAsync()
        {
            lines.Dispose();
            http.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

using System.Buffers.Text;
using System.Net;
using System.Net.Http.Json;
using Marketing.Core.Cta;
using Marketing.Local.Telegram;

namespace Marketing.Bench.Chaos;

/// <summary>People who press what they received, and the programs that fetch links before them.</summary>
internal sealed class Readers(ChaosWorld world, ChaosApi api, Random random)
{
    private const int Recent = 4;

    // One press in so many is forged, and one post in so many lacks the secret.
    private const int ForgedOf = 15;

    // Hosts are away for some seconds.
    private const int Tries = 20;

    // Nobody's.
    private const long Outsider = 20_001;

    // Far below the simulator's own.
    private int lastUpdateId;

    public async Task RunAsync(CancellationToken storm, CancellationToken ct)
    {
        var presses = new List<Task>();
        while (await Cast.PauseAsync(random, 20, 120, storm))
        {
            var (chat, message, button, way) = (random.Next(1, ChaosWorld.People + 1), random.Next(Recent), random.Next(3), random.Next(10));
            if (world.Telegram.Messages(chat).Where(m => BroadcastOf(m) is not null).TakeLast(Recent).ToList() is not { Count: > 0 } received)
                continue;
            presses.RemoveAll(p => p.IsCompletedSuccessfully);
            var one = received[message % received.Count];
            presses.Add(random.Next(ForgedOf) switch
            {
                0 => ForgeAsync(one, way, ct),
                1 => IntrudeAsync(one, isWrong: way < 5, ct),
                _ => PressAsync(one, button, way, ct),
            });
        }

        await Task.WhenAll(presses);
    }

    /// <summary>The broadcast that a message is of, by the data of its buttons; null for the bot's own and for previews.</summary>
    public static Guid? BroadcastOf(ReceivedMessage message) => message.ReplyMarkup is null ? null : ReceivedButton.Of(message)
        .Select(b => CallbackData.Read(b.CallbackData)?.BroadcastId).FirstOrDefault(id => id is not null && id != Guid.Empty);

    private async Task PressAsync(ReceivedMessage message, int place, int way, CancellationToken ct)
    {
        var button = ReceivedButton.Of(message)[place];
        var broadcast = BroadcastOf(message)!.Value;
        if (CallbackData.Read(button.CallbackData) is { } data)
            await (way == 9 ? DeliverTwiceAsync(message, data, ct) : Task.WhenAll(Enumerable.Range(0, way < 3 ? 2 : 1).Select(_ => CallBackAsync(message, data, ct))));
        else if (way is 0 or 1)
            await FetchAsync(way == 0 ? HttpMethod.Head : HttpMethod.Get, button.Url!, ct);
        else
            await Task.WhenAll(Enumerable.Range(0, way < 5 ? 2 : 1).Select(_ => FollowAsync(message.ChatId, broadcast, button.Url!, ct)));
    }

    private async Task CallBackAsync(ReceivedMessage message, CallbackData data, CancellationToken ct)
    {
        var result = await world.Telegram.PressAsync(message.ChatId, message.MessageId, data.ToString(), ct);
        // Telegram posts it until it is taken, so it counts, once.
        world.Log.Updates.Add(result.UpdateId!.Value);
        world.Log.Press(message.ChatId, data.BroadcastId, data.ButtonId, answered: 1, cut: 0);
        world.Log.Count("presses of callback buttons");
    }

    /// <summary>One press, whose update Telegram posts again although it was answered: it may.</summary>
    private async Task DeliverTwiceAsync(ReceivedMessage message, CallbackData data, CancellationToken ct)
    {
        var (updateId, update) = Update(message, message.ChatId, data.ToString());
        await PostAsync(update, times: 2, ct);
        world.Log.Updates.Add(updateId);
        world.Log.Press(message.ChatId, data.BroadcastId, data.ButtonId, answered: 1, cut: 0);
        world.Log.Count("presses delivered twice");
    }

    /// <summary>What no message of ours has below it for this person. No press is expected of it, so that one that is counted is found.</summary>
    private async Task ForgeAsync(ReceivedMessage message, int way, CancellationToken ct)
    {
        var (broadcast, button) = Buttons(message).First();
        var (from, data) = (way % 5) switch
        {
            0 => (message.ChatId, "no button's data"),
            1 => (message.ChatId, new CallbackData(broadcast, Guid.CreateVersion7()).ToString()),
            2 => (message.ChatId, new CallbackData(Guid.CreateVersion7(), button).ToString()), // as of a broadcast that is no more
            3 => (message.ChatId, $"{new CallbackData(broadcast, button)}x"),
            _ => (Outsider, new CallbackData(broadcast, button).ToString()),
        };
        var (updateId, update) = Update(message, from, data);
        await PostAsync(update, times: 1, ct);
        world.Log.Updates.Add(updateId); // it is taken all the same: Telegram must not post it for ever
        world.Log.Count("forged presses");
    }

    /// <summary>A press that would count, by somebody who is not Telegram.</summary>
    private async Task IntrudeAsync(ReceivedMessage message, bool isWrong, CancellationToken ct)
    {
        var (updateId, update) = Update(message, message.ChatId, Buttons(message).First().ToString());
        for (var tries = 0; tries < Tries; tries++)
        {
            var status = await api.PostUpdateAsync(update, isWrong ? "webhook-secret-of-the-chaot" : null, ct);
            world.Log.Intrusions.Add((updateId, status));
            if (status < HttpStatusCode.InternalServerError)
                break;
            await Task.Delay(200, ct);
        }

        world.Log.Count("posts without the webhook's secret");
    }

    private static IEnumerable<CallbackData> Buttons(ReceivedMessage message) =>
        ReceivedButton.Of(message).Select(b => CallbackData.Read(b.CallbackData)).OfType<CallbackData>();

    private (int Id, object Update) Update(ReceivedMessage message, long from, string data)
    {
        var updateId = Interlocked.Increment(ref lastUpdateId);
        return (updateId, new
        {
            update_id = updateId,
            callback_query = new
            {
                id = $"{updateId}",
                from = new { id = from, is_bot = false, first_name = "Name" },
                message = new { message_id = message.MessageId, date = message.Date.ToUnixTimeSeconds(), chat = new { id = from, type = "private" } },
                chat_instance = "1",
                data,
            },
        });
    }

    private async Task PostAsync(object update, int times, CancellationToken ct)
    {
        using var telegram = new HttpClient { BaseAddress = world.Telegram.Address };
        for (var time = 0; time < times; time++)
        {
            using var posted = await telegram.PostAsJsonAsync("sim/updates", update, ct);
            posted.EnsureSuccessStatusCode();
        }
    }

    private async Task FollowAsync(long chat, Guid broadcast, string url, CancellationToken ct)
    {
        var (status, connections) = await api.OpenAsync(HttpMethod.Get, new Uri(url).PathAndQuery, _ => { }, ct);
        var answered = status == HttpStatusCode.Redirect;
        world.Log.Count(answered ? "links opened" : connections > 0 ? "links cut off" : "links that found no host");
        world.Log.Press(chat, broadcast, ButtonOf(url), answered ? 1 : 0, connections - (answered ? 1 : 0));
        if (status is { } other && !answered && (int)other < 500)
            throw new InvalidOperationException($"a link of broadcast {broadcast} to chat {chat} was answered {(int)other}");
    }

    private async Task FetchAsync(HttpMethod method, string url, CancellationToken ct)
    {
        var (status, _) = await api.OpenAsync(method, new Uri(url).PathAndQuery, headers =>
        {
            if (method == HttpMethod.Get)
                headers.Add("Sec-Purpose", "prefetch;prerender");
        }, ct);
        if (status == HttpStatusCode.Redirect)
            world.Log.Count(method == HttpMethod.Get ? "prefetches" : "HEAD requests");
    }

    // A token's bytes 20 to 35 (Marketing.Core/Cta/LinkTokens.cs).
    private static Guid ButtonOf(string url) =>
        new(Base64Url.DecodeFromChars(url.AsSpan(url.LastIndexOf('/') + 1)).AsSpan(20, 16), bigEndian: true);
}

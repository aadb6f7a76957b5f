using System.Diagnostics;
using System.Text;
using Telegram.Bot;
using Telegram.Bot.Types.Enums;

namespace Marketing.Bench.Processes;

/// <summary>The baselines: send the same messages with so many requests under way, and nothing else.</summary>
internal static class BareLoops
{
    /// <summary>Seconds for <paramref name="count"/> messages through the client.</summary>
    public static Task<double> BotAsync(ITelegramBotClient bot, long first, int count, int concurrency) =>
        RunAsync(first, count, concurrency, chat =>
            bot.SendMessage(chat, BenchMessage.Text(chat), ParseMode.Html, replyMarkup: BenchMessage.Keyboard(chat)));

    /// <summary>Seconds for <paramref name="count"/> messages posted as ready-made JSON; answers are read and dropped.</summary>
    public static async Task<double> HttpAsync(Uri server, string token, long first, int count, int concurrency)
    {
        using var http = new HttpClient(new SocketsHttpHandler());
        var path = new Uri($"{server.GetLeftPart(UriPartial.Authority)}/bot{token}/sendMessage");
        return await RunAsync(first, count, concurrency, async chat =>
        {
            using var content = new StringContent(BenchMessage.Json(chat), Encoding.UTF8, "application/json");
            using var response = await http.PostAsync(path, content);
            response.EnsureSuccessStatusCode();
            await response.Content.ReadAsByteArrayAsync();
        });
    }

    private static async Task<double> RunAsync(long first, int count, int concurrency, Func<long, Task> send)
    {
        var next = first - 1;
        var last = first + count - 1;
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, concurrency).Select(_ => Task.Run(async () =>
        {
            for (var chat = Interlocked.Increment(ref next); chat <= last; chat = Interlocked.Increment(ref next))
                await send(chat);
        })));
        return watch.Elapsed.TotalSeconds;
    }
}

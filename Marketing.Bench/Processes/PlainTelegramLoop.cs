using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Telegram.Bot;
using Telegram.Bot.Types.Enums;
using Telegram.Bot.Types.ReplyMarkups;

namespace Marketing.Bench.Processes;

/// <summary>
/// What a first version looks like: so many tasks, each sending the next message by a client with its own defaults, which wait
/// out a 429 and try three times in all. It keeps nothing, so a second run begins at the beginning.
/// </summary>
internal static class PlainTelegramLoop
{
    public const string Role = "plain_loop";

    private sealed record Line(long ChatId, string Text, Markup ReplyMarkup);

    private sealed record Markup(Button[][] InlineKeyboard);

    private sealed record Button(string Text, string? Url, string? CallbackData);

    public static async Task RunAsync(PeerJob job)
    {
        var messages = (await File.ReadAllLinesAsync(job.Messages)).Select(line => JsonSerializer.Deserialize<Line>(line, PeerJob.Json)!).ToList();
        var bot = new TelegramBotClient(new TelegramBotClientOptions(job.Token, job.Api));
        var failed = new ConcurrentBag<long>();
        await Parallel.ForEachAsync(messages, new ParallelOptions { MaxDegreeOfParallelism = job.InFlight }, async (message, ct) =>
        {
            try
            {
                await bot.SendMessage(message.ChatId, message.Text, ParseMode.Html, replyMarkup: Keyboard(message), cancellationToken: ct);
            }
            catch (Exception e)
            {
                // Whatever it was: one message must not end the broadcast.
                failed.Add(message.ChatId);
                await Console.Error.WriteLineAsync($"{message.ChatId}: {e.Message}");
            }
        });
        using var self = Process.GetCurrentProcess();
        Console.WriteLine(new PeerEnd([.. failed], self.PeakWorkingSet64).ToJson());
    }

    private static InlineKeyboardMarkup Keyboard(Line message) => new(message.ReplyMarkup.InlineKeyboard.Select(row => row.Select(button =>
        button.Url is { } url ? InlineKeyboardButton.WithUrl(button.Text, url) : InlineKeyboardButton.WithCallbackData(button.Text, button.CallbackData!))));
}

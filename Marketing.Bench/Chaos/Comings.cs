using System.Net.Http.Json;
using System.Text.Json;

namespace Marketing.Bench.Chaos;

/// <summary>People who come, leave, block the bot and let it in again; some of them nobody knew.</summary>
internal sealed class Comings(ChaosWorld world, Random random)
{
    private const int FirstStranger = 10_001;
    private const int Strangers = 100;

    // Few enough to come back to what they did before.
    private const int Restless = 100;

    public async Task RunAsync(CancellationToken storm, CancellationToken ct)
    {
        using var telegram = new HttpClient { BaseAddress = world.Telegram.Address };
        var said = new List<Task>();
        while (await Cast.PauseAsync(random, 100, 500, storm))
        {
            var (chat, way) = (random.Next(1, Restless + 1), random.Next(10));
            if (way == 0)
                chat = FirstStranger + random.Next(Strangers);
            // What each did last is what counts, and Telegram keeps the order within a chat.
            if (way < 4)
                said.Add(SayAsync(chat, "/start", optsOut: false, ct));
            else if (way < 6)
                said.Add(SayAsync(chat, "/stop", optsOut: true, ct));
            else
                await BlockAsync(telegram, chat, world.Log.Blocked.GetValueOrDefault(chat) is false, ct);
        }

        await Task.WhenAll(said);
    }

    private async Task SayAsync(long chat, string command, bool optsOut, CancellationToken ct)
    {
        world.Log.OptedOut[chat] = optsOut;
        world.Log.Blocked[chat] = false; // whoever writes to the bot has let it in
        world.Log.Count(command);
        var said = await world.Telegram.SayAsync(chat, command, ct);
        world.Log.Updates.Add(said.UpdateId!.Value);
    }

    private async Task BlockAsync(HttpClient telegram, long chat, bool block, CancellationToken ct)
    {
        world.Log.Blocked[chat] = block;
        world.Log.Count(block ? "blocks" : "unblocks");
        using var response = await telegram.PostAsJsonAsync($"sim/chats/{chat}", new { state = block ? "blocked" : "normal", notify = true }, ct);
        response.EnsureSuccessStatusCode();
        world.Log.Updates.Add((await response.Content.ReadFromJsonAsync<JsonElement>(ct)).GetProperty("update_id").GetInt32());
    }
}

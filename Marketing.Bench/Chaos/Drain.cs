using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;

namespace Marketing.Bench.Chaos;

/// <summary>Clear weather: what was begun is finished, and what was paused is resumed.</summary>
internal sealed class Drain(ChaosWorld world, ChaosApi api, Cast cast, Disasters disasters)
{
    // A lease of 3 minutes and the watchdog's turn, or two of them for what was resent; a machine busy with other tests may take as long
    // for a run in a hurry.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(8);

    private const string PausedSql = "SELECT id FROM broadcasts WHERE status = 5";

    private const string LeftSql = """
        SELECT 'broadcast ' || id || ' has status ' || status FROM broadcasts
        WHERE status IN (1, 4, 5) OR (status = 6 AND settled_at IS NULL AND planned_at IS NOT NULL)
        UNION ALL SELECT 'row ' || seq || ' of broadcast ' || broadcast_id || ' is claimed since ' || claimed_at FROM deliveries WHERE state = 1
        UNION ALL SELECT 'conversation ' || id || ' is confirmed, and its broadcast is not on its way' FROM conversations WHERE step = 9
        """;

    /// <returns>What was not finished in time; nothing, if all is well.</returns>
    public async Task<IReadOnlyList<string>> RunAsync(CancellationToken ct)
    {
        if (disasters.InHurry)
            await disasters.EndAllAsync();
        await cast.Chats.ConfirmAsync(ct);
        await cast.Shoppers.CreditAsync(ct);
        await cast.Chats.FinishAsync(isConfirmed: false, ct);
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            var left = await LeftAsync(ct);
            if (left.Count == 0 || Stopwatch.GetElapsedTime(started) > Limit)
                return left;
            foreach (var paused in await world.RowsAsync<Guid>(PausedSql))
            {
                var asked = TimeProvider.System.GetUtcNow();
                await api.AskAsync(HttpMethod.Post, $"v1/admin/broadcasts/{paused}/resume", new { }, ct);
                world.Log.Halts.Add(new(paused, "resume", asked, TimeProvider.System.GetUtcNow()));
            }

            if (left.Any(l => l.StartsWith("conversation ", StringComparison.Ordinal)))
                await cast.Chats.FinishAsync(isConfirmed: true, ct);
            if (disasters.InHurry)
                await disasters.WatchAsync(ct);
            await Task.Delay(1_000, ct);
        }
    }

    private async Task<IReadOnlyList<string>> LeftAsync(CancellationToken ct)
    {
        var left = (await world.RowsAsync<string>(LeftSql)).ToList();
        using var telegram = new HttpClient();
        var bot = (await telegram.GetFromJsonAsync<JsonElement>(new Uri(world.Telegram.Address, "sim/bot"), ct)).GetProperty("bot");
        if (bot.GetProperty("pending_updates").GetInt32() is > 0 and var pending)
            left.Add($"{pending} updates were not taken by the webhook");
        return left;
    }
}

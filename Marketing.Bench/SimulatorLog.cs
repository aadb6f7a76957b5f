using System.Net.Http.Json;
using System.Text.Json;

namespace Marketing.Bench;

/// <param name="Total">Messages received, those that went to one chat among them.</param>
/// <param name="Refused">Messages that were answered 429.</param>
/// <param name="Chats">That got a message.</param>
/// <param name="Duplicates">Chats that got more than one.</param>
internal sealed record Tally(int Total, int Refused, int Chats, int Duplicates);

/// <summary>What the Telegram simulator received.</summary>
internal sealed class SimulatorLog(Uri simulator) : IDisposable
{
    private readonly HttpClient http = new() { BaseAddress = simulator };

    public async Task ClearAsync(CancellationToken ct) => (await http.DeleteAsync("sim/messages", ct)).EnsureSuccessStatusCode();

    /// <summary>Changes the simulator's settings that are given: latency_ms, rate_limit, fault_5xx_percent and others.</summary>
    public async Task SetAsync(object settings, CancellationToken ct) =>
        (await http.PutAsJsonAsync("sim/settings", settings, ct)).EnsureSuccessStatusCode();

    public async Task<Tally> TallyAsync(CancellationToken ct) => (await http.GetFromJsonAsync<Tally>("sim/messages/count", ct))!;

    /// <summary>Numbers of presses that can be answered, without the presses.</summary>
    public async Task<string[]> OpenCallbackQueriesAsync(int count, CancellationToken ct)
    {
        using var response = await http.PostAsJsonAsync("sim/callbacks", new { count }, ct);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<string[]>(ct))!;
    }

    /// <exception cref="InvalidOperationException">Not each of so many chats got one message: then no figure counts.</exception>
    public async Task MustBeAsync(int expected, CancellationToken ct)
    {
        if (await TallyAsync(ct) is var tally && (tally.Total, tally.Duplicates) != (expected, 0))
            throw new InvalidOperationException(
                $"the simulator received {tally.Total} messages, {tally.Duplicates} chats more than one; {expected} were expected");
    }

    /// <summary>A chat's message, and how long its keyboard is.</summary>
    public async Task<(string Html, int Keyboard)> MessageAsync(long chat, CancellationToken ct)
    {
        var messages = await http.GetFromJsonAsync<JsonElement>($"sim/messages?chat_id={chat}", ct);
        return (messages[0].GetProperty("html").GetString()!, messages[0].GetProperty("reply_markup").ToString().Length);
    }

    /// <summary>Chats that got a message.</summary>
    public async Task<HashSet<long>> ReachedAsync(CancellationToken ct) => [.. await ReadAsync("chat_id", ct)];

    private async Task<List<long>> ReadAsync(string member, CancellationToken ct)
    {
        const int Page = 10_000;
        var values = new List<long>();
        for (long after = 0; ;)
        {
            var messages = await http.GetFromJsonAsync<JsonElement>($"sim/messages?after={after}&limit={Page}", ct);
            foreach (var message in messages.EnumerateArray())
            {
                values.Add(message.GetProperty(member).GetInt64());
                after = message.GetProperty("message_id").GetInt64();
            }

            if (messages.GetArrayLength() < Page)
                return values;
        }
    }

    /// <summary>Messages in each second of the simulator's clock, from the first on.</summary>
    public async Task<int[]> PerSecondAsync(CancellationToken ct)
    {
        var times = await ReadAsync("date", ct);
        if (times.Count == 0)
            return [];
        var first = times.Min();
        var counts = new int[times.Max() - first + 1];
        foreach (var time in times)
            counts[time - first]++;
        return counts;
    }

    public void Dispose() => http.Dispose();
}

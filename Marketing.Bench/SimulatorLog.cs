using System.Net.Http.Json;
using System.Text.Json;

namespace Marketing.Bench;

/// <summary>What the Telegram simulator received.</summary>
internal sealed class SimulatorLog(Uri simulator) : IDisposable
{
    private readonly HttpClient http = new() { BaseAddress = simulator };

    public async Task ClearAsync(CancellationToken ct) => (await http.DeleteAsync("sim/messages", ct)).EnsureSuccessStatusCode();

    /// <summary>How long the simulator takes for each answer, in milliseconds.</summary>
    public async Task AnswerInAsync(int latency, CancellationToken ct) =>
        (await http.PutAsJsonAsync("sim/settings", new { latency_ms = latency }, ct)).EnsureSuccessStatusCode();

    public async Task EnforceAsync(double perSecond, CancellationToken ct) =>
        (await http.PutAsJsonAsync("sim/settings", new { rate_limit = perSecond }, ct)).EnsureSuccessStatusCode();

    public async Task<int> CountAsync(CancellationToken ct)
    {
        var count = await http.GetFromJsonAsync<JsonElement>("sim/messages/count", ct);
        return count.GetProperty("duplicates").GetInt32() == 0
            ? count.GetProperty("total").GetInt32()
            : throw new InvalidOperationException("chats got a message twice");
    }

    /// <summary>Messages received, those that went to one chat among them.</summary>
    public async Task<int> TotalAsync(CancellationToken ct) =>
        (await http.GetFromJsonAsync<JsonElement>("sim/messages/count", ct)).GetProperty("total").GetInt32();

    /// <summary>Numbers of presses that can be answered, without the presses.</summary>
    public async Task<string[]> OpenCallbackQueriesAsync(int count, CancellationToken ct)
    {
        using var response = await http.PostAsJsonAsync("sim/callbacks", new { count }, ct);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<string[]>(ct))!;
    }

    public async Task MustBeAsync(int expected, CancellationToken ct)
    {
        if (await CountAsync(ct) is var total && total != expected)
            throw new InvalidOperationException($"the simulator received {total} messages, and {expected} were expected");
    }

    /// <summary>How many messages were answered with 429.</summary>
    public async Task<int> RefusedAsync(CancellationToken ct) =>
        (await http.GetFromJsonAsync<JsonElement>("sim/messages/count", ct)).GetProperty("refused").GetInt32();

    /// <summary>A chat's message, and how long its keyboard is.</summary>
    public async Task<(string Html, int Keyboard)> MessageAsync(long chat, CancellationToken ct)
    {
        var messages = await http.GetFromJsonAsync<JsonElement>($"sim/messages?chat_id={chat}", ct);
        return (messages[0].GetProperty("html").GetString()!, messages[0].GetProperty("reply_markup").ToString().Length);
    }

    /// <summary>Messages in each second of the simulator's clock, from the first on.</summary>
    public async Task<int[]> PerSecondAsync(CancellationToken ct)
    {
        const int Page = 10_000;
        var times = new List<long>();
        for (long after = 0; ;)
        {
            var messages = await http.GetFromJsonAsync<JsonElement>($"sim/messages?after={after}&limit={Page}", ct);
            foreach (var message in messages.EnumerateArray())
            {
                times.Add(message.GetProperty("date").GetInt64());
                after = message.GetProperty("message_id").GetInt64();
            }

            if (messages.GetArrayLength() < Page)
                break;
        }

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

using System.Text.Json;

namespace Marketing.Bench.Processes;

/// <summary>What a program that sends a broadcast is told, as JSON in its one argument.</summary>
/// <param name="Messages">A file with a line of JSON for each sendMessage.</param>
/// <param name="Done">A file that the program may keep, of the chats that have their message.</param>
/// <param name="Rate">Messages a second that Telegram allows; null for any.</param>
/// <param name="InFlight">Requests under way at once.</param>
internal sealed record PeerJob(string Api, string Token, string Messages, string Done, double? Rate, int InFlight)
{
    public static JsonSerializerOptions Json { get; } = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public string ToJson() => JsonSerializer.Serialize(this, Json);

    public static PeerJob Read(string json) => JsonSerializer.Deserialize<PeerJob>(json, Json)!;
}

/// <summary>What it prints at its end.</summary>
/// <param name="Failed">Chats of which it knows that their message may not have arrived.</param>
/// <param name="PeakMemory">Bytes of its working set.</param>
internal sealed record PeerEnd(IReadOnlyList<long> Failed, long PeakMemory)
{
    public string ToJson() => JsonSerializer.Serialize(this, PeerJob.Json);

    public static PeerEnd Read(string json) => JsonSerializer.Deserialize<PeerEnd>(json, PeerJob.Json)!;
}

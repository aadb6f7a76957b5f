using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Marketing.Bench.Chaos;

/// <summary>One page: what was done how often, and each promise with its numbers.</summary>
internal sealed class ChaosReport(ChaosArguments arguments, TimeSpan took, ChaosWorld world, IReadOnlyList<Verdict> verdicts)
{
    private const int OffendersShown = 5;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public bool AllKept => verdicts.All(v => v.IsKept);

    /// <summary>What the hosts printed.</summary>
    public string HostLogs => string.Join('\n', world.Hosts.Select(h => $"==== host {h.Name}\n{h.Log}"));

    public override string ToString()
    {
        var page = new StringBuilder();
        void Line(FormattableString text) => page.AppendLine(text.ToString(CultureInfo.InvariantCulture));
        Line($"\n{arguments.Minutes} min of chaos, {took.TotalMinutes:0.0} in all; again with --seed {arguments.Seed}\n");
        Line($"  {world.Telegram.MessageCount,8:N0}  messages that Telegram took");
        Line($"  {world.Telegram.RefusedCount,8:N0}  messages that Telegram answered 429");
        foreach (var (what, count) in world.Log.Counts.OrderBy(c => c.Key, StringComparer.Ordinal))
            Line($"  {count,8:N0}  {what}");
        page.AppendLine();
        foreach (var verdict in verdicts)
        {
            Line($"  {(verdict.IsKept ? "PASS" : "FAIL")}  {verdict.Promise}: {verdict.Numbers}");
            foreach (var offender in verdict.Offenders.Take(OffendersShown))
                Line($"          {offender}");
            if (verdict.Offenders.Count > OffendersShown)
                Line($"          and {verdict.Offenders.Count - OffendersShown} more");
        }

        return page.ToString();
    }

    public string ToJson() => JsonSerializer.Serialize(new
    {
        arguments.Seed, arguments.Minutes, Done = world.Log.Counts, Messages = world.Telegram.MessageCount, Refused = world.Telegram.RefusedCount,
        Promises = verdicts.Select(v => new { v.Promise, Kept = v.IsKept, v.Numbers, v.Offenders }),
    }, Indented);
}

using System.Globalization;

namespace Marketing.Bench;

/// <param name="Benches">In the order given; all of them when none is named.</param>
/// <param name="Recipients">Null for each benchmark's own number.</param>
/// <param name="Rounds">Null for each benchmark's own number.</param>
/// <param name="InFlight">Null for the product's default.</param>
/// <param name="Latency">Milliseconds that the simulated Telegram takes to answer; the real one takes some tens.</param>
/// <param name="Quick">A smoke run: few recipients, one round, seconds instead of minutes. Its figures mean little.</param>
/// <param name="Check">A missed target ends with exit code 3.</param>
internal sealed record BenchArguments(
    IReadOnlyList<string> Benches, int? Recipients, int? Rounds, int? InFlight, int? Latency, bool Quick, bool Check)
{
    public const string Usage =
        "usage: bench [delivery|plan|rate|memory|webhook|audience]... [--recipients N] [--rounds N] [--in-flight N] [--latency MS] [--quick] [--check]";

    private static readonly string[] All = ["delivery", "plan", "rate", "memory", "webhook", "audience"];

    /// <exception cref="ArgumentException">Not of the form of <see cref="Usage"/>.</exception>
    public static BenchArguments Parse(string[] args)
    {
        var benches = new List<string>();
        var parsed = new BenchArguments(All, null, null, null, null, false, false);
        var rest = new Queue<string>(args);
        while (rest.TryDequeue(out var word))
        {
            if (All.Contains(word))
                benches.Add(word);
            else
                parsed = word switch
                {
                    "--recipients" => parsed with { Recipients = Number(word, rest) },
                    "--rounds" => parsed with { Rounds = Number(word, rest) },
                    "--in-flight" => parsed with { InFlight = Number(word, rest) },
                    "--latency" => parsed with { Latency = Number(word, rest) },
                    "--quick" => parsed with { Quick = true },
                    "--check" => parsed with { Check = true },
                    _ => throw new ArgumentException($"{word}: unknown; {Usage}"),
                };
        }

        return benches.Count == 0 ? parsed : parsed with { Benches = benches };
    }

    private static int Number(string option, Queue<string> rest) =>
        rest.TryDequeue(out var text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number : throw new ArgumentException($"{option} needs a number of 1 or more; {Usage}");
}

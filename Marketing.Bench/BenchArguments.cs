using System.Globalization;

namespace Marketing.Bench;

/// <param name="Benches">In the order given; all of them when none is named.</param>
/// <param name="Recipients">People of the audience (peers: 5,000 at most); null for each benchmark's own number.</param>
/// <param name="Rounds">Null for each benchmark's own number. Refused for those that have one round, unless all are run.</param>
/// <param name="InFlight">Null for the product's default.</param>
/// <param name="Latency">Milliseconds that the simulated Telegram takes to answer; the real one takes some tens.</param>
/// <param name="Quick">A smoke run: few recipients and rounds, under two minutes for all. It judges all the same; its figures mean little.</param>
/// <param name="Check">A missed target ends with exit code 3.</param>
/// <param name="Json">Where the results go as JSON; null for nowhere.</param>
internal sealed record BenchArguments(
    IReadOnlyList<Benchmark> Benches, int? Recipients, int? Rounds, int? InFlight, int? Latency, bool Quick, bool Check, string? Json)
{
    private const string Everything = "all";

    // What Marketing__MaxInFlight may be.
    private const int MostInFlight = 1_000;

    public static string Usage { get; } = $"usage: bench [{string.Join('|', Benchmark.All.Select(b => b.Name))}|{Everything}]... "
        + "[--recipients N] [--rounds N] [--in-flight N] [--latency MS] [--quick] [--check] [--json FILE]";

    /// <exception cref="ArgumentException">Not of the form of <see cref="Usage"/>.</exception>
    public static BenchArguments Parse(string[] args)
    {
        var (benches, named) = (new List<Benchmark>(), new List<Benchmark>());
        var parsed = new BenchArguments(Benchmark.All, null, null, null, null, false, false, null);
        var rest = new Queue<string>(args);
        while (rest.TryDequeue(out var word))
        {
            if (word == Everything)
                benches.AddRange(Benchmark.All);
            else if (Benchmark.All.FirstOrDefault(b => b.Name == word) is { } bench)
            {
                benches.Add(bench);
                named.Add(bench);
            }
            else
                parsed = word switch
                {
                    "--recipients" => parsed with { Recipients = Number(word, rest) },
                    "--rounds" => parsed with { Rounds = Number(word, rest) },
                    "--in-flight" => parsed with { InFlight = Number(word, rest, most: MostInFlight) },
                    "--latency" => parsed with { Latency = Number(word, rest, least: 0) },
                    "--quick" => parsed with { Quick = true },
                    "--check" => parsed with { Check = true },
                    "--json" => parsed with { Json = FileName(word, rest) },
                    _ => throw new ArgumentException($"{word}: unknown; {Usage}"),
                };
        }

        if (parsed.Rounds is not null && named.FirstOrDefault(b => b.HasOneRound) is { } single)
            throw new ArgumentException($"--rounds: {single.Name} has one round; {Usage}");
        return benches.Count == 0 ? parsed : parsed with { Benches = [.. benches.Distinct()] };
    }

    private static int Number(string option, Queue<string> rest, int least = 1, int most = int.MaxValue) =>
        rest.TryDequeue(out var text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number : throw new ArgumentException($"{option} needs a number of {(most == int.MaxValue ? $"{least} or more" : $"{least} to {most}")}; {Usage}");

    private static string FileName(string option, Queue<string> rest) =>
        rest.TryDequeue(out var file) ? JsonFile.Checked(file) : throw new ArgumentException($"{option} needs a file; {Usage}");
}

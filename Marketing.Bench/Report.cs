using System.Diagnostics;
using System.Globalization;

namespace Marketing.Bench;

/// <summary>Says what goes on while it does, each figure as it is known, and all that are judged in a table at the end.</summary>
internal sealed class Report(TextWriter output)
{
    private readonly List<BenchResult> results = [];
    private readonly Stopwatch running = Stopwatch.StartNew();
    private string bench = "";

    public IReadOnlyList<BenchResult> Results => results;

    public int Missed => results.Count(result => result.Met is false);

    /// <param name="name">Of the benchmark; begins the names of its figures.</param>
    public void Title(string name, FormattableString text)
    {
        bench = name;
        output.WriteLine($"\n[{running.Elapsed:m\\:ss}] {name}: {text.ToString(CultureInfo.InvariantCulture)}");
    }

    public void Note(FormattableString text) => output.WriteLine($"        {text.ToString(CultureInfo.InvariantCulture)}");

    public void Round(int round, int rounds, FormattableString text) =>
        output.WriteLine($"        round {round} of {rounds}: {text.ToString(CultureInfo.InvariantCulture)}");

    public void AtLeast(string name, Figure figure, double target) => Add(name, figure, target, Side.Least);

    public void AtMost(string name, Figure figure, double target) => Add(name, figure, target, Side.Most);

    /// <summary>A figure without a target.</summary>
    public void Tell(string name, Figure figure) => Add(name, figure, null, null);

    /// <summary>The same without a line of its own: the benchmark prints a table of these.</summary>
    public void Keep(string name, Figure figure) => results.Add(BenchResult.Of($"{bench}: {name}", figure, null, null));

    private void Add(string name, Figure figure, double? target, Side? at)
    {
        var result = BenchResult.Of($"{bench}: {name}", figure, target, at);
        results.Add(result);
        var wanted = target is null ? "" : $"at {at.ToString()!.ToLowerInvariant()} {Number(target.Value)}";
        output.WriteLine($"  {Mark(result),-4}  {name,-52} {Number(result.Ratio),8} {Spread(result),-18} {wanted,-14} {Measured(result)}".TrimEnd());
    }

    public void Summary()
    {
        var judged = results.Where(result => result.Target is not null).ToList();
        if (judged.Count == 0)
            return;
        Table(
            ["", "figure", "ratio", "min..max", "target", "value", "baseline", "unit"],
            [.. judged.Select(r => (string[])[
                Mark(r), r.Name, Number(r.Ratio), Spread(r), $"{(r.At == Side.Least ? ">=" : "<=")} {Number(r.Target!.Value)}",
                Number(r.Value), r.Baseline is { } baseline ? Number(baseline) : "", r.Unit])]);
        output.WriteLine($"\n{judged.Count - Missed} of {judged.Count} targets are met.");
    }

    /// <summary>Texts on the left, numbers on the right of their columns.</summary>
    public void Table(string[] header, IReadOnlyList<string[]> rows)
    {
        output.WriteLine();
        var widths = header.Select((title, column) => rows.Select(row => row[column].Length).Append(title.Length).Max()).ToList();
        foreach (var row in rows.Prepend(header))
        {
            output.WriteLine("  " + string.Join("  ", row.Select((cell, column) => IsNumber(column)
                ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]))).TrimEnd());
        }

        bool IsNumber(int column) => rows.Count > 0 && rows.All(row => row[column].Length == 0 || char.IsAsciiDigit(row[column][0]))
            && rows.Any(row => row[column].Length > 0);
    }

    /// <summary>Four significant digits or so.</summary>
    public static string Number(double value) => value.ToString(Math.Abs(value) switch
    {
        >= 1_000 => "N0",
        >= 100 => "0.#",
        >= 10 => "0.##",
        _ => "0.###",
    }, CultureInfo.InvariantCulture);

    private static string Mark(BenchResult result) => result.Met switch { true => "PASS", false => "MISS", null => "" };

    private static string Spread(BenchResult result) =>
        result.Min == result.Max ? "" : $"({Number(result.Min)}..{Number(result.Max)})";

    private static string Measured(BenchResult result) => result.Baseline is { } baseline
        ? $"{Number(result.Value)} against {Number(baseline)} {result.Unit}" : result.Unit;
}

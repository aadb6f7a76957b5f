using System.Globalization;

namespace Marketing.Bench;

/// <summary>Prints one line per figure, with PASS or MISS where it has a target.</summary>
internal sealed class Report(TextWriter output)
{
    public int Missed { get; private set; }

    public void Title(string text) => output.WriteLine($"\n{text}");

    public void Note(FormattableString text) => output.WriteLine($"        {text.ToString(CultureInfo.InvariantCulture)}");

    public void Figure(string name, double value, string format) => Line("    ", name, value, format, "");

    public void AtLeast(string name, double value, double target, string format) =>
        Judge(value >= target, name, value, format, $"target >= {target.ToString(format, CultureInfo.InvariantCulture)}");

    public void AtMost(string name, double value, double target, string format) =>
        Judge(value <= target, name, value, format, $"target <= {target.ToString(format, CultureInfo.InvariantCulture)}");

    public void Within(string name, double value, double least, double most, string format) =>
        Judge(value >= least && value <= most, name, value, format, string.Create(
            CultureInfo.InvariantCulture, $"target {least.ToString(format, CultureInfo.InvariantCulture)} to {most.ToString(format, CultureInfo.InvariantCulture)}"));

    private void Judge(bool isGood, string name, double value, string format, string target)
    {
        Missed += isGood ? 0 : 1;
        Line(isGood ? "PASS" : "MISS", name, value, format, target);
    }

    private void Line(string verdict, string name, double value, string format, string target) =>
        output.WriteLine($"  {verdict}  {name,-58} {value.ToString(format, CultureInfo.InvariantCulture),8}  {target}".TrimEnd());
}

internal static class Medians
{
    public static double Median(this IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}

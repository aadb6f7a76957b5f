namespace Marketing.Bench;

/// <summary>What was measured, once a round.</summary>
/// <param name="Baselines">The same of the baseline, round by round; null where the value itself is judged.</param>
internal sealed record Figure(string Unit, IReadOnlyList<double> Values, IReadOnlyList<double>? Baselines = null)
{
    public Figure(string unit, double value) : this(unit, [value])
    {
    }

    public Figure(string unit, double value, double baseline) : this(unit, [value], [baseline])
    {
    }

    /// <summary>A round's value over the baseline of that round: what disturbs one round disturbs both.</summary>
    public IReadOnlyList<double> Judged => Baselines is null ? Values : [.. Values.Zip(Baselines, (value, baseline) => value / baseline)];
}

internal static class Medians
{
    public static double Median(this IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}

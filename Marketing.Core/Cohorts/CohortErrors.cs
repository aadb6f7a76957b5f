namespace Marketing.Core.Cohorts;

/// <summary>What is wrong with a query by JSON pointer (RFC 6901), up to a number that somebody would read.</summary>
internal sealed class CohortErrors
{
    private readonly Problems problems = new();
    private int count;

    public static string Below(string pointer, string key) =>
        $"{pointer}/{key.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";

    public static string Below(string pointer, int index) => $"{pointer}/{index}";

    public void Add(string pointer, string error)
    {
        if (++count <= CohortLimits.Errors)
            problems.Add(pointer, error);
    }

    public void ThrowIfAny() => problems.ThrowIfAny();
}

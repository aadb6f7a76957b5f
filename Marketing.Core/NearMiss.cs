namespace Marketing.Core;

/// <summary>Finds the name that was probably meant.</summary>
internal static class NearMiss
{
    // A name longer or shorter than another by this much is no slip of the finger; the table stays small whatever is sent.
    private const int MaxDifference = 16;

    /// <summary>The closest of the known names; null if none has at most the typing errors that <paramref name="allowed"/> gives it.</summary>
    public static string? Find(string name, IEnumerable<string> known, Func<string, int> allowed) => known
        .Select(candidate => (candidate, distance: Distance(name, candidate)))
        .Where(c => c.distance <= allowed(c.candidate))
        .OrderBy(c => c.distance)
        .Select(c => c.candidate)
        .FirstOrDefault();

    /// <summary>Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment), without regard to case.</summary>
    public static int Distance(string a, string b)
    {
        if (Math.Abs(a.Length - b.Length) > MaxDifference)
            return int.MaxValue;

        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            d[i, 0] = i;
        for (var j = 0; j <= b.Length; j++)
            d[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var substituted = d[i - 1, j - 1] + (Same(a[i - 1], b[j - 1]) ? 0 : 1);
                d[i, j] = Math.Min(substituted, Math.Min(d[i - 1, j], d[i, j - 1]) + 1);
                if (i > 1 && j > 1 && Same(a[i - 1], b[j - 2]) && Same(a[i - 2], b[j - 1]))
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
            }
        }

        return d[a.Length, b.Length];
    }

    private static bool Same(char a, char b) => char.ToLowerInvariant(a) == char.ToLowerInvariant(b);
}

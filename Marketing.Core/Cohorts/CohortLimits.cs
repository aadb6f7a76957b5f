namespace Marketing.Core.Cohorts;

/// <summary>
/// Bounds on one query. They are far above what people write by hand and low enough that the worst query still plans and
/// parses in milliseconds.
/// </summary>
public static class CohortLimits
{
    /// <summary>The outermost query counts as one; each query inside all, any or not adds one.</summary>
    public const int Depth = 8;

    /// <summary>One operator on one field is one condition.</summary>
    public const int Conditions = 200;

    /// <summary>
    /// Conditions on received, clicked and converted, of up to a thousand broadcasts each. "Received all of these" costs a join
    /// apiece: 20 plan in 0.2 s and count 200,000 people in about 5 s, and 30 take longer than anybody waits.
    /// </summary>
    public const int EventConditions = 20;

    /// <summary>Queries inside all, any and not, so that a million empty ones are refused as well.</summary>
    public const int Queries = 1_000;

    public const int ListValues = 1_000;

    /// <summary>UTF-16 code units, like the three below.</summary>
    public const int StringLength = 256;

    public const int SeedLength = 100;

    public const int AttributeKeyLength = 100;

    public const int KeyLength = 128;

    /// <summary>Ten years; also the longest duration of within and older_than.</summary>
    public const int Days = 3_650;

    /// <summary>Errors reported at once; a longer list helps nobody.</summary>
    public const int Errors = 100;
}

namespace Marketing.Core.Cohorts;

/// <summary>
/// A cohort query after parsing. Every node is either true or false of a person, never unknown, so <see cref="Negated"/> is
/// the exact complement. What the grammar can say in two ways (ne, no_trades_7d) the parser says in one.
/// </summary>
public abstract record CohortNode
{
    private CohortNode() { }

    /// <summary>True when every part is; with no parts, of everybody.</summary>
    public sealed record All(IReadOnlyList<CohortNode> Parts) : CohortNode;

    /// <summary>True when at least one part is; with no parts, of nobody.</summary>
    public sealed record Any(IReadOnlyList<CohortNode> Parts) : CohortNode;

    public sealed record Negated(CohortNode Part) : CohortNode;

    /// <summary>The field has a value.</summary>
    public sealed record Known(CohortField Field) : CohortNode;

    /// <summary>The field has one of these values, of the same type.</summary>
    public sealed record OneOf(CohortField Field, IReadOnlyList<CohortValue> Values) : CohortNode;

    public sealed record Compared(CohortField Field, Comparison Comparison, CohortValue Value) : CohortNode;

    /// <summary>The field's time is at most this long ago.</summary>
    public sealed record Within(CohortField Field, TimeSpan Age) : CohortNode;

    /// <summary>The field's time is longer ago than this.</summary>
    public sealed record OlderThan(CohortField Field, TimeSpan Age) : CohortNode;

    /// <summary>The person did this in at least one of these broadcasts.</summary>
    public sealed record Did(BroadcastEvent Event, IReadOnlyList<Guid> Broadcasts) : CohortNode;

    /// <summary>So many percent of all people, the same ones each time; a smaller share of the same seed is part of a larger one.</summary>
    public sealed record Sampled(decimal Percent, string Seed) : CohortNode;
}

/// <summary>A broadcast that a query names, and where.</summary>
public sealed record BroadcastReference(string Pointer, Guid BroadcastId);

/// <summary>What a condition looks at: a column of users, or a key of its attributes.</summary>
public abstract record CohortField
{
    private CohortField() { }

    public sealed record Text(TextColumn Column) : CohortField;

    public sealed record Time(TimeColumn Column) : CohortField;

    public sealed record Custom(string Key) : CohortField;
}

/// <summary>A value to compare with. Columns take their own type; attributes take any, and types never mix.</summary>
public abstract record CohortValue
{
    private CohortValue() { }

    public sealed record Text(string Value) : CohortValue;

    public sealed record Number(decimal Value) : CohortValue;

    public sealed record Flag(bool Value) : CohortValue;

    public sealed record Time(DateTimeOffset Value) : CohortValue;
}

public enum TextColumn { UserTier, Region, Language }

public enum TimeColumn { CreatedAt, LastTradeAt, LastSeenAt }

public enum Comparison { Greater, GreaterOrEqual, Less, LessOrEqual }

public enum BroadcastEvent { Received, Clicked, Converted }

namespace Marketing.Core.Audience;

/// <summary>The good lines of a body, one at a time; the bad ones it puts into <see cref="Rejections"/> and goes on.</summary>
internal abstract class PersonReader(LineBuffer lines, Rejections rejections) : IDisposable
{
    /// <summary>The line read last.</summary>
    public PersonLine Person { get; } = new();

    protected LineBuffer Lines { get; } = lines;

    protected Rejections Rejections { get; } = rejections;

    /// <summary>Goes on to the next good line; false at the end of the body.</summary>
    public abstract ValueTask<bool> ReadAsync(CancellationToken ct);

    /// <summary>Rejects the line read last.</summary>
    public void Reject(string reason) => Rejections.Add(Person.Number, reason);

    /// <summary>Starts the person of the line, fills it and decides: true when it is to be stored.</summary>
    protected bool Take(ReadOnlyMemory<byte> record, long line)
    {
        Person.Start(line);
        var reason = PersonValues.NotUtf8(record.Span) ?? Fill(record) ?? Person.Finish();
        if (reason is not null)
            Rejections.Add(line, reason);
        return reason is null;
    }

    /// <summary>Fills <see cref="Person"/> from one record; the reason to reject it, or null.</summary>
    protected abstract string? Fill(ReadOnlyMemory<byte> record);

    public virtual void Dispose() => Person.Dispose();
}

/// <summary>The lines left out: all are counted, the first 1,000 kept, so that a file of the wrong kind does not fill the memory.</summary>
internal sealed class Rejections
{
    public const int Kept = 1_000;

    private readonly List<RejectedLine> first = [];

    public long Total { get; private set; }

    public IReadOnlyList<RejectedLine> First => first;

    public void Add(long line, string reason)
    {
        Total++;
        if (first.Count < Kept)
            first.Add(new RejectedLine(line, reason));
    }
}

using Marketing.Core.Data;

namespace Marketing.Core;

/// <summary>One page of a list; <paramref name="NextCursor"/> is null on the last.</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor);

public static class Page
{
    /// <param name="found">One more than <paramref name="limit"/> when there is a further page.</param>
    /// <param name="cursor">The cursor that goes on after an item.</param>
    public static Page<T> Of<T>(IReadOnlyList<T> found, int limit, Func<T, string> cursor)
    {
        var items = found.Take(limit).ToList();
        return new Page<T>(items, found.Count > limit ? cursor(items[^1]) : null);
    }

    /// <summary>The id that a cursor of <see cref="ShortId"/> goes on after; null for the first page.</summary>
    public static Guid? After(string? cursor) => cursor is null
        ? null : ShortId.Decode(cursor) ?? throw new InvalidException("/cursor", "is not a cursor of this list");
}

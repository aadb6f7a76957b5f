using System.Collections.Concurrent;
using System.Net;

namespace Marketing.Bench.Chaos;

/// <param name="Answered">Presses that were surely taken.</param>
/// <param name="Cut">Presses whose answer was cut off: taken or not.</param>
internal readonly record struct Presses(int Answered, int Cut);

/// <param name="Posted">How often the key was posted.</param>
/// <param name="Created">How often the answer was 201.</param>
internal sealed record KeyUse(long Chat, int Posted, int Created, IReadOnlyList<Guid> Ids);

/// <summary>Something that ends the claims of a broadcast, or a resume, which lets them begin again.</summary>
/// <param name="Asked">Before the request.</param>
/// <param name="Answered">After the answer.</param>
internal sealed record Halt(Guid Broadcast, string Action, DateTimeOffset Asked, DateTimeOffset Answered);

/// <summary>What was done, and what of it was accepted: what the ledgers are compared with at the end.</summary>
internal sealed class ChaosLog
{
    private readonly ConcurrentDictionary<string, int> counts = [];

    public IReadOnlyDictionary<string, int> Counts => counts;

    /// <summary>By chat, broadcast and button.</summary>
    public ConcurrentDictionary<(long Chat, Guid Broadcast, Guid Button), Presses> Clicks { get; } = [];

    /// <summary>By idempotency key.</summary>
    public ConcurrentDictionary<string, KeyUse> Conversions { get; } = [];

    /// <summary>Each person's last word to the bot: opted out or not.</summary>
    public ConcurrentDictionary<long, bool> OptedOut { get; } = [];

    /// <summary>Whether each person has the bot blocked.</summary>
    public ConcurrentDictionary<long, bool> Blocked { get; } = [];

    /// <summary>Updates that were posted to the webhook until it answered 200.</summary>
    public ConcurrentBag<int> Updates { get; } = [];

    /// <summary>Posts to the webhook without its secret: the update's id, and the answer where there was one.</summary>
    public ConcurrentBag<(int UpdateId, HttpStatusCode? Status)> Intrusions { get; } = [];

    /// <summary>By title: broadcasts that were accepted for sending are to be there once, and sent; those that were refused never.</summary>
    public ConcurrentDictionary<string, bool> Titles { get; } = [];

    /// <summary>Pauses and cancels that were accepted, and every resume.</summary>
    public ConcurrentBag<Halt> Halts { get; } = [];

    /// <summary>What an actor met that may not be.</summary>
    public ConcurrentBag<string> Broken { get; } = [];

    /// <summary>Claims that dead hosts left, once each.</summary>
    public HashSet<(Guid Broadcast, int Seq, Guid Claim)> LeftBehind { get; } = [];

    /// <summary>Per kill: what was left, and what may have been.</summary>
    public List<(string What, int Left, int Allowed)> Kills { get; } = [];

    public void Count(string what, int times = 1) => counts.AddOrUpdate(what, times, (_, count) => count + times);

    public void Press(long chat, Guid broadcast, Guid button, int answered, int cut) => Clicks.AddOrUpdate(
        (chat, broadcast, button), new Presses(answered, cut), (_, p) => new(p.Answered + answered, p.Cut + cut));

    /// <param name="id">Null when the answer did not name it.</param>
    public void Convert(string key, long chat, bool created, Guid? id) => Conversions.AddOrUpdate(
        key, _ => new(chat, 1, created ? 1 : 0, id is { } first ? [first] : []),
        (_, use) => use with { Posted = use.Posted + 1, Created = use.Created + (created ? 1 : 0), Ids = id is { } next ? [.. use.Ids.Append(next).Distinct()] : use.Ids });
}

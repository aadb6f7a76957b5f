using System.Collections.Concurrent;

namespace Marketing.Local.Telegram;

/// <summary>
/// Every message, found by id in O(1) and by chat along a chain of ids. Appending locks one chat and nothing else.
/// Ids go on counting when a log is emptied (<paramref name="after"/> is the last one used), so that none is met twice.
/// </summary>
internal sealed class MessageLog(int after)
{
    private const int ChunkSize = 4096;
    private readonly ConcurrentDictionary<int, LoggedMessage?[]> chunks = [];
    private readonly ConcurrentDictionary<long, Tally> chats = [];
    private readonly int floor = after;
    private int lastId = after;
    private int received;
    private int reachedChats;
    private int duplicateChats;

    private sealed class Tally
    {
        public int Received;
        public int LastId;
    }

    public int LastId => Volatile.Read(ref lastId);

    /// <summary>Messages from bots; what people say themselves is not counted.</summary>
    public int Received => Volatile.Read(ref received);

    public int ReachedChats => Volatile.Read(ref reachedChats);

    /// <summary>Chats that received more than one message.</summary>
    public int DuplicateChats => Volatile.Read(ref duplicateChats);

    /// <summary>Adds what <paramref name="create"/> makes of the new id, the id before it in the chat, and the state.</summary>
    public LoggedMessage Append<TState>(long chatId, Func<int, int, TState, LoggedMessage> create, TState state)
    {
        var tally = chats.GetOrAdd(chatId, static _ => new Tally());
        lock (tally)
        {
            var id = Interlocked.Increment(ref lastId);
            var message = create(id, tally.LastId, state);
            var index = id - floor - 1;
            chunks.GetOrAdd(index / ChunkSize, static _ => new LoggedMessage?[ChunkSize])[index % ChunkSize] = message;
            tally.LastId = id;
            if (message.FromPerson)
                return message;
            Interlocked.Increment(ref received);
            if (++tally.Received == 1)
                Interlocked.Increment(ref reachedChats);
            else if (tally.Received == 2)
                Interlocked.Increment(ref duplicateChats);
            return message;
        }
    }

    /// <summary>Chats with a message, whoever wrote it.</summary>
    public int Chats => chats.Count;

    public LoggedMessage? Find(long chatId, int id) => At(id) is { } message && message.ChatId == chatId ? message : null;

    /// <summary>The first messages after an id, oldest first: of one chat, or of all.</summary>
    public IReadOnlyList<LoggedMessage> Read(long? chatId, int afterId, int limit, bool withOwn)
    {
        var found = new List<LoggedMessage>();
        if (chatId is { } chat)
        {
            var last = chats.TryGetValue(chat, out var tally) ? Volatile.Read(ref tally.LastId) : 0;
            for (var message = At(last); message is not null && message.Id > afterId; message = At(message.Previous))
            {
                if (withOwn || !message.FromPerson)
                    found.Add(message);
            }

            found.Reverse();
            return found.Count > limit ? found[..limit] : found;
        }

        for (var id = Math.Max(afterId, floor) + 1; id <= LastId && found.Count < limit; id++)
        {
            if (At(id) is { } message && (withOwn || !message.FromPerson))
                found.Add(message);
        }

        return found;
    }

    /// <summary>The newest message of a chat, deleted or not.</summary>
    public LoggedMessage? Last(long chatId) => chats.TryGetValue(chatId, out var tally) ? At(Volatile.Read(ref tally.LastId)) : null;

    /// <summary>Each chat once, the one with the newest message first.</summary>
    public IEnumerable<long> ChatsNewestFirst()
    {
        for (var id = LastId; id > floor; id--)
        {
            if (At(id) is { } message && chats.TryGetValue(message.ChatId, out var tally) && Volatile.Read(ref tally.LastId) == id)
                yield return message.ChatId;
        }
    }

    /// <summary>A chat's last messages from one id up to the one before another, without deleted ones; oldest first.</summary>
    public IReadOnlyList<LoggedMessage> ReadBack(long chatId, int before, int from, int limit)
    {
        var found = new List<LoggedMessage>();
        for (var message = Last(chatId); message is not null && message.Id >= from && found.Count < limit; message = At(message.Previous))
        {
            if (message.Id < before && !message.Deleted)
                found.Add(message);
        }

        found.Reverse();
        return found;
    }

    /// <summary>Messages from bots to a chat after an id, without deleted ones, up to a limit.</summary>
    public int CountAfter(long chatId, int afterId, int limit)
    {
        var count = 0;
        for (var message = Last(chatId); message is not null && message.Id > afterId && count < limit; message = At(message.Previous))
            count += message is { FromPerson: false, Deleted: false } ? 1 : 0;
        return count;
    }

    /// <summary>Adds the chats of the messages after an id, as long as there are not too many.</summary>
    /// <returns>The last message read, since one that is just being stored is for the next time; and whether all chats are there.</returns>
    public (int Last, bool All) ReadChats(int afterId, HashSet<long> into, int limit)
    {
        var all = afterId >= floor && afterId <= LastId;
        var last = all ? afterId : floor;
        for (; At(last + 1) is { } message; last++)
        {
            if (all)
                into.Add(message.ChatId);
            all &= into.Count <= limit;
        }

        return (last, all);
    }

    /// <summary>Some of the chats that received more than one message. Reads all chats: for a failed test's message, not for a loop.</summary>
    public IReadOnlyList<long> SomeDuplicateChats(int limit) =>
        [.. chats.Where(c => c.Value.Received > 1).Take(limit).Select(c => c.Key)];

    private LoggedMessage? At(int id)
    {
        var index = id - floor - 1;
        return index >= 0 && chunks.TryGetValue(index / ChunkSize, out var chunk) ? Volatile.Read(ref chunk[index % ChunkSize]) : null;
    }
}

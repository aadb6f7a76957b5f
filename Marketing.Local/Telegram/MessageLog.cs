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

    /// <summary>Some of the chats that received more than one message. Reads all chats: for a failed test's message, not for a loop.</summary>
    public IReadOnlyList<long> SomeDuplicateChats(int limit) =>
        [.. chats.Where(c => c.Value.Received > 1).Take(limit).Select(c => c.Key)];

    private LoggedMessage? At(int id)
    {
        var index = id - floor - 1;
        return index >= 0 && chunks.TryGetValue(index / ChunkSize, out var chunk) ? Volatile.Read(ref chunk[index % ChunkSize]) : null;
    }
}

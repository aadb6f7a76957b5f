namespace Marketing.Local.Telegram;

/// <summary>
/// Which chats changed by anything but a new message: an edit, a deletion, a block. New messages are in <see cref="MessageLog"/>,
/// so that sending costs nothing here. The last 1,024 are kept; whoever is further behind reads everything again.
/// </summary>
internal sealed class ChangeLog
{
    /// <summary>In place of a chat: all of them may look different now.</summary>
    public const long EveryChat = 0;

    private const int Capacity = 1024;
    private readonly Lock gate = new();
    private readonly long[] chats = new long[Capacity];
    private long count;

    public long Count => Volatile.Read(ref count);

    public void Add(long chatId)
    {
        lock (gate)
        {
            chats[count % Capacity] = chatId;
            Volatile.Write(ref count, count + 1);
        }
    }

    /// <summary>Adds the chats of the changes from <paramref name="after"/> to <paramref name="until"/>.</summary>
    /// <returns>False when they cannot be told apart any more, or are all chats.</returns>
    public bool Read(long after, long until, HashSet<long> into)
    {
        lock (gate)
        {
            if (after > until || count - after > Capacity)
                return false;
            for (; after < until; after++)
            {
                if (chats[after % Capacity] == EveryChat)
                    return false;
                into.Add(chats[after % Capacity]);
            }

            return true;
        }
    }
}

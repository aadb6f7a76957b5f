using Marketing.Local.Telegram;

namespace Marketing.Bench.Chaos;

/// <summary>The broadcasts' messages by Telegram's own log: what really reached people.</summary>
internal sealed class Arrivals
{
    private static readonly IReadOnlyList<ReceivedMessage> None = [];

    private readonly Dictionary<(Guid Broadcast, long Chat), IReadOnlyList<ReceivedMessage>> messages;

    private Arrivals(Dictionary<(Guid, long), IReadOnlyList<ReceivedMessage>> messages) => this.messages = messages;

    public static Arrivals Read(ChaosWorld world)
    {
        // Of every chat: one that is in no plan must be found too.
        var all = from message in world.Telegram.Messages()
                  let broadcast = Readers.BroadcastOf(message)
                  where broadcast is not null
                  group message by (broadcast.Value, message.ChatId);
        return new Arrivals(all.ToDictionary(g => g.Key, IReadOnlyList<ReceivedMessage> (g) => [.. g]));
    }

    public IEnumerable<(Guid Broadcast, long Chat)> Keys => messages.Keys;

    public IEnumerable<ReceivedMessage> All => messages.Values.SelectMany(m => m);

    public IReadOnlyList<ReceivedMessage> To(Guid broadcast, long chat) => messages.GetValueOrDefault((broadcast, chat), None);
}

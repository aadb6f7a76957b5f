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
        var all = from chat in Enumerable.Range(1, ChaosWorld.People).Select(n => (long)n).Concat(world.Log.OptedOut.Keys).Distinct()
                  from message in world.Telegram.Messages(chat)
                  let broadcast = Readers.BroadcastOf(message)
                  where broadcast is not null
                  group message by (broadcast.Value, chat);
        return new Arrivals(all.ToDictionary(g => g.Key, IReadOnlyList<ReceivedMessage> (g) => [.. g]));
    }

    public IEnumerable<(Guid Broadcast, long Chat)> Keys => messages.Keys;

    public IEnumerable<ReceivedMessage> All => messages.Values.SelectMany(m => m);

    public IReadOnlyList<ReceivedMessage> To(Guid broadcast, long chat) => messages.GetValueOrDefault((broadcast, chat), None);
}

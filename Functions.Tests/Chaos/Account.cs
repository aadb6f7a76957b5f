using Dapper;
using Marketing.Bench.Chaos;
using Marketing.Core.Delivery;
using Marketing.Functions.Tests.Fixtures;

namespace Marketing.Functions.Tests.Chaos;

/// <summary>What became of a broadcast, by its ledger and by what its people received.</summary>
/// <param name="Arrived">Of the uncertain ones, those that did receive it.</param>
internal sealed record Account(int Sent, int Failed, int Uncertain, int Arrived, int Pending)
{
    private const string LedgerSql = """
        SELECT d.seq, d.state, u.chat_id FROM deliveries d LEFT JOIN users u ON u.id = d.user_id
        WHERE d.broadcast_id = @broadcastId ORDER BY d.seq
        """;

    private sealed record Row(int Seq, short State, long ChatId);

    /// <summary>
    /// Checks DESIGN's section 8: each of the audience has one row, in one final state (or pending, where the broadcast was
    /// cancelled); sent is one message, uncertain none or one, anything else none; and the counters say the same.
    /// </summary>
    /// <param name="story">What was done to it, for the message.</param>
    public static async Task<Account> CheckAsync(World world, LocalProcess host, Guid broadcastId, int audience, string story, bool cancelled = false)
    {
        await using var db = await world.Database.OpenConnectionAsync();
        var rows = (await db.QueryAsync<Row>(LedgerSql, new { broadcastId })).AsList();
        Assert.True(rows.Select(r => r.Seq).SequenceEqual(Enumerable.Range(0, audience)), $"{story}: {rows.Count} rows of {audience}");
        Assert.True(rows.Select(r => r.ChatId).Distinct().Count() == audience, $"{story}: somebody is in the plan twice");
        Assert.True(world.Telegram.DuplicateChats == 0, $"{story}: {world.Telegram.DuplicateChats} chats got more than one message");

        var arrived = 0;
        foreach (var row in rows)
        {
            var (state, messages) = ((DeliveryState)row.State, world.Telegram.Messages(row.ChatId).Count);
            var fits = state switch
            {
                DeliveryState.Sent => messages == 1,
                DeliveryState.Uncertain => messages <= 1,
                DeliveryState.Pending => cancelled && messages == 0,
                DeliveryState.Claimed => false,
                _ => messages == 0,
            };
            Assert.True(fits, $"{story}: row {row.Seq} is {state}, and its chat {row.ChatId} got {messages} messages");
            arrived += state == DeliveryState.Uncertain ? messages : 0;
        }

        int Count(DeliveryState state) => rows.Count(r => r.State == (short)state);
        var stats = await host.GetAsync($"v1/admin/broadcasts/{broadcastId}/stats");
        Assert.Equal(
            (audience, Count(DeliveryState.Sent), Count(DeliveryState.Failed), Count(DeliveryState.Blocked), Count(DeliveryState.Skipped),
                Count(DeliveryState.Uncertain), Count(DeliveryState.Pending)),
            (stats.Number("total_recipients"), stats.Number("sent"), stats.Number("failed"), stats.Number("blocked"), stats.Number("skipped"),
                stats.Number("uncertain"), stats.Number("pending")));
        return new(Count(DeliveryState.Sent), Count(DeliveryState.Failed), Count(DeliveryState.Uncertain), arrived, Count(DeliveryState.Pending));
    }
}

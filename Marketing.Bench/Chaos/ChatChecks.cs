using System.Net;

namespace Marketing.Bench.Chaos;

/// <summary>What people and admins did in their chats.</summary>
internal static class ChatChecks
{
    private const string UpdatesSql = "SELECT update_id FROM telegram_updates";

    private const string FailedSql = "SELECT count(*) FROM telegram_updates WHERE error IS NOT NULL";

    private const string PeopleSql = """
        SELECT telegram_user_id AS chat, opted_out_at IS NOT NULL AS opted_out, suppressed_at IS NOT NULL AS suppressed FROM users
        """;

    // Of those who are gone, whom Telegram has told us of.
    private const string RefusedSql = """
        SELECT DISTINCT u.chat_id FROM deliveries d JOIN users u ON u.id = d.user_id WHERE d.state = 4 AND u.chat_id = ANY (@gone)
        """;

    // The number of the press on Yes stays, whatever step comes after it.
    public const string Confirmed = "c.state ->> 'confirm_press' IS NOT NULL";

    private const string ConfirmedSql = $"SELECT count(*) FROM conversations c WHERE {Confirmed}";

    // Both ways: what was confirmed has its broadcast, and what was made in the chat was confirmed, once.
    private const string ConversationsSql = $"""
        SELECT 'conversation ' || c.id || ' is confirmed, and its broadcast was not sent' FROM conversations c
        WHERE {Confirmed} AND NOT EXISTS (SELECT 1 FROM broadcasts b WHERE b.id = c.broadcast_id AND b.status <> 0)
        UNION ALL
        SELECT 'broadcast ' || b.id || ' comes from ' || count(c.id) || ' confirmed conversations' FROM broadcasts b
        JOIN admin_tokens t ON t.id = b.created_by AND t.telegram_user_id = @Chat
        LEFT JOIN conversations c ON c.broadcast_id = b.id AND {Confirmed}
        GROUP BY b.id HAVING count(c.id) <> 1
        """;

    private sealed record Person(long Chat, bool OptedOut, bool Suppressed);

    public static async Task<IReadOnlyList<Verdict>> RunAsync(ChaosWorld world)
    {
        var taken = (await world.RowsAsync<long>(UpdatesSql)).ToHashSet();
        var people = (await world.RowsAsync<Person>(PeopleSql)).ToDictionary(p => p.Chat);
        // Everybody: who did nothing has opted out of nothing and blocked nobody.
        IEnumerable<string> Otherwise(string what, IReadOnlyDictionary<long, bool> expected, Func<Person, bool> actual) => people.Keys.Union(expected.Keys)
            .Where(chat => (people.TryGetValue(chat, out var person) && actual(person)) != expected.GetValueOrDefault(chat))
            .Select(chat => $"chat {chat}: {what} should be {expected.GetValueOrDefault(chat)}");

        var blocked = world.Log.Blocked.ToDictionary();
        foreach (var chat in await world.RowsAsync<long>(RefusedSql, new { gone = ChaosWorld.Deactivated.ToArray() }))
            blocked[chat] = true;
        var intrusions = world.Log.Intrusions;
        return
        [
            Verdict.Of("No update that the webhook answered 200 is lost", $"{world.Log.Updates.Count} updates; {await world.ScalarAsync<long>(FailedSql)} kept with the error of their reply",
                world.Log.Updates.Where(id => !taken.Contains(id)).Select(id => $"update {id} is not there")),
            Verdict.Of("Everybody's last /start or /stop stands", $"{world.Log.OptedOut.Count} of {people.Count} people said one", Otherwise("opted out", world.Log.OptedOut, p => p.OptedOut)),
            Verdict.Of("Who has the bot blocked is suppressed, and nobody else", $"{blocked.Values.Count(b => b)} of {people.Count} people", Otherwise("suppressed", blocked, p => p.Suppressed)),
            Verdict.Of("A post without the webhook's secret is answered 401 and leaves nothing", $"{intrusions.Count} posts, {intrusions.Count(i => i.Status == HttpStatusCode.Unauthorized)} answered",
                intrusions.Where(i => i.Status < HttpStatusCode.InternalServerError && i.Status != HttpStatusCode.Unauthorized).Select(i => $"update {i.UpdateId} was answered {(int)i.Status!}")
                    .Concat(intrusions.Where(i => taken.Contains(i.UpdateId)).Select(i => $"update {i.UpdateId} is there"))),
            Verdict.Of("Each confirmed conversation is one broadcast", $"{await world.ScalarAsync<long>(ConfirmedSql)} confirmed",
                await world.RowsAsync<string>(ConversationsSql, new { ChatAdmins.Chat })),
        ];
    }
}

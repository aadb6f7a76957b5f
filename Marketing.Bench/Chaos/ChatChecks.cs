namespace Marketing.Bench.Chaos;

/// <summary>What people and admins did in their chats.</summary>
internal static class ChatChecks
{
    private const string UpdatesSql = "SELECT update_id FROM telegram_updates";

    private const string FailedSql = "SELECT count(*) FROM telegram_updates WHERE error IS NOT NULL";

    private const string PeopleSql = """
        SELECT telegram_user_id AS chat, opted_out_at IS NOT NULL AS opted_out, suppressed_at IS NOT NULL AS suppressed FROM users
        """;

    // The number of the press on Yes stays, whatever step comes after it.
    private const string Confirmed = "c.state ->> 'confirm_press' IS NOT NULL";

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
        IEnumerable<string> Otherwise(string what, IEnumerable<KeyValuePair<long, bool>> expected, Func<Person, bool> actual) => expected
            .Where(e => people.TryGetValue(e.Key, out var person) ? actual(person) != e.Value : e.Value)
            .Select(e => $"chat {e.Key}: {what} should be {e.Value}");

        return
        [
            Verdict.Of("No update that the webhook answered 200 is lost", $"{world.Log.Updates.Count} updates; {await world.ScalarAsync<long>(FailedSql)} kept with the error of their reply",
                world.Log.Updates.Where(id => !taken.Contains(id)).Select(id => $"update {id} is not there")),
            Verdict.Of("Everybody's last /start or /stop stands", $"{world.Log.OptedOut.Count} people", Otherwise("opted out", world.Log.OptedOut, p => p.OptedOut)),
            Verdict.Of("Who has the bot blocked is suppressed, and nobody else", $"{world.Log.Blocked.Count} people", Otherwise("suppressed", world.Log.Blocked, p => p.Suppressed)),
            Verdict.Of("Each confirmed conversation is one broadcast", $"{await world.ScalarAsync<long>(ConfirmedSql)} confirmed",
                await world.RowsAsync<string>(ConversationsSql, new { ChatAdmins.Chat })),
        ];
    }
}

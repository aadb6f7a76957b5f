namespace Marketing.Bench.Chaos;

/// <summary>Presses and conversions against what was accepted.</summary>
internal static class TrackingChecks
{
    private const string ClicksSql = """
        SELECT u.telegram_user_id AS chat, c.broadcast_id, c.cta_button_id, c.presses, c.clicked_at, c.user_agent FROM cta_clicks c JOIN users u ON u.id = c.user_id
        """;

    private const string ConversionsSql = """
        SELECT v.idempotency_key, v.id, u.telegram_user_id AS chat FROM conversions v JOIN users u ON u.id = v.user_id
        """;

    private const string MarksSql = """
        SELECT 'click ' || c.id || ' converted: ' || c.converted FROM cta_clicks c
        WHERE c.converted <> EXISTS (SELECT 1 FROM conversions v WHERE v.cta_click_id = c.id)
        """;

    private sealed record Click(long Chat, Guid BroadcastId, Guid CtaButtonId, int Presses, DateTimeOffset ClickedAt, string? UserAgent);

    private sealed record Made(string IdempotencyKey, Guid Id, long Chat);

    public static async Task<IReadOnlyList<Verdict>> RunAsync(ChaosWorld world)
    {
        var clicks = (await world.RowsAsync<Click>(ClicksSql)).ToDictionary(c => (c.Chat, c.BroadcastId, c.CtaButtonId));
        var made = (await world.RowsAsync<Made>(ConversionsSql)).ToLookup(c => c.IdempotencyKey);
        var posted = world.Log.Conversions;
        return
        [
            Verdict.Of("Each accepted press is counted once, and nothing else", $"{clicks.Values.Sum(c => c.Presses)} counted, {world.Log.Clicks.Values.Sum(p => p.Answered)} accepted, {world.Log.Clicks.Values.Sum(p => p.Cut)} cut off",
                clicks.Keys.Union(world.Log.Clicks.Keys).Where(k => !Fits(clicks.GetValueOrDefault(k)?.Presses ?? 0, world.Log.Clicks.GetValueOrDefault(k)))
                    .Select(k => $"chat {k.Item1} button {k.Item3} of broadcast {k.Item2}: {world.Log.Clicks.GetValueOrDefault(k)}; {clicks.GetValueOrDefault(k)?.ToString() ?? "no row"}")),
            Verdict.Of("Each conversion is recorded once per key", $"{posted.Count} keys, posted {posted.Values.Sum(u => u.Posted)} times; {made.Count} recorded",
                posted.Where(p => p.Value.Created > 1 || made[p.Key].Count() != 1 || made[p.Key].First() is var row && (p.Value.Ids.Any(id => id != row.Id) || row.Chat != p.Value.Chat))
                    .Select(p => $"{p.Key}: {p.Value.Created} answers of 201, {p.Value.Ids.Count} ids, {made[p.Key].Count()} rows")
                    .Concat(made.Where(m => !posted.ContainsKey(m.Key)).Select(m => $"{m.Key} was recorded and never posted"))
                    .Concat(await world.RowsAsync<string>(MarksSql))),
        ];
    }

    private static bool Fits(int counted, Presses pressed) => counted >= pressed.Answered && counted <= pressed.Answered + pressed.Cut;
}

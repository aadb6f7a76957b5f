using System.Collections.Concurrent;
using System.Net;
using Dapper;
using Npgsql;

namespace Marketing.Core.Cta;

/// <summary>Where a press leads.</summary>
public sealed record ClickTarget(string Label, string? Url, string? Answer);

/// <summary>
/// Where a link leads, and the clicks. Clicks that come while others are written share the next statement, so that many at once
/// cost one commit; one that comes alone does not wait.
/// </summary>
public sealed class ClickRepository(NpgsqlDataSource source, MarketingTelemetry telemetry, TimeProvider clock)
{
    private const int AtMost = 100;
    private const int Attempts = 3;

    /// <summary>
    /// CTEs named asked and target: the buttons and who got them. A press counts from the moment its message can have arrived. The
    /// words are those of the person's language, found as Languages.Find does.
    /// </summary>
    /// <param name="asked">SQL: rows of place, broadcast_id, seq, cta_button_id, id, at, user_agent, ip_address.</param>
    internal static string Target(string asked) => $"""
        asked AS ({asked}),
        target AS (
            SELECT a.place, a.broadcast_id, a.seq, a.cta_button_id, a.id, a.at, a.user_agent, a.ip_address, d.user_id, d.segment_id, d.clicked_at,
                COALESCE(words ->> 'label', button ->> 'label') AS label, button ->> 'url' AS url,
                COALESCE(words ->> 'answer', button ->> 'answer') AS answer, button ->> 'action' AS action
            FROM asked a
            CROSS JOIN LATERAL (
                SELECT user_id, segment_id, clicked_at, state, attempts FROM deliveries
                WHERE broadcast_id = a.broadcast_id AND seq = a.seq LIMIT 1) AS d -- so that it is found by the key, one by one
            JOIN broadcasts b ON b.id = a.broadcast_id
            LEFT JOIN users u ON u.id = d.user_id
            CROSS JOIN LATERAL jsonb_array_elements(b.cta_buttons) WITH ORDINALITY AS list (button, place)
            CROSS JOIN LATERAL (SELECT lower(replace(u.language, '_', '-')) AS tag) AS spoken
            CROSS JOIN LATERAL (SELECT COALESCE(b.translations -> tag, b.translations -> split_part(tag, '-', 1))
                -> 'cta_buttons' -> (list.place::integer - 1) AS words) AS translated
            WHERE (d.state <> 0 OR d.attempts > 0) AND button ->> 'id' = a.cta_button_id::text)
        """;

    /// <summary>
    /// CTEs that count the presses of <see cref="Target"/>. The link of an erased person still leads on, and nothing is recorded: the
    /// person's row is locked as a foreign key would lock it, so that an erasure waits for the click or the click finds nobody.
    /// Of two first clicks at once, on two buttons, the second waits for the ledger's row and finds it clicked. Rows are locked in
    /// the order of their keys, so that no two statements wait for each other.
    /// </summary>
    /// <param name="counts">SQL: which of the targets do.</param>
    internal static string Click(string counts) => $"""
        person AS (SELECT u.id FROM users u WHERE u.id IN (SELECT user_id FROM target WHERE {counts}) ORDER BY u.id FOR KEY SHARE OF u),
        pressed AS (
            SELECT DISTINCT ON (user_id, broadcast_id, cta_button_id) t.*, count(*) OVER same AS presses, max(at) OVER same AS last_at
            FROM target t JOIN person ON person.id = t.user_id
            WINDOW same AS (PARTITION BY user_id, broadcast_id, cta_button_id)
            ORDER BY user_id, broadcast_id, cta_button_id, at),
        click AS (
            INSERT INTO cta_clicks AS c (id, user_id, broadcast_id, cta_button_id, clicked_at, presses, last_pressed_at, user_agent, ip_address)
            SELECT id, user_id, broadcast_id, cta_button_id, at, presses, last_at, user_agent, ip_address FROM pressed
            ON CONFLICT (user_id, broadcast_id, cta_button_id) DO UPDATE
                SET presses = c.presses + EXCLUDED.presses, last_pressed_at = greatest(c.last_pressed_at, EXCLUDED.last_pressed_at)
            RETURNING user_id, broadcast_id, cta_button_id, xmax = 0 AS is_new),
        first AS (
            UPDATE deliveries d SET clicked_at = p.at
            FROM (SELECT DISTINCT ON (broadcast_id, seq) broadcast_id, seq, cta_button_id, at FROM pressed WHERE clicked_at IS NULL
                  ORDER BY broadcast_id, seq, at) AS p
            WHERE d.broadcast_id = p.broadcast_id AND d.seq = p.seq AND d.clicked_at IS NULL
            RETURNING d.broadcast_id, d.seq, p.cta_button_id, delay_bucket(d.finished_at, d.clicked_at) AS delay),
        counted AS (
            INSERT INTO counter_deltas (broadcast_id, minute, segment_id, cta_button_id, delay, clicks, total_clicks, clickers)
            SELECT broadcast_id, date_trunc('minute', p.at), COALESCE(p.segment_id, 0), cta_button_id, f.delay,
                count(*) FILTER (WHERE c.is_new), sum(p.presses), count(f.delay)
            FROM pressed p JOIN click c USING (user_id, broadcast_id, cta_button_id) LEFT JOIN first f USING (broadcast_id, seq, cta_button_id)
            GROUP BY 1, 2, 3, 4, 5)
        """;

    private const string Asked = """
        SELECT * FROM unnest(@broadcastIds, @seqs, @buttonIds, @ids, @times, @userAgents::text[], @ips::inet[])
            WITH ORDINALITY AS a (broadcast_id, seq, cta_button_id, id, at, user_agent, ip_address, place)
        """;

    private static readonly string FollowSql = $"WITH {Target(Asked)}, {Click("true")} SELECT place, label, url, answer FROM target";

    private static readonly string PrefetchSql = $"""
        WITH {Target(Asked)},
        counted AS (
            INSERT INTO counter_deltas (broadcast_id, minute, segment_id, cta_button_id, prefetches)
            SELECT broadcast_id, date_trunc('minute', at), COALESCE(segment_id, 0), cta_button_id, 1 FROM target)
        SELECT place, label, url, answer FROM target
        """;

    private readonly ConcurrentQueue<Waiting> waiting = new();
    private int isWriting;

    /// <summary>
    /// Records a press of a redirect link, or counts a fetch, and returns where it goes; null when the link leads nowhere. A press is
    /// recorded even when whoever waits for the answer does not any more.
    /// </summary>
    /// <param name="counts">A person's press; false for a program's fetch.</param>
    public async Task<ClickTarget?> FollowAsync(CtaLink link, bool counts, string? userAgent, IPAddress? ip, CancellationToken ct)
    {
        var click = new Waiting(link, userAgent, ip, clock.GetUtcNow());
        if (!counts)
            return (await ReadAsync(PrefetchSql, [click], ct)).SingleOrDefault()?.Target;
        waiting.Enqueue(click);
        _ = WriteAsync(); // its outcome is the clicks'
        var target = await click.Done.Task.WaitAsync(ct);
        if (target is not null)
            telemetry.Clicked("link");
        return target;
    }

    /// <summary>One writer at a time takes whatever waits. Who finds it at work leaves their click to it: it looks again when it is done.</summary>
    private async Task WriteAsync()
    {
        while (!waiting.IsEmpty && Interlocked.Exchange(ref isWriting, 1) == 0)
        {
            var batch = new List<Waiting>();
            while (batch.Count < AtMost && waiting.TryDequeue(out var next))
                batch.Add(next);
            try
            {
                if (batch.Count > 0)
                    await WriteAsync(batch);
            }
            finally
            {
                Interlocked.Exchange(ref isWriting, 0); // with a fence: who came before it is seen by the look that follows
            }
        }
    }

    private async Task WriteAsync(List<Waiting> batch)
    {
        try
        {
            var targets = await TryReadAsync(batch);
            for (var i = 0; i < batch.Count; i++)
                batch[i].Done.SetResult(targets.GetValueOrDefault(i + 1));
        }
        catch (Exception e) // whatever it is, it is the answer to each of those who wait
        {
            foreach (var click in batch)
                click.Done.TrySetException(e);
        }
    }

    // A recount or an erasure may hold what the clicks want and want what they hold; then Postgres undoes one of the two.
    private async Task<IReadOnlyDictionary<int, ClickTarget>> TryReadAsync(List<Waiting> batch)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return (await ReadAsync(FollowSql, batch, CancellationToken.None)).ToDictionary(row => (int)row.Place, row => row.Target);
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.DeadlockDetected && attempt < Attempts)
            {
            }
        }
    }

    private async Task<IEnumerable<Row>> ReadAsync(string sql, List<Waiting> batch, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        return await db.QueryAsync<Row>(new CommandDefinition(sql, new
        {
            broadcastIds = batch.Select(c => c.Link.BroadcastId).ToArray(), seqs = batch.Select(c => c.Link.Seq).ToArray(),
            buttonIds = batch.Select(c => c.Link.ButtonId).ToArray(), ids = batch.Select(c => Guid.CreateVersion7(c.At)).ToArray(),
            times = batch.Select(c => c.At).ToArray(), userAgents = batch.Select(c => c.UserAgent).ToArray(), ips = batch.Select(c => c.Ip).ToArray(),
        }, cancellationToken: ct));
    }

    private sealed record Row(long Place, string Label, string? Url, string? Answer)
    {
        public ClickTarget Target => new(Label, Url, Answer);
    }

    private sealed record Waiting(CtaLink Link, string? UserAgent, IPAddress? Ip, DateTimeOffset At)
    {
        public TaskCompletionSource<ClickTarget?> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

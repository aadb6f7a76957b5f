using Dapper;
using Marketing.Core.Analytics;
using Marketing.Core.Broadcasts;
using Microsoft.Extensions.Logging;
using Npgsql;
using Telegram.Bot.Exceptions;

namespace Marketing.Core.Telegram;

/// <summary>Keeps the messages of confirmed conversations up to date until their broadcasts have ended.</summary>
public sealed class ProgressMessages(
    NpgsqlDataSource source, StatsRepository stats, ControlMessage control, TimeProvider clock, ILogger<ProgressMessages> logger)
{
    // Each edit waits for its own answer only; the rest of a tick does not wait for a slow one.
    private const int EditsAtOnce = 8;

    // An edit that takes longer is left to the next tick but two; the message is newer then anyway.
    private static readonly TimeSpan EditTimeout = TimeSpan.FromSeconds(8);

    // A cancelled broadcast has ended when its last claims are settled, so that its report is final. An admin whose token has
    // ended is told nothing more.
    private const string WatchedSql = """
        SELECT c.id, c.chat_id, c.message_id, c.state ->> 'shown' AS shown, a.time_zone, b.id AS broadcast_id, b.title, b.status,
            b.scheduled_at, b.sent_at, b.failure_reason,
            b.id IS NULL OR b.status IN (2, 3) OR (b.status = 6 AND (b.planned_at IS NULL OR b.settled_at IS NOT NULL)) AS ended
        FROM conversations c
        JOIN admin_tokens a ON a.id = c.admin_id AND a.telegram_user_id = c.chat_id
            AND a.revoked_at IS NULL AND (a.expires_at IS NULL OR a.expires_at > @now)
        LEFT JOIN broadcasts b ON b.id = c.broadcast_id
        WHERE c.step = 10
        """;

    public async Task UpdateAsync(CancellationToken ct)
    {
        List<Watched> watched;
        await using (var db = await source.OpenConnectionAsync(ct))
            watched = (await db.QueryAsync<Watched>(new CommandDefinition(WatchedSql, new { now = clock.GetUtcNow() }, cancellationToken: ct))).AsList();
        if (watched.Count == 0)
            return;
        var numbers = await stats.ForAsync([.. watched.Select(w => w.BroadcastId).OfType<Guid>().Distinct()], ct);
        await Parallel.ForEachAsync(watched, new ParallelOptions { MaxDegreeOfParallelism = EditsAtOnce, CancellationToken = ct }, async (one, cancelled) =>
            await TryUpdateAsync(one, one.BroadcastId is { } id ? numbers.GetValueOrDefault(id) : null, cancelled));
    }

    private async Task TryUpdateAsync(Watched watched, BroadcastStats? numbers, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(EditTimeout);
        try
        {
            await UpdateAsync(watched, numbers, limit.Token);
        }
        catch (ApiRequestException e) when (e.ErrorCode is 400 or 403)
        {
            // The chat is gone or has blocked the bot: it is not tried every three seconds from now on.
            Log.ProgressEnded(logger, watched.Id, e);
            await KeepAsync(watched, watched.MessageId, watched.Shown, ended: true, ct);
        }
        catch (RequestException e)
        {
            Log.ProgressLate(logger, watched.Id, e);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            Log.ProgressLate(logger, watched.Id, e);
        }
    }

    private async Task UpdateAsync(Watched watched, BroadcastStats? numbers, CancellationToken ct)
    {
        var card = watched.BroadcastId is { } id ? new CardFacts(
            id, watched.Title!, watched.Status!.Value, watched.ScheduledAt, watched.SentAt, watched.FailureReason, numbers) : null;
        var html = card is null ? "This broadcast was deleted." : BroadcastCard.Html(card, ChatZones.Of(watched.TimeZone), asOf: null);
        var messageId = watched.MessageId;
        if (html != watched.Shown)
        {
            messageId = await control.ShowAsync(
                watched.ChatId, messageId, html, card is null ? null : BroadcastCard.Buttons(card, fromList: false), ct);
        }

        if (html != watched.Shown || watched.Ended)
            await KeepAsync(watched, messageId, html, watched.Ended, ct);
    }

    private const string KeepSql = """
        UPDATE conversations SET message_id = @messageId, state = jsonb_set(state, '{shown}', to_jsonb(@shown::text)),
            step = CASE WHEN @ended THEN 11 ELSE step END
        WHERE id = @Id AND step = 10
        """;

    private async Task KeepAsync(Watched watched, int? messageId, string? shown, bool ended, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        await db.ExecuteAsync(new CommandDefinition(KeepSql, new { watched.Id, messageId, shown = shown ?? "", ended }, cancellationToken: ct));
    }

    private sealed record Watched(
        Guid Id, long ChatId, int? MessageId, string? Shown, string TimeZone, Guid? BroadcastId, string? Title, BroadcastStatus? Status,
        DateTimeOffset? ScheduledAt, DateTimeOffset? SentAt, string? FailureReason, bool Ended);
}

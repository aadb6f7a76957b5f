using System.Diagnostics;
using Marketing.Core.Cta;
using Marketing.Core.Templates;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Marketing.Core.Delivery;

/// <summary>Sends one batch window by window: reserve slots, claim, render, send, record. Memory is its windows'.</summary>
public sealed class BatchSender(
    DeliveryRepository deliveries, SendLane lane, InFlight inFlight, OutageWatch outage, TelegramSender telegram, CtaKeyboard keyboard,
    MarketingOptions options, MarketingTelemetry telemetry, TimeProvider clock, ILogger<BatchSender> logger)
{
    private static readonly TimeSpan RecordRetry = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Sends every pending row of the range and returns how many it sent. Stops at the next claim when the broadcast is
    /// paused or cancelled or <paramref name="ct"/> is cancelled; what is under way is finished and recorded first.
    /// </summary>
    public async Task<int> SendAsync(BatchRange batch, CancellationToken ct)
    {
        using var activity = MarketingTelemetry.Activities.StartActivity("send batch")?.SetTag("marketing.broadcast.id", batch.BroadcastId);
        // Asked before any slot is reserved: another pass over batches that are done must not use up the lane.
        if (await deliveries.OpenAsync(batch, ct) is not ({ } message, { Count: > 0 } pending))
            return 0;
        var started = clock.GetTimestamp();
        using var limit = new CancellationTokenSource(DeliveryOptions.BatchTimeLimit, clock);
        using var wait = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        // From anywhere on: two workers at one batch, as when it is run again elsewhere, hardly meet.
        var start = Random.Shared.Next(pending.Count);
        var rows = new BatchRows([.. pending.Skip(start), .. pending.Take(start)], clock);
        var work = new Work(batch, message, new MessageTexts(message), rows, wait.Token);
        var sent = await Task.WhenAll(Enumerable.Range(0, DeliveryOptions.WindowsAtOnce).Select(_ => SendWindowsAsync(work, ct)));
        Log.BatchSent(logger, batch.BroadcastId, batch.FirstSeq, sent.Sum());
        telemetry.BatchSent(clock.GetElapsedTime(started));
        return sent.Sum();
    }

    private async Task<int> SendWindowsAsync(Work work, CancellationToken ct)
    {
        var sent = 0;
        while (await NextAsync(work) is { } window)
        {
            using var places = window.Places;
            var seqs = window.Seqs;
            if (lane.HeldFor is not null)
            {
                GiveBack(work, seqs);
                continue;
            }

            // One activity a window: one a message would be a million of them in a broadcast of a million, beside HttpClient's.
            using var activity = MarketingTelemetry.Activities.StartActivity("send window");
            var claimedAt = clock.GetUtcNow();
            var claimId = Guid.CreateVersion7(claimedAt);
            if (await ClaimAsync(work, claimId, seqs) is not { } taken)
                continue;
            telemetry.Claimed(taken);
            if (taken.Count == 0)
            {
                var standing = await deliveries.StandingAsync(work.Batch.BroadcastId, ct);
                if (!standing.IsSending)
                    break;
                if (standing.LaneIsPaused)
                    GiveBack(work, seqs);
                else // another worker has them, and no slot is reserved for what else it has
                    work.Rows.Keep(await deliveries.PendingAsync(work.Batch, ct));
                continue;
            }

            var outcomes = await SendWindowAsync(work, taken.Where(row => row.State == DeliveryState.Claimed), window.Interval);
            if (outcomes.Count > 0)
                await RecordAsync(work, claimId, [.. outcomes.Select(o => DeliveryOutcome.Of(o.Delivery, o.Outcome, work.Message.OnUncertain))]);
            places.Dispose(); // recorded, so that what follows may wait
            var blocked = outcomes.Where(o => o.Outcome is SendOutcome.Blocked).Select(o => (o.Delivery.UserId, ((SendOutcome.Blocked)o.Outcome).Reason)).ToList();
            if (blocked.Count > 0)
                await UntilStoredAsync(work, () => deliveries.SuppressAsync(blocked, claimedAt, CancellationToken.None));
            foreach (var (delivery, outcome) in outcomes) // groups only, so hardly ever any
                if (outcome is SendOutcome.Sent { MovedTo: { } chatId })
                    await deliveries.MoveChatAsync(delivery.UserId, chatId, CancellationToken.None);
            sent += outcomes.Count(o => o.Outcome is SendOutcome.Sent);
            if (outcomes.Select(o => o.Outcome).OfType<SendOutcome.BotRefused>().FirstOrDefault() is { } refused)
                throw new InvalidOperationException($"Telegram refuses the bot: {refused.Reason}. Check Telegram__BotToken.");
            foreach (var (delivery, outcome) in outcomes)
            {
                var row = DeliveryOutcome.Of(delivery, outcome, work.Message.OnUncertain);
                if (row.State == DeliveryState.Pending)
                    work.Rows.GiveBack(row.Seq, row.Counts ? DeliveryOptions.FirstRetry * (1 << (delivery.Attempts - 1)) : TimeSpan.Zero);
            }
        }

        ct.ThrowIfCancellationRequested();
        return sent;
    }

    /// <summary>The next rows to send, with their places and their slots from now on; null when none is left, or the batch's time is over.</summary>
    private async Task<Window?> NextAsync(Work work)
    {
        InFlight.Places? places = null;
        try
        {
            while (work.Rows.NextIn() is { } wait)
            {
                if (wait > TimeSpan.Zero)
                    await Task.Delay(wait, clock, work.Waiting);
                var seqs = work.Rows.Take(DeliveryOptions.Window(options));
                if (seqs.Count == 0)
                    continue;
                // Places first: a slot that was granted is used at once, never after a queue.
                places = await inFlight.EnterAsync(work.Batch.BroadcastId, seqs.Count, work.Waiting);
                var reserving = clock.GetTimestamp();
                var interval = await lane.ReserveAsync(seqs.Count, work.Waiting);
                telemetry.WaitedForLane(clock.GetElapsedTime(reserving));
                places.Depart();
                return new Window(seqs, interval, places);
            }
        }
        catch (OperationCanceledException) when (work.Waiting.IsCancellationRequested)
        {
            // The host stops, or the lane is closed for long: what is left is a later generation's.
            places?.Dispose();
        }
        catch
        {
            places?.Dispose(); // whatever it was: places that nobody holds would be lost to the process
            throw;
        }

        return null;
    }

    private static void GiveBack(Work work, IEnumerable<int> seqs)
    {
        foreach (var seq in seqs)
            work.Rows.GiveBack(seq, TimeSpan.Zero);
    }

    /// <summary>Takes the rows; null when the database went away meanwhile, and they wait again.</summary>
    private async Task<IReadOnlyList<ClaimedDelivery>?> ClaimAsync(Work work, Guid claimId, IReadOnlyList<int> seqs)
    {
        try
        {
            // Not cancelled by a stop: rows claimed by a statement whose answer nobody reads would end as uncertain.
            return await deliveries.ClaimAsync(work.Batch, claimId, seqs, CancellationToken.None);
        }
        catch (NpgsqlException e) when (e.IsTransient)
        {
            // It may have claimed them before it went. Nothing was sent, so they are pending again rather than uncertain.
            Log.ClaimLost(logger, work.Batch.BroadcastId, e);
            await UntilStoredAsync(work, () => deliveries.WaitAsync(work.Batch.BroadcastId, seqs, CancellationToken.None));
            await RecordAsync(work, claimId, [.. seqs.Select(seq => new DeliveryOutcome(seq, DeliveryState.Pending, null, null, Counts: false))]);
            GiveBack(work, seqs);
            return null;
        }
    }

    /// <summary>
    /// These messages have gone: they are recorded even when the host is stopping, and when the database is away for a while.
    /// </summary>
    private async Task RecordAsync(Work work, Guid claimId, IReadOnlyList<DeliveryOutcome> rows)
    {
        await UntilStoredAsync(work, () => deliveries.RecordAsync(work.Batch, claimId, rows, CancellationToken.None));
        telemetry.Recorded(rows);
    }

    private async Task UntilStoredAsync(Work work, Func<Task> store)
    {
        var started = clock.GetTimestamp();
        while (true)
        {
            try
            {
                await store();
                return;
            }
            catch (NpgsqlException e) when (e.IsTransient && clock.GetElapsedTime(started) < DeliveryOptions.Lease)
            {
                Log.RecordRetried(logger, work.Batch.BroadcastId, e);
                await Task.Delay(RecordRetry, clock);
            }
        }
    }

    private async Task<IReadOnlyList<(ClaimedDelivery Delivery, SendOutcome Outcome)>> SendWindowAsync(
        Work work, IEnumerable<ClaimedDelivery> claimed, TimeSpan interval)
    {
        // With no one listening, HttpClient would still make an activity of every message for the sake of the caller's.
        if (!MarketingTelemetry.Activities.HasListeners())
            Activity.Current = null;
        var started = clock.GetTimestamp();
        var sends = new List<Task<(ClaimedDelivery, SendOutcome)>>();
        foreach (var delivery in claimed)
        {
            // Each at its own slot, so that a window is no burst.
            var ahead = interval * sends.Count - clock.GetElapsedTime(started);
            if (ahead > TimeSpan.FromMilliseconds(1))
                await Task.Delay(ahead, clock);
            sends.Add(SendAsync(work, delivery));
        }

        return await Task.WhenAll(sends);
    }

    private async Task<(ClaimedDelivery, SendOutcome)> SendAsync(Work work, ClaimedDelivery delivery)
    {
        if (!outage.MayTry(out var isProbe))
            return (delivery, new SendOutcome.Held());
        try
        {
            var (template, message) = work.Texts.For(delivery.Language);
            var html = template.Render(delivery.Model);
            var outcome = await telegram.SendAsync(delivery.ChatId, html, keyboard.For(message, delivery.Seq));
            return (delivery, await HeededAsync(outcome, isProbe));
        }
        catch (Exception e) when (e is TemplateRenderException or InvalidException) // the latter: a translation that does not compile any more
        {
            return (delivery, new SendOutcome.Rejected(e.Message));
        }
        catch (Exception e)
        {
            // Nobody knows what this was, so nobody knows whether the message has gone; the others of its window are recorded.
            Log.SendFailed(logger, work.Batch.BroadcastId, delivery.Seq, e);
            return (delivery, new SendOutcome.Unknown($"{e.GetType().Name}: {e.Message}"));
        }
    }

    /// <summary>Acts on a 429 or an outage at once, before the rest of the window goes.</summary>
    private async Task<SendOutcome> HeededAsync(SendOutcome outcome, bool isProbe)
    {
        if (outcome is SendOutcome.Unavailable or SendOutcome.Unknown)
        {
            // In an outage tries do not count, so that it fails nobody however long it is: but for the probe's when Telegram
            // answers the bot, or messages that it never takes would keep their broadcast sending for ever.
            return outage.IsOutageAfterFailure() && outcome is SendOutcome.Unavailable && !(isProbe && await telegram.AnswersAsync())
                ? new SendOutcome.Held() : outcome;
        }

        outage.Answered();
        if (outcome is not SendOutcome.RateLimited limited)
            return outcome;
        Log.RateLimited(logger, limited.RetryAfter);
        try
        {
            await lane.BackOffAsync(limited.RetryAfter, CancellationToken.None);
        }
        catch (NpgsqlException e) when (e.IsTransient)
        {
            // This process heeds it all the same, and the others get nothing from a database that is away.
            Log.BackOffFailed(logger, e);
        }

        return outcome;
    }

    private sealed record Work(BatchRange Batch, FrozenMessage Message, MessageTexts Texts, BatchRows Rows, CancellationToken Waiting);

    private sealed record Window(IReadOnlyList<int> Seqs, TimeSpan Interval, InFlight.Places Places);
}

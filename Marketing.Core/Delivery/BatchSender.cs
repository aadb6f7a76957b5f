using Marketing.Core.Cta;
using Marketing.Core.Templates;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Marketing.Core.Delivery;

/// <summary>Sends one batch window by window: reserve slots, claim, render, send, record. Memory is one window's.</summary>
public sealed class BatchSender(
    DeliveryRepository deliveries, SendLane lane, InFlight inFlight, TelegramSender telegram, CtaKeyboard keyboard, TimeProvider clock,
    ILogger<BatchSender> logger)
{
    // A retry_after of 0 must not make a tight loop.
    private static readonly TimeSpan LeastPush = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RecordRetry = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Sends every pending row of the range and returns how many it sent. Stops at the next claim when the broadcast is
    /// paused or cancelled or <paramref name="ct"/> is cancelled; what is under way is finished and recorded first.
    /// </summary>
    public async Task<int> SendAsync(BatchRange batch, CancellationToken ct)
    {
        // Asked before any slot is reserved: another pass over batches that are done must not use up the lane.
        if (await deliveries.MessageAsync(batch, ct) is not { } message)
            return 0;
        var template = CompiledTemplate.Compile(message.Content, "/content");
        var sent = 0;
        var next = batch.FirstSeq;
        var end = batch.FirstSeq + batch.Count;
        var started = clock.GetTimestamp();
        while (next < end && clock.GetElapsedTime(started) < DeliveryOptions.BatchTimeLimit)
        {
            var count = Math.Min(lane.Window, end - next);
            // Places first: a slot that was granted is used at once, never after a queue.
            using var places = await inFlight.EnterAsync(count, ct);
            await lane.ReserveAsync(count, ct);
            var claimId = Guid.CreateVersion7(clock.GetUtcNow());
            var taken = await deliveries.ClaimAsync(batch, next, claimId, count, ct);
            if (taken.Count == 0)
                break;

            var outcomes = await SendWindowAsync(message, template, taken.Where(row => row.State == DeliveryState.Claimed));
            if (outcomes.Count > 0)
                await RecordAsync(batch, claimId, outcomes);
            sent += outcomes.Count(o => o.Outcome is SendOutcome.Sent);
            next = taken[^1].Seq + 1;
            if (await PushLaneAsync(outcomes, ct))
                next = batch.FirstSeq; // rows went back to pending
            if (outcomes.Select(o => o.Outcome).OfType<SendOutcome.BotRefused>().FirstOrDefault() is { } refused)
                throw new InvalidOperationException($"Telegram refuses the bot: {refused.Reason}. Check Telegram__BotToken.");
            ct.ThrowIfCancellationRequested();
        }

        Log.BatchSent(logger, batch.BroadcastId, batch.FirstSeq, sent);
        return sent;
    }

    /// <summary>
    /// These messages have gone: they are recorded even when the host is stopping, and when the database is away for a while.
    /// </summary>
    private async Task RecordAsync(BatchRange batch, Guid claimId, IReadOnlyList<(ClaimedDelivery Delivery, SendOutcome Outcome)> outcomes)
    {
        var started = clock.GetTimestamp();
        var rows = outcomes.Select(o => DeliveryOutcome.Of(o.Delivery.Seq, o.Outcome)).ToList();
        var moves = outcomes.Where(o => o.Outcome is SendOutcome.Sent { MovedTo: not null })
            .Select(o => (o.Delivery.UserId, ((SendOutcome.Sent)o.Outcome).MovedTo!.Value)).ToList();
        while (true)
        {
            try
            {
                await deliveries.RecordAsync(batch, claimId, rows, CancellationToken.None);
                foreach (var (userId, chatId) in moves) // groups only, so hardly ever any
                    await deliveries.MoveChatAsync(userId, chatId, CancellationToken.None);
                return;
            }
            catch (NpgsqlException e) when (e.IsTransient && clock.GetElapsedTime(started) < DeliveryOptions.Lease)
            {
                Log.RecordRetried(logger, batch.BroadcastId, e);
                await Task.Delay(RecordRetry, clock);
            }
        }
    }

    private async Task<IReadOnlyList<(ClaimedDelivery Delivery, SendOutcome Outcome)>> SendWindowAsync(
        FrozenMessage message, CompiledTemplate template, IEnumerable<ClaimedDelivery> claimed)
    {
        var started = clock.GetTimestamp();
        var sends = new List<Task<(ClaimedDelivery, SendOutcome)>>();
        foreach (var delivery in claimed)
        {
            // Each at its own slot, so that a window is no burst.
            var ahead = lane.Interval * sends.Count - clock.GetElapsedTime(started);
            if (ahead > TimeSpan.FromMilliseconds(1))
                await Task.Delay(ahead, clock);
            sends.Add(SendAsync(message, template, delivery));
        }

        return await Task.WhenAll(sends);
    }

    private async Task<(ClaimedDelivery, SendOutcome)> SendAsync(FrozenMessage message, CompiledTemplate template, ClaimedDelivery delivery)
    {
        string html;
        try
        {
            html = template.Render(delivery.Model);
        }
        catch (TemplateRenderException e)
        {
            return (delivery, new SendOutcome.Rejected(e.Message));
        }

        return (delivery, await telegram.SendAsync(delivery.ChatId, html, keyboard.For(message, delivery.Seq)));
    }

    private async Task<bool> PushLaneAsync(IReadOnlyList<(ClaimedDelivery Delivery, SendOutcome Outcome)> outcomes, CancellationToken ct)
    {
        var waits = outcomes.Select(o => o.Outcome).OfType<SendOutcome.RateLimited>().Select(o => o.RetryAfter).ToList();
        if (waits.Count == 0)
            return false;
        var wait = waits.Append(LeastPush).Max();
        Log.RateLimited(logger, waits.Count, wait);
        await lane.PushAsync(wait, ct);
        return true;
    }
}

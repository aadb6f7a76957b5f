using Microsoft.Extensions.Logging;

namespace Marketing.Core.Broadcasts;

/// <summary>What a broadcast's orchestration does next.</summary>
public enum ScheduleStep
{
    /// <summary>Nothing: it is a draft again, gone, ended, or moved to a time that another look will find.</summary>
    Leave,

    /// <summary>Its time comes within the look-ahead.</summary>
    Wait,

    /// <summary>Its time has come.</summary>
    Send,

    /// <summary>Its time went by longer ago than the grace.</summary>
    Fail,

    /// <summary>It is sending, or what it sent is to be settled.</summary>
    Deliver,
}

/// <param name="WaitUntil">UTC; for <see cref="ScheduleStep.Wait"/>.</param>
public sealed record BroadcastStart(bool Deliver, DateTimeOffset? WaitUntil);

/// <summary>Sends scheduled broadcasts at their second; moved or cancelled in between is obeyed.</summary>
public sealed class BroadcastSchedule(
    BroadcastRepository broadcasts, MarketingOptions options, TimeProvider clock, ILogger<BroadcastSchedule> logger)
{
    /// <summary>How long before its time a broadcast's orchestration is started. The timer looks twice as often.</summary>
    public static readonly TimeSpan LookAhead = TimeSpan.FromMinutes(1);

    public Task<IReadOnlyList<Guid>> DueSoonAsync(CancellationToken ct) => broadcasts.DueAsync(clock.GetUtcNow() + LookAhead, ct);

    /// <summary>Whether the timer may look too late for it, so that whoever schedules it starts its orchestration.</summary>
    public bool IsDueSoon(Broadcast broadcast) =>
        broadcast is { Status: BroadcastStatus.Scheduled, ScheduledAt: { } at } && at <= clock.GetUtcNow() + LookAhead;

    public async Task<BroadcastStart> BeginAsync(Guid id, CancellationToken ct)
    {
        if (await broadcasts.GetAsync(id, ct) is not { } broadcast)
            return new BroadcastStart(false, null);
        var at = broadcast.ScheduledAt ?? default;
        switch (Next(broadcast.Status, at, clock.GetUtcNow(), options.ScheduleGrace))
        {
            case ScheduleStep.Wait:
                return new BroadcastStart(false, at);
            case ScheduleStep.Deliver:
                return new BroadcastStart(true, null);
            case ScheduleStep.Send:
                return new BroadcastStart(await broadcasts.BeginAsync(id, at, BroadcastStatus.Sending, null, ct), null);
            case ScheduleStep.Fail:
                var reason = $"Overdue by more than {options.ScheduleGrace.TotalMinutes:0.#} min when its turn came; not sent late.";
                if (await broadcasts.BeginAsync(id, at, BroadcastStatus.Failed, reason, ct))
                    Log.Overdue(logger, id);
                return new BroadcastStart(false, null);
            default:
                return new BroadcastStart(false, null);
        }
    }

    public static ScheduleStep Next(BroadcastStatus status, DateTimeOffset scheduledAt, DateTimeOffset now, TimeSpan grace) => status switch
    {
        BroadcastStatus.Sending or BroadcastStatus.Paused or BroadcastStatus.Cancelled => ScheduleStep.Deliver,
        BroadcastStatus.Scheduled when scheduledAt > now + LookAhead => ScheduleStep.Leave,
        BroadcastStatus.Scheduled when scheduledAt > now => ScheduleStep.Wait,
        BroadcastStatus.Scheduled when now - scheduledAt > grace => ScheduleStep.Fail,
        BroadcastStatus.Scheduled => ScheduleStep.Send,
        _ => ScheduleStep.Leave,
    };
}

using System.Text.Json;
using Marketing.Core.Access;
using Marketing.Core.Analytics;
using Marketing.Core.Cohorts;
using Marketing.Core.Data;
using Marketing.Core.Delivery;
using Marketing.Core.Templates;
using Microsoft.Extensions.Logging;

namespace Marketing.Core.Broadcasts;

public sealed class BroadcastService(
    BroadcastRepository broadcasts, TemplateRepository templates, CohortService cohorts, StatsRepository stats,
    TimeProvider clock, ILogger<BroadcastService> logger)
{
    private const int MaxTitle = 200;
    private const int MaxKey = 200;

    public async Task<Broadcast> CreateAsync(BroadcastInput input, Caller caller, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return await broadcasts.InsertAsync(await CheckedAsync(Guid.CreateVersion7(now), input, caller, ct), ct);
    }

    public async Task<Broadcast> GetAsync(Guid id, CancellationToken ct)
    {
        var broadcast = await broadcasts.GetAsync(id, ct) ?? throw NotFound(id);
        return (await WithStatsAsync([broadcast], ct))[0];
    }

    /// <param name="limit">1 to 100.</param>
    /// <param name="cursor">A page's next_cursor.</param>
    public async Task<Page<Broadcast>> ListAsync(BroadcastStatus? status, int limit, string? cursor, CancellationToken ct)
    {
        var found = await broadcasts.ListAsync(status, cursor is null ? null : ReadCursor(cursor), limit + 1, ct);
        var page = await WithStatsAsync([.. found.Take(limit)], ct);
        return new Page<Broadcast>(page, found.Count > limit ? ShortId.Encode(page[^1].Id) : null);
    }

    public async Task<Broadcast> UpdateAsync(Guid id, BroadcastInput input, Caller caller, CancellationToken ct)
    {
        await EditableAsync(id, ct);
        return await broadcasts.UpdateAsync(await CheckedAsync(id, input, caller, ct), ct)
            ?? throw new ConflictException("The broadcast was sent or deleted in the meantime.");
    }

    public async Task DeleteAsync(Guid id, CancellationToken ct)
    {
        await EditableAsync(id, ct);
        if (!await broadcasts.DeleteAsync(id, ct))
            throw new ConflictException("The broadcast was sent or deleted in the meantime.");
    }

    /// <summary>Moves it to sending; the caller starts the orchestration. The same key again gets the same answer.</summary>
    public async Task<SendAccepted> SendAsync(Guid id, string? key, CancellationToken ct)
    {
        if (key is { Length: 0 or > MaxKey })
            throw new InvalidException("/Idempotency-Key", $"must have 1 to {MaxKey} characters");
        var broadcast = await broadcasts.GetAsync(id, ct) ?? throw NotFound(id);
        if (key is not null && await broadcasts.AcceptedAsync(id, key, ct) is { } accepted)
            return accepted;
        if (!BroadcastTransitions.IsEditable(broadcast.Status))
            throw Refused(broadcast.Status, BroadcastStatus.Sending);
        var recipients = await cohorts.CountAsync(broadcast.CohortQuery, ct);
        if (recipients == 0)
            throw new UnprocessableException("The cohort is empty: nobody would get this broadcast.");
        if (await broadcasts.SendAsync(id, key, recipients, ct))
        {
            Log.SendAccepted(logger, id, recipients);
            return new SendAccepted(id, BroadcastStatus.Sending, recipients);
        }

        // Another request was first: with the same key it is the same send.
        return key is not null && await broadcasts.AcceptedAsync(id, key, ct) is { } first
            ? first : throw new ConflictException("The broadcast was sent or deleted in the meantime.");
    }

    /// <summary>Pause, resume and cancel; each takes effect at the next claim of every worker.</summary>
    public async Task<StatusChanged> MoveAsync(Guid id, BroadcastStatus to, CancellationToken ct)
    {
        var broadcast = await broadcasts.GetAsync(id, ct) ?? throw NotFound(id);
        // Sending is entered from paused here; a draft is sent by SendAsync, which counts the cohort first.
        if ((to == BroadcastStatus.Sending && broadcast.Status != BroadcastStatus.Paused)
            || !BroadcastTransitions.Allows(broadcast.Status, to))
            throw Refused(broadcast.Status, to);
        if (!await broadcasts.MoveAsync(id, to, ct))
            throw new ConflictException("The broadcast's status changed in the meantime; look at it again.");
        Log.Moved(logger, id, to);
        return new StatusChanged(id, to);
    }

    private async Task EditableAsync(Guid id, CancellationToken ct)
    {
        var broadcast = await broadcasts.GetAsync(id, ct) ?? throw NotFound(id);
        if (!BroadcastTransitions.IsEditable(broadcast.Status))
            throw new ConflictException($"The broadcast is {Name(broadcast.Status)}; only a draft or scheduled one can be changed or deleted.");
    }

    private async Task<Broadcast> CheckedAsync(Guid id, BroadcastInput input, Caller caller, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var problems = new Problems();
        problems.Text("/title", input.Title, MaxTitle);
        if (input.TemplateId is null)
            problems.Add("/template_id", "is missing");
        else if (await templates.GetAsync(input.TemplateId.Value, ct) is null)
            problems.Add("/template_id", $"there is no template {input.TemplateId}");
        if (input.CohortQuery is { } cohort)
            problems.Collect(() => CohortParser.Parse(cohort, "/cohort_query"));
        else
            problems.Add("/cohort_query", "is missing; {} is everyone who can be reached");
        if (input.MessageTemplate is { } message)
            problems.Collect(() => CompiledTemplate.Compile(message, "/message_template"));
        if (input.ScheduledAt <= now)
            problems.Add("/scheduled_at", $"{input.ScheduledAt:u} is in the past");
        problems.ThrowIfAny();
        return new Broadcast(
            id, input.Title!.Trim(), input.TemplateId!.Value, input.CohortQuery!.Value, input.MessageTemplate, input.OnUncertain ?? OnUncertain.Keep,
            input.ScheduledAt is null ? BroadcastStatus.Draft : BroadcastStatus.Scheduled,
            input.ScheduledAt, null, null, caller.Id, now, now);
    }

    private async Task<IReadOnlyList<Broadcast>> WithStatsAsync(IReadOnlyList<Broadcast> page, CancellationToken ct)
    {
        var found = await stats.ForAsync([.. page.Select(b => b.Id)], ct);
        return [.. page.Select(b => b with { Stats = found.GetValueOrDefault(b.Id) })];
    }

    private static Guid ReadCursor(string cursor) =>
        ShortId.Decode(cursor) ?? throw new InvalidException("/cursor", "is not a cursor of this list");

    private static string Name(BroadcastStatus status) => JsonNamingPolicy.SnakeCaseLower.ConvertName(status.ToString());

    private static NotFoundException NotFound(Guid id) => new($"There is no broadcast {id}.");

    private static ConflictException Refused(BroadcastStatus from, BroadcastStatus to) =>
        new($"The broadcast is {Name(from)} and cannot become {Name(to)}.");
}

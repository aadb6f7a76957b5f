using System.Security.Cryptography;
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
    BroadcastRepository broadcasts, TemplateRepository templates, CohortService cohorts, StatsRepository stats, FourEyes fourEyes,
    TimeProvider clock, ILogger<BroadcastService> logger)
{
    private const int MaxTitle = 200;
    private const int MaxKey = 200;

    public async Task<Broadcast> CreateAsync(BroadcastInput input, Caller caller, CancellationToken ct) =>
        (await CreateAsync(input, caller, null, ct)).Broadcast;

    /// <summary>
    /// The caller's same key and input again make nothing: they get what they made, as it is now. A key holds for as long as its
    /// broadcast is there.
    /// </summary>
    public async Task<(Broadcast Broadcast, bool IsNew)> CreateAsync(BroadcastInput input, Caller caller, string? key, CancellationToken ct)
    {
        CheckKey(key);
        var sha256 = key is null ? null : SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(input, Json.Options));
        // Before the input is checked: what was in the future then may be past now.
        if (await MadeAsync(caller, key, sha256, ct) is { } earlier)
            return (earlier, false);
        var broadcast = await CheckedAsync(Guid.CreateVersion7(clock.GetUtcNow()), input, caller, ct);
        if (await broadcasts.InsertAsync(broadcast, key, sha256, ct) is { } made)
            return (made, true);
        return (await MadeAsync(caller, key, sha256, ct) ?? throw TemplateGone(), false);
    }

    private async Task<Broadcast?> MadeAsync(Caller caller, string? key, byte[]? sha256, CancellationToken ct)
    {
        if (key is null || await broadcasts.CreatedAsync(caller.Id, key, ct) is not { } made)
            return null;
        return made.CreateSha256.AsSpan().SequenceEqual(sha256)
            ? await GetAsync(made.Id, ct)
            : throw new UnprocessableException($"The Idempotency-Key was used for another body, which made the broadcast {made.Id}. Use a new key.");
    }

    /// <summary>A draft with the title, template, cohort and message of another broadcast, whatever became of that.</summary>
    public async Task<Broadcast> DuplicateAsync(Guid id, Caller caller, CancellationToken ct)
    {
        var original = await broadcasts.GetAsync(id, ct) ?? throw NotFound(id);
        var now = clock.GetUtcNow();
        return await broadcasts.InsertAsync(original with
        {
            Id = Guid.CreateVersion7(now),
            Title = TitleOfCopy(original.Title),
            Status = BroadcastStatus.Draft,
            ScheduledAt = null,
            CreatedBy = caller.Id,
            CreatedAt = now,
            UpdatedAt = now,
        }, null, null, ct) ?? throw TemplateGone();
    }

    private static string TitleOfCopy(string title)
    {
        const string Suffix = " (copy)";
        var length = Math.Min(title.Length, MaxTitle - Suffix.Length);
        if (char.IsHighSurrogate(title[length - 1]))
            length--;
        return title[..length] + Suffix;
    }

    /// <summary>Makes it under an id of the caller's own; false when there is one of that id, which stays as it is.</summary>
    public async Task<bool> TryCreateAsync(Guid id, BroadcastInput input, Caller caller, CancellationToken ct)
    {
        if (await broadcasts.GetAsync(id, ct) is not null)
            return false;
        if (await broadcasts.InsertAsync(await CheckedAsync(id, input, caller, ct), null, null, ct) is not null)
            return true;
        return await broadcasts.GetAsync(id, ct) is null
            ? throw new InvalidException("/template_id", "the template was deleted meanwhile") : false; // or made by another request
    }

    public async Task<Broadcast> GetAsync(Guid id, CancellationToken ct)
    {
        var broadcast = await broadcasts.GetAsync(id, ct) ?? throw NotFound(id);
        return (await WithStatsAsync([broadcast], ct))[0];
    }

    /// <param name="limit">1 to 100.</param>
    /// <param name="cursor">A page's next_cursor.</param>
    public async Task<Page<Broadcast>> ListAsync(BroadcastFilter filter, int limit, string? cursor, CancellationToken ct)
    {
        var found = await broadcasts.ListAsync(filter, Page.After(cursor), limit + 1, ct);
        var page = Page.Of(found, limit, broadcast => ShortId.Encode(broadcast.Id));
        return page with { Items = await WithStatsAsync(page.Items, ct) };
    }

    /// <param name="ifMatch">Revisions, of which the broadcast must have one; null when it may have any.</param>
    public async Task<Broadcast> UpdateAsync(Guid id, BroadcastInput input, Caller caller, string[]? ifMatch, CancellationToken ct)
    {
        await EditableAsync(id, ct);
        if (await broadcasts.UpdateAsync(await CheckedAsync(id, input, caller, ct), ifMatch, ct) is { } updated)
            return updated;
        var current = await EditableAsync(id, ct); // or it was sent or deleted meanwhile
        throw ifMatch?.Contains(current.Revision) == false
            ? ChangedMeanwhile() : TemplateGone();
    }

    public async Task DeleteAsync(Guid id, CancellationToken ct)
    {
        await EditableAsync(id, ct);
        if (!await broadcasts.DeleteAsync(id, ct))
            throw new ConflictException("The broadcast was sent or deleted in the meantime.");
    }

    /// <summary>Moves it to sending; the caller starts the orchestration. The same key again gets the same answer.</summary>
    /// <param name="ifMatch">Revisions, of which the broadcast must have one; null when it may have any.</param>
    /// <exception cref="ForbiddenException">It is to so many that another person has to approve or send it.</exception>
    public async Task<SendAccepted> SendAsync(Guid id, string? key, string[]? ifMatch, Caller caller, CancellationToken ct)
    {
        CheckKey(key);
        var broadcast = await broadcasts.GetAsync(id, ct) ?? throw NotFound(id);
        if (key is not null && await broadcasts.AcceptedAsync(id, key, ct) is { } accepted)
            return accepted;
        if (!BroadcastTransitions.IsEditable(broadcast.Status))
            throw Refused(broadcast.Status, BroadcastStatus.Sending);
        if (ifMatch?.Contains(broadcast.Revision) == false)
            throw ChangedMeanwhile();
        var recipients = await cohorts.CountAsync(broadcast.CohortQuery, ct);
        if (recipients == 0)
            throw new UnprocessableException("The cohort is empty: nobody would get this broadcast.");
        var approver = await fourEyes.RequireAsync(id, recipients, caller, ct);
        if (await broadcasts.SendAsync(broadcast, key, recipients, approver, ct))
        {
            Log.SendAccepted(logger, id, recipients);
            return new SendAccepted(id, BroadcastStatus.Sending, recipients);
        }

        // Another request was first: with the same key it is the same send.
        return key is not null && await broadcasts.AcceptedAsync(id, key, ct) is { } first
            ? first : throw new ConflictException("The broadcast was changed, sent or deleted in the meantime; look at it again.");
    }

    private static PreconditionFailedException ChangedMeanwhile() => new("The broadcast was changed in the meantime; look at it again.");

    private static void CheckKey(string? key)
    {
        if (key is { Length: 0 or > MaxKey })
            throw new InvalidException("/Idempotency-Key", $"must have 1 to {MaxKey} characters");
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

    private async Task<Broadcast> EditableAsync(Guid id, CancellationToken ct)
    {
        var broadcast = await broadcasts.GetAsync(id, ct) ?? throw NotFound(id);
        return BroadcastTransitions.IsEditable(broadcast.Status) ? broadcast : throw new ConflictException(
            $"The broadcast is {Name(broadcast.Status)}; only a draft or scheduled one can be changed or deleted.");
    }

    private async Task<Broadcast> CheckedAsync(Guid id, BroadcastInput input, Caller caller, CancellationToken ct)
    {
        // Or an editor would send by writing a time that is near.
        if (input.ScheduledAt is not null && !Permissions.Allows(caller.Role, Permission.Send))
            throw new ForbiddenException("Scheduling is sending, which your role may not do; leave scheduled_at out to keep a draft.");
        var now = clock.GetUtcNow();
        var problems = new Problems();
        problems.Text("/title", input.Title, MaxTitle);
        if (input.TemplateId is null)
            problems.Add("/template_id", "is missing");
        else if (await templates.GetAsync(input.TemplateId.Value, ct) is null)
            problems.Add("/template_id", $"there is no template {input.TemplateId}");
        if (input.CohortQuery is { } cohort)
            await problems.CollectAsync(() => cohorts.ParseAsync(cohort, ct));
        else
            problems.Add("/cohort_query", "is missing; {} is everyone who can be reached");
        if (input.MessageTemplate is { } message)
            problems.Collect(() => CompiledTemplate.Compile(message, "/message_template"));
        if (input.ScheduledAt <= now)
            problems.Add("/scheduled_at", $"{input.ScheduledAt:u} is in the past");
        problems.ThrowIfAny();
        return new Broadcast(
            id, input.Title!.Trim(), input.TemplateId!.Value, null, input.CohortQuery!.Value, input.MessageTemplate, input.OnUncertain ?? OnUncertain.Keep,
            input.ScheduledAt is null ? BroadcastStatus.Draft : BroadcastStatus.Scheduled,
            input.ScheduledAt, null, null, caller.Id, caller.Id, null, now, now, "");
    }

    private async Task<IReadOnlyList<Broadcast>> WithStatsAsync(IReadOnlyList<Broadcast> page, CancellationToken ct)
    {
        var found = await stats.ForAsync([.. page.Select(b => b.Id)], ct);
        return [.. page.Select(b => b with { Stats = found.GetValueOrDefault(b.Id) })];
    }

    private static string Name(BroadcastStatus status) => JsonNamingPolicy.SnakeCaseLower.ConvertName(status.ToString());

    private static NotFoundException NotFound(Guid id) => new($"There is no broadcast {id}.");

    private static ConflictException TemplateGone() => new("The broadcast's template was deleted; choose another.");

    private static ConflictException Refused(BroadcastStatus from, BroadcastStatus to) =>
        new($"The broadcast is {Name(from)} and cannot become {Name(to)}.");
}

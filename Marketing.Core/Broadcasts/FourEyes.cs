using Dapper;
using Marketing.Core.Access;
using Npgsql;

namespace Marketing.Core.Broadcasts;

/// <param name="UpdatedAt">That of the broadcast as the approver has read it; one that was changed since is not approved.</param>
public sealed record ApprovalInput(DateTimeOffset? UpdatedAt);

public sealed record Approval(Guid Id, Guid ApprovedBy);

/// <summary>
/// With Marketing__FourEyesOver set, a broadcast of more recipients needs a second person: a sender who neither wrote it nor
/// changed it last approves it, or sends it. Any change of the broadcast, or of its template, takes the approval back. Asked
/// for when it is sent, and again of the plan, whose count is the real one (Delivery/PlanRepository.cs).
/// </summary>
public sealed class FourEyes(NpgsqlDataSource source, MarketingOptions options)
{
    private const string GetSql = """
        SELECT b.status, b.created_by, b.updated_by, b.approved_by, b.updated_at, (t.version = b.seen_template_version) IS TRUE AS is_template_same
        FROM broadcasts b JOIN broadcast_templates t ON t.id = b.template_id WHERE b.id = @id
        """;

    private const string ApproveSql = """
        UPDATE broadcasts SET approved_by = @approver WHERE id = @id AND status IN (0, 1) AND updated_at = @UpdatedAt
        """;

    /// <exception cref="ForbiddenException">The caller wrote it or changed it last.</exception>
    /// <exception cref="ConflictException">It was changed since it was read, or is sent.</exception>
    public async Task<Approval> ApproveAsync(Guid id, ApprovalInput input, Caller caller, CancellationToken ct)
    {
        if (input.UpdatedAt is null)
            throw new InvalidException("/updated_at", "is missing; give the updated_at of the broadcast that you have read");
        await using var db = await source.OpenConnectionAsync(ct);
        var broadcast = await GetAsync(db, id, ct) ?? throw new NotFoundException($"There is no broadcast {id}.");
        if (!BroadcastTransitions.IsEditable(broadcast.Status))
            throw new ConflictException("Only a draft or scheduled broadcast can be approved.");
        if (IsWriter(broadcast, caller))
            throw new ForbiddenException("You wrote this broadcast or changed it last; another sender has to approve it.");
        CheckTemplate(broadcast);
        var parameters = new { id, approver = caller.Id, input.UpdatedAt };
        if (await db.ExecuteAsync(new CommandDefinition(ApproveSql, parameters, cancellationToken: ct)) == 0)
            throw new ConflictException("The broadcast was changed or sent since you read it; look at it again.");
        return new Approval(id, caller.Id);
    }

    /// <summary>Passes a broadcast that this caller may send to so many. Sending as the second person is approving it.</summary>
    /// <returns>The approver, to be stored with the send; null when the caller approves nothing by it.</returns>
    /// <exception cref="ForbiddenException">It needs a second person's approval first.</exception>
    public async Task<Guid?> RequireAsync(Guid id, int recipients, Caller caller, CancellationToken ct)
    {
        if (!(recipients > options.FourEyesOver))
            return null;
        await using var db = await source.OpenConnectionAsync(ct);
        if (await GetAsync(db, id, ct) is not { } current)
            return null; // deleted in the meantime, as the send will find too
        if (!IsWriter(current, caller))
        {
            CheckTemplate(current);
            return caller.Id;
        }

        return current is { ApprovedBy: not null, IsTemplateSame: true }
            ? null : throw new ForbiddenException(
                $"The broadcast has {recipients:N0} recipients. Over {options.FourEyesOver:N0} a sender who neither wrote it nor changed it last has to approve or send it.");
    }

    private static Task<Row?> GetAsync(NpgsqlConnection db, Guid id, CancellationToken ct) =>
        db.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(GetSql, new { id }, cancellationToken: ct));

    // Whoever saved the broadcast had the template as it was then, and the approver has it as it is now: the same, or one person
    // alone could have changed the text.
    private static void CheckTemplate(Row current)
    {
        if (!current.IsTemplateSame)
            throw new ConflictException("The template was changed since the broadcast was last saved; save the broadcast again first.");
    }

    private static bool IsWriter(Row broadcast, Caller caller) => caller.Id == broadcast.CreatedBy || caller.Id == broadcast.UpdatedBy;

    private sealed record Row(
        BroadcastStatus Status, Guid CreatedBy, Guid? UpdatedBy, Guid? ApprovedBy, DateTimeOffset UpdatedAt, bool IsTemplateSame);
}

using Marketing.Core.Access;
using Marketing.Core.Broadcasts;
using Marketing.Core.Templates;

namespace Marketing.Core.Telegram.Conversations;

/// <summary>
/// Makes the broadcast of a confirmed conversation. Its id and its Idempotency-Key come from the conversation, so that doing it
/// again, after a crash at any point of it, ends in the same one broadcast.
/// </summary>
public sealed class Confirmation(BroadcastService broadcasts, BroadcastSchedule schedule, TemplateRepository templates, AuditLog audit)
{
    /// <returns>Null when it is on its way; else where the conversation goes instead.</returns>
    public async Task<Move?> SendAsync(Conversation conversation, ChatAdmin who, StartDelivery start, CancellationToken ct)
    {
        var draft = conversation.Draft;
        var id = conversation.BroadcastId!.Value;
        try
        {
            await CreateAsync(id, draft, who, ct);
            if (draft.At is null)
                await SendNowAsync(id, who, start, ct);
            else if (schedule.IsDueSoon(await broadcasts.GetAsync(id, ct)))
                await start(id, ct);
            return null;
        }
        catch (ConflictException)
        {
            // Somebody else acted on it meanwhile, over HTTP: its card says what became of it.
            return null;
        }
        catch (UnprocessableException)
        {
            // The broadcast is a draft that nobody asked for; its id is free again for the next try.
            await broadcasts.DeleteAsync(id, ct);
            return new Move(ChatStep.Cohort, draft with { Page = 0 }, "Nobody is in that cohort any more, so nothing was sent. Choose another.");
        }
        catch (ForbiddenException e)
        {
            return new Move(ChatStep.Ended, draft, $"{e.Message} It is kept as a draft; see /broadcasts.");
        }
        catch (InvalidException e)
        {
            return Corrected(draft, e);
        }
        catch (NotFoundException)
        {
            // Deleted over HTTP between its making and its sending.
            return new Move(ChatStep.Confirm, draft, "The broadcast was deleted meanwhile, and nothing was sent.");
        }
    }

    private async Task CreateAsync(Guid id, Draft draft, ChatAdmin who, CancellationToken ct)
    {
        // Its name, unless it was deleted, which the service refuses.
        var title = draft.TemplateId is { } templateId ? (await templates.GetAsync(templateId, ct))?.Name ?? "Broadcast" : "Broadcast";
        var input = new BroadcastInput(title, draft.TemplateId, draft.Cohort, draft.Text, draft.At, null);
        if (await broadcasts.TryCreateAsync(id, input, who.Admin.Caller, ct))
            await audit.WriteAsync(draft.At is { } at ? who.Audit("broadcast.schedule", id, new { at }) : who.Audit("broadcast.create", id), ct);
    }

    private async Task SendNowAsync(Guid id, ChatAdmin who, StartDelivery start, CancellationToken ct)
    {
        var accepted = await broadcasts.SendAsync(id, $"telegram-{id}", null, who.Admin.Caller, ct);
        await audit.WriteAsync(who.Audit("broadcast.send", id, new { accepted.Recipients }), ct);
        await start(id, ct);
    }

    // The broadcast was refused for something that was good when it was chosen.
    private static Move Corrected(Draft draft, InvalidException e)
    {
        if (e.Errors.ContainsKey("/template_id"))
            return TemplateGone(draft);
        if (e.Errors.ContainsKey("/scheduled_at"))
            return new Move(ChatStep.Time, draft with { At = null }, "That time has passed. Choose another.");
        return e.Errors.ContainsKey("/message_template")
            ? new Move(ChatStep.Edit, draft, e.Message) : new Move(ChatStep.Cohort, draft with { Page = 0 }, e.Message);
    }

    private static Move TemplateGone(Draft draft) =>
        new(ChatStep.Category, draft with { Page = 0, Text = null }, "The template was deleted, so nothing was sent. Choose another.");
}

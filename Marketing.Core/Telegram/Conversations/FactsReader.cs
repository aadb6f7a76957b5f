using System.Text.Json;
using Dapper;
using Marketing.Core.Access;
using Marketing.Core.Audience;
using Marketing.Core.Cohorts;
using Marketing.Core.Templates;
using Npgsql;

namespace Marketing.Core.Telegram.Conversations;

/// <summary>Reads what a step needs, and no more than that.</summary>
public sealed class FactsReader(
    NpgsqlDataSource source, TemplateRepository templates, AudienceRepository audience, SavedCohortRepository saved, CohortService cohorts)
{
    /// <summary>What the step takes an input with.</summary>
    public async Task<Facts> ForInputAsync(ChatStep step, TelegramAdmin admin, CancellationToken ct) => step switch
    {
        ChatStep.Category or ChatStep.Template => Facts.Of(admin) with { Templates = await TemplatesAsync(ct) },
        ChatStep.Cohort => Facts.Of(admin) with { Cohorts = await SavedAsync(ct) },
        ChatStep.CustomCohort => Facts.Of(admin) with { Values = await ValuesAsync(ct) },
        _ => Facts.Of(admin),
    };

    /// <summary>What the step's screen shows: with the counts of now.</summary>
    public async Task<Facts> ForScreenAsync(Conversation conversation, TelegramAdmin admin, CancellationToken ct)
    {
        var draft = conversation.Draft;
        var facts = await ForInputAsync(conversation.Step, admin, ct);
        return conversation.Step switch
        {
            ChatStep.Preview => facts with { Template = await TemplateAsync(draft, ct), Self = await audience.FindByTelegramIdAsync(conversation.ChatId, ct) },
            ChatStep.Edit => facts with { Template = await TemplateAsync(draft, ct) },
            ChatStep.Cohort => facts with { Cohorts = await CountedAsync(facts.Cohorts, draft, ct) },
            ChatStep.CustomCohort => await CountedAsync(facts, BuildCohort.Query(draft), ct),
            ChatStep.Time => await CountedAsync(facts, draft.Cohort!.Value, ct),
            ChatStep.Confirm => await CountedAsync(facts with { Template = await TemplateAsync(draft, ct) }, draft.Cohort!.Value, ct),
            _ => facts,
        };
    }

    private async Task<Template?> TemplateAsync(Draft draft, CancellationToken ct) =>
        draft.TemplateId is { } id ? await templates.GetAsync(id, ct) : null;

    // Without their contents, of which a thousand are megabytes.
    private const string TemplatesSql = "SELECT id, name, category FROM broadcast_templates WHERE deleted_at IS NULL ORDER BY category, name";

    private async Task<IReadOnlyList<TemplateName>> TemplatesAsync(CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        return (await db.QueryAsync<TemplateName>(new CommandDefinition(TemplatesSql, cancellationToken: ct))).AsList();
    }

    private async Task<IReadOnlyList<CohortChoice>> SavedAsync(CancellationToken ct) =>
        [.. (await saved.ListAsync(ct)).Select(c => new CohortChoice(c.Id, c.Name, c.CohortQuery, null))];

    // One statement a cohort, since their conditions share nothing; at most the eight of a page.
    private async Task<IReadOnlyList<CohortChoice>> CountedAsync(IReadOnlyList<CohortChoice> all, Draft draft, CancellationToken ct)
    {
        var shown = ChooseCohort.OnPage(all, draft).ToList();
        var counts = await Task.WhenAll(shown.Select(async c => (c.Id, Count: await CountAsync(c.Query, ct))));
        var byId = counts.ToDictionary(c => c.Id, c => c.Count.Problem is null ? c.Count.Count : (int?)null);
        return [.. all.Select(c => c with { Count = byId.GetValueOrDefault(c.Id) })];
    }

    private async Task<Facts> CountedAsync(Facts facts, JsonElement cohort, CancellationToken ct)
    {
        var (count, problem) = await CountAsync(cohort, ct);
        return facts with { Count = count, CohortProblem = problem };
    }

    private async Task<(int Count, string? Problem)> CountAsync(JsonElement cohort, CancellationToken ct)
    {
        try
        {
            return (await cohorts.CountAsync(cohort, ct), null);
        }
        catch (InvalidException e)
        {
            // A saved query of a time when the grammar was another.
            return (0, e.Message);
        }
    }

    // The largest of each: 9 tiers are three rows of buttons and 24 regions eight; whoever wants a rarer one sends JSON.
    private const string ValuesSql = """
        SELECT user_tier FROM users WHERE user_tier <> '' GROUP BY user_tier ORDER BY count(*) DESC, user_tier LIMIT 9;
        SELECT region FROM users WHERE region <> '' GROUP BY region ORDER BY count(*) DESC, region LIMIT 24
        """;

    private async Task<AudienceValues> ValuesAsync(CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        await using var values = await db.QueryMultipleAsync(new CommandDefinition(ValuesSql, cancellationToken: ct));
        return new AudienceValues((await values.ReadAsync<string>()).AsList(), (await values.ReadAsync<string>()).AsList());
    }
}

using System.Text.Json;
using Marketing.Core.Cohorts;
using Marketing.Core.Data;

namespace Marketing.Core.Telegram.Conversations;

/// <summary>A cohort of the admin's own: tiers and regions by buttons, or anything as JSON.</summary>
internal static class BuildCohort
{
    private const string Tier = "tier";
    private const string Region = "region";

    public static Move? Take(Draft draft, ChatInput input, Facts facts) => input switch
    {
        ChatInput.Press { Action: Screen.Back } => new Move(ChatStep.Cohort, draft with { Page = 0 }),
        ChatInput.Press { Action: Screen.Next } => new Move(ChatStep.Time, draft with { Cohort = Query(draft), CohortName = Describe(draft) }),
        ChatInput.Press { Action: Tier } press => new Move(ChatStep.CustomCohort, draft with { Tiers = Toggled(draft.Tiers, facts.Values.Tiers, press.Value) }),
        ChatInput.Press { Action: Region } press => new Move(ChatStep.CustomCohort, draft with { Regions = Toggled(draft.Regions, facts.Values.Regions, press.Value) }),
        ChatInput.Press => null,
        ChatInput.Text typed => TakeJson(ChatStep.CustomCohort, draft, typed.Value),
        _ => new Move(ChatStep.CustomCohort, draft, "Press tiers and regions, or send a cohort query as JSON text."),
    };

    /// <summary>A typed query, or what is wrong with it and where.</summary>
    public static Move TakeJson(ChatStep step, Draft draft, string text)
    {
        try
        {
            var query = JsonSerializer.Deserialize<JsonElement>(text, Json.Options);
            CohortParser.Parse(query, "");
            return new Move(ChatStep.Time, draft with { Cohort = query, CohortName = "Custom query" });
        }
        catch (JsonException e)
        {
            var where = e is { LineNumber: { } line, BytePositionInLine: { } column } ? $" (line {line + 1}, column {column + 1})" : "";
            return new Move(step, draft, $"This is not JSON{where}. Send a cohort query such as {{\"user_tier\": \"premium\", \"region\": \"EU\"}}");
        }
        catch (InvalidException e)
        {
            var errors = string.Join("\n", e.Errors.SelectMany(error => error.Value.Select(what => error.Key.Length > 0 ? $"{error.Key}: {what}" : $"The query {what}")));
            return new Move(step, draft, $"This cohort query was not taken:\n{errors}");
        }
    }

    public static Screen Show(Draft draft, Facts facts) => new(
        $"<b>{Words.Html(Describe(draft))}</b>\n{Words.Users(facts.Count)} now. Press tiers and regions, or send a cohort query as JSON.",
        [
            .. Toggles(Tier, facts.Values.Tiers, draft.Tiers),
            .. Toggles(Region, facts.Values.Regions, draft.Regions),
            [new ScreenButton($"Next › {Words.Users(facts.Count)}", Screen.Next)],
            Screen.BackAndCancel,
        ]);

    /// <summary>Everyone who has one of the tiers and is in one of the regions; nothing chosen of either is all of it.</summary>
    public static JsonElement Query(Draft draft)
    {
        var query = new Dictionary<string, object>();
        if (draft.Tiers is { Count: > 0 } tiers)
            query["user_tier"] = new Dictionary<string, object> { ["in"] = tiers };
        if (draft.Regions is { Count: > 0 } regions)
            query["region"] = new Dictionary<string, object> { ["in"] = regions };
        return JsonSerializer.SerializeToElement(query, Json.Options);
    }

    private static string Describe(Draft draft)
    {
        var parts = new[] { Part("Tier", draft.Tiers), Part("Region", draft.Regions) }.OfType<string>().ToList();
        return parts.Count == 0 ? "Everyone" : string.Join("; ", parts);
    }

    private static string? Part(string name, IReadOnlyList<string>? values) =>
        values is { Count: > 0 } ? $"{name} {Words.Cut(string.Join(", ", values), 200)}" : null;

    private static string[] Toggled(IReadOnlyList<string>? chosen, IReadOnlyList<string> known, string key)
    {
        var now = chosen ?? [];
        return now.FirstOrDefault(name => Words.Key(name) == key) is { } off ? [.. now.Where(name => name != off)]
            : known.FirstOrDefault(name => Words.Key(name) == key) is { } on ? [.. now, on] : [.. now];
    }

    private static IEnumerable<IReadOnlyList<ScreenButton>> Toggles(string action, IReadOnlyList<string> known, IReadOnlyList<string>? chosen) =>
        known.Union(chosen ?? [])
            .Select(name => new ScreenButton((chosen?.Contains(name) == true ? "✅ " : "") + Words.Cut(name, 20), action, Words.Key(name)))
            .Chunk(3);
}

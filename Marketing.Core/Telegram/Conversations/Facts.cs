using System.Text.Json;
using Marketing.Core.Access;
using Marketing.Core.Audience;
using Marketing.Core.Templates;

namespace Marketing.Core.Telegram.Conversations;

public sealed record TemplateName(Guid Id, string Name, string Category);

/// <param name="Count">Who is in it now; null when it was not counted or its query cannot be read any more.</param>
public sealed record CohortChoice(Guid Id, string Name, JsonElement Query, int? Count);

/// <summary>The values of a field in the audience, those of the most people first.</summary>
public sealed record AudienceValues(IReadOnlyList<string> Tiers, IReadOnlyList<string> Regions);

/// <summary>What a step needs to know of the world; each is given what it asks for, and the rest is empty.</summary>
/// <param name="Self">The admin's own row in the audience.</param>
/// <param name="Count">Of the chosen cohort, now.</param>
/// <param name="CohortProblem">Why the chosen cohort cannot be counted.</param>
public sealed record Facts(
    TelegramAdmin Admin, IReadOnlyList<TemplateName> Templates, Template? Template, User? Self, IReadOnlyList<CohortChoice> Cohorts,
    AudienceValues Values, int Count = 0, string? CohortProblem = null)
{
    public TimeZoneInfo Zone => ChatZones.Of(Admin.TimeZone);

    public static Facts Of(TelegramAdmin admin) => new(admin, [], null, null, [], new AudienceValues([], []));
}

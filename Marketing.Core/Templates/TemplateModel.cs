using System.Text.Json;
using Marketing.Core.Audience;

namespace Marketing.Core.Templates;

/// <summary>A recipient's fields as templates see them. Dates print in UTC; <paramref name="Attributes"/> is a JSON object, or undefined for none.</summary>
public sealed record TemplateModel(
    string? FirstName, string? LastName, string? Username, string? Language, string? UserTier, string? Region,
    DateTimeOffset? LastTradeAt, DateTimeOffset? CreatedAt, JsonElement Attributes)
{
    /// <summary>A recipient with every field filled and no attributes: what a template is tried on when it is saved, and the preview.</summary>
    public static TemplateModel Sample { get; } = new(
        "Ada", "Lovelace", "ada_l", "en", "premium", "EU",
        new DateTimeOffset(2026, 1, 30, 9, 30, 0, TimeSpan.Zero), new DateTimeOffset(2025, 3, 14, 15, 9, 26, TimeSpan.Zero), default);

    public static TemplateModel Of(User user) => new(
        user.FirstName, user.LastName, user.Username, user.Language, user.UserTier, user.Region,
        user.LastTradeAt, user.CreatedAt, user.Attributes);

    public static TemplateModel Of(SamplePerson person) => new(
        person.FirstName, person.LastName, person.Username, person.Language, person.UserTier, person.Region,
        person.LastTradeAt, person.CreatedAt, person.Attributes ?? default);

    /// <summary>A recipient about whom nothing is known, the other extreme a template is tried on.</summary>
    internal static TemplateModel Blank { get; } = new(null, null, null, null, null, null, null, null, default);
}

/// <summary>This recipient's fields break the template. The message says what and where: in the template, or in the message when its HTML is broken.</summary>
public sealed class TemplateRenderException(string message) : Exception(message);

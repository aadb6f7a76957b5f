using System.Text.Json;
using Marketing.Core.Data;

namespace Marketing.Core.Templates;

/// <summary>A message's parts as its jsonb columns keep them.</summary>
internal static class MessageJson
{
    public static IReadOnlyList<CtaButton> Buttons(string json) => JsonSerializer.Deserialize<List<CtaButton>>(json, Json.Options)!;

    /// <summary>None for null, which broadcasts have that were planned before there were translations.</summary>
    public static IReadOnlyDictionary<string, Translation> Translations(string? json) =>
        JsonSerializer.Deserialize<Dictionary<string, Translation>>(json ?? "{}", Json.Options)!;
}

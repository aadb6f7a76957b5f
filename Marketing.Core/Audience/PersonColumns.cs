using System.Collections.Frozen;

namespace Marketing.Core.Audience;

/// <summary>What a column of an import is for. <see cref="Attribute"/>: any name that is not one of ours.</summary>
internal enum PersonColumn
{
    Attribute, Attributes, TelegramUserId, ChatId, FirstName, LastName, Username, Language, UserTier, Region, LastTradeAt,
    CreatedAt, OptedOut,
}

/// <summary>The names of the columns, compared without regard to case.</summary>
internal static class PersonColumns
{
    public const string Required = "telegram_user_id";

    private static readonly FrozenDictionary<string, PersonColumn> ByName = new Dictionary<string, PersonColumn>
    {
        [Required] = PersonColumn.TelegramUserId,
        ["chat_id"] = PersonColumn.ChatId,
        ["first_name"] = PersonColumn.FirstName,
        ["last_name"] = PersonColumn.LastName,
        ["username"] = PersonColumn.Username,
        ["language"] = PersonColumn.Language,
        ["user_tier"] = PersonColumn.UserTier,
        ["region"] = PersonColumn.Region,
        ["last_trade_at"] = PersonColumn.LastTradeAt,
        ["created_at"] = PersonColumn.CreatedAt,
        ["attributes"] = PersonColumn.Attributes,
        ["opted_out_at"] = PersonColumn.OptedOut,
        ["suppressed_at"] = PersonColumn.OptedOut,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    // What other systems call it, in letters only.
    private static readonly FrozenSet<string> OtherNames =
        FrozenSet.Create("telegramid", "telegramuser", "tguserid", "tgid", "userid", "uid", "id");

    public static PersonColumn Of(string name) => ByName.GetValueOrDefault(name, PersonColumn.Attribute);

    /// <summary>The header that was probably meant to be <see cref="Required"/>, or null.</summary>
    public static string? MeantAsRequired(IEnumerable<string> headers) => headers
        .Select(header => (header, letters: Letters(header)))
        // Three typing errors in the fourteen letters of telegramuserid; more is another word.
        .Where(h => OtherNames.Contains(h.letters) || NearMiss.Distance(h.letters, "telegramuserid") <= 3)
        .OrderBy(h => NearMiss.Distance(h.letters, "telegramuserid"))
        .Select(h => h.header)
        .FirstOrDefault();

    private static string Letters(string header) =>
        string.Concat(header.Where(char.IsAsciiLetter).Select(char.ToLowerInvariant));
}

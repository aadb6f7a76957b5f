namespace Marketing.Core.Delivery;

/// <summary>
/// A failed delivery's reason as one of a few words, for a metric: each further value of a tag is a further time series, and
/// Telegram's texts may quote the message. The ledger keeps the text.
/// </summary>
public static class FailureReason
{
    public const string ChatNotFound = "chat_not_found";
    public const string NoRights = "no_rights";
    public const string Refused = "message_refused";
    public const string Unavailable = "telegram_unavailable";
    public const string Template = "template";

    // In Telegram's words (core.telegram.org/bots/api gives none of them a code), the first that fits.
    private static readonly (string Text, string Reason)[] Known =
    [
        ("chat not found", ChatNotFound), ("user not found", ChatNotFound), ("PEER_ID_INVALID", ChatNotFound),
        ("not enough rights", NoRights), ("have no rights", NoRights), ("need administrator rights", NoRights), ("CHAT_WRITE_FORBIDDEN", NoRights),
        ("Bad Request", Refused),
        ("Bot API", Unavailable), ("Internal Server Error", Unavailable), ("Bad Gateway", Unavailable), ("Gateway Timeout", Unavailable),
        ("Service Unavailable", Unavailable), ("Response doesn't", Unavailable), ("deserialization of the response", Unavailable),
    ];

    /// <summary>What is none of Telegram's texts is our own template's.</summary>
    public static string Of(string? text) =>
        Known.FirstOrDefault(k => text?.Contains(k.Text, StringComparison.OrdinalIgnoreCase) == true).Reason ?? Template;
}

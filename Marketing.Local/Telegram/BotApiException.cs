namespace Marketing.Local.Telegram;

/// <summary>A refusal in Telegram's words: becomes <c>{ok:false,error_code,description,parameters}</c>.</summary>
internal sealed class BotApiException(int code, string description) : Exception(description)
{
    public int Code { get; } = code;
    public int? RetryAfter { get; init; }
    public long? MigrateToChatId { get; init; }

    public static BotApiException BadRequest(string reason) => new(400, $"Bad Request: {reason}");

    public static BotApiException Forbidden(string reason) => new(403, $"Forbidden: {reason}");

    public static BotApiException TooManyRequests(int seconds) =>
        new(429, $"Too Many Requests: retry after {seconds}") { RetryAfter = seconds };

    public static BotApiException Migrated(long to) =>
        new(400, "Bad Request: group chat was upgraded to a supergroup chat") { MigrateToChatId = to };
}

using System.Globalization;
using Marketing.Core.Access;

namespace Marketing.Core.Telegram;

/// <summary>Starts the orchestration of a broadcast that is sending or due soon, unless one is at work on it.</summary>
public delegate Task StartDelivery(Guid broadcastId, CancellationToken ct);

/// <summary>A linked admin in the private chat with the bot, whose id is also theirs.</summary>
public sealed record ChatAdmin(long ChatId, TelegramAdmin Admin)
{
    public TimeZoneInfo Zone => ChatZones.Of(Admin.TimeZone);

    public static string Source(long telegramUserId) => string.Create(CultureInfo.InvariantCulture, $"telegram:{telegramUserId}");

    public AuditEntry Audit(string action, Guid broadcastId, object? details = null) =>
        new(Admin.Caller, action, "broadcast", broadcastId.ToString(), Source(ChatId), details);
}

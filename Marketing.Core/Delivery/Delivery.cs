using System.Text.Json;
using Marketing.Core.Templates;

namespace Marketing.Core.Delivery;

/// <summary>Claimed is under way; those after it are final, and every recipient of a plan ends in exactly one.</summary>
public enum DeliveryState : short { Pending = 0, Claimed = 1, Sent = 2, Failed = 3, Blocked = 4, Skipped = 5, Uncertain = 6 }

/// <summary>The rows FirstSeq to FirstSeq + Count - 1 of a broadcast's ledger, as far as it has them; one activity sends them.</summary>
public sealed record BatchRange(Guid BroadcastId, int FirstSeq, int Count);

/// <summary>What is left of a broadcast.</summary>
/// <param name="Finished">Nothing is left to do: settled, or paused or cancelled with no claim open.</param>
/// <param name="FirstSeqs">The first batches with rows to send; none while only another worker's claims are waited for.</param>
public sealed record Settlement(bool Finished, int BatchSize, IReadOnlyList<int> FirstSeqs);

/// <summary>What every message of one broadcast shares, frozen by its plan.</summary>
public sealed record FrozenMessage(
    Guid BroadcastId, string Content, IReadOnlyList<CtaButton> Buttons, IReadOnlyDictionary<string, Translation> Translations,
    OnUncertain OnUncertain);

/// <summary>What becomes of a message that may or may not have arrived: kept as uncertain, or sent again at the risk of a duplicate.</summary>
public enum OnUncertain : short { Keep = 0, Resend = 1 }

/// <summary>A row taken by a claim, with the fields its message is rendered from; skipped when its person cannot be reached any more.</summary>
/// <param name="Attempts">Tries that counted, this one included.</param>
public sealed record ClaimedDelivery(
    int Seq, DeliveryState State, int Attempts, Guid UserId, long ChatId, string? FirstName, string? LastName, string? Username, string? Language,
    string? UserTier, string? Region, DateTimeOffset? LastTradeAt, DateTimeOffset? CreatedAt, JsonElement Attributes)
{
    public TemplateModel Model => new(FirstName, LastName, Username, Language, UserTier, Region, LastTradeAt, CreatedAt, Attributes);
}

/// <summary>How one send ended.</summary>
public abstract record SendOutcome
{
    private SendOutcome() { }

    /// <param name="MovedTo">The chat's new id, when the group had become a supergroup.</param>
    public sealed record Sent(long MessageId, long? MovedTo = null) : SendOutcome;

    /// <summary>403: the person blocked the bot or is gone; they are suppressed.</summary>
    public sealed record Blocked(string Reason) : SendOutcome;

    /// <summary>This message will never go: 400, or it cannot be rendered.</summary>
    public sealed record Rejected(string Reason) : SendOutcome;

    /// <summary>Telegram answered 5xx or took no connection: surely not sent, to be tried again.</summary>
    public sealed record Unavailable(string Reason) : SendOutcome;

    /// <summary>429: nobody sends for this long, and the row waits its turn again.</summary>
    public sealed record RateLimited(TimeSpan RetryAfter) : SendOutcome;

    /// <summary>Not even tried, because sending was held up after its claim; the row waits its turn again.</summary>
    public sealed record Held : SendOutcome;

    /// <summary>Telegram refuses the bot itself (401, 404): nobody can be sent to, and the row waits for a good token.</summary>
    public sealed record BotRefused(string Reason) : SendOutcome;

    /// <summary>Written, but no answer came: it may have arrived.</summary>
    public sealed record Unknown(string Reason) : SendOutcome;
}

/// <summary>A row's outcome as the ledger keeps it.</summary>
/// <param name="Counts">Whether the try was one; a pending row that was held up has lost none.</param>
public sealed record DeliveryOutcome(int Seq, DeliveryState State, long? MessageId, string? Reason, bool Counts = true)
{
    public static DeliveryOutcome Of(ClaimedDelivery delivery, SendOutcome outcome, OnUncertain onUncertain)
    {
        var again = delivery.Attempts < DeliveryOptions.SendAttempts;
        return outcome switch
        {
            SendOutcome.Sent sent => new(delivery.Seq, DeliveryState.Sent, sent.MessageId, null),
            SendOutcome.Blocked blocked => new(delivery.Seq, DeliveryState.Blocked, null, blocked.Reason),
            SendOutcome.Rejected rejected => new(delivery.Seq, DeliveryState.Failed, null, rejected.Reason),
            SendOutcome.Unavailable failed => new(delivery.Seq, again ? DeliveryState.Pending : DeliveryState.Failed, null, failed.Reason),
            SendOutcome.Unknown unknown when onUncertain == OnUncertain.Resend && again => new(delivery.Seq, DeliveryState.Pending, null, unknown.Reason),
            SendOutcome.Unknown unknown => new(delivery.Seq, DeliveryState.Uncertain, null, unknown.Reason),
            SendOutcome.RateLimited or SendOutcome.Held or SendOutcome.BotRefused => new(delivery.Seq, DeliveryState.Pending, null, null, Counts: false),
            _ => throw new InvalidOperationException($"No ledger state for {outcome}."),
        };
    }
}

/// <summary>A row of the ledger as the API shows it.</summary>
public sealed record DeliveryRow(
    int Seq, Guid UserId, long? TelegramUserId, string? FirstName, DeliveryState State, int Attempts,
    long? MessageId, string? Reason, DateTimeOffset? FinishedAt);

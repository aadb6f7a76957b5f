using System.Text.Json;
using Marketing.Core.Templates;

namespace Marketing.Core.Delivery;

/// <summary>Claimed is under way; those after it are final, and every recipient of a plan ends in exactly one.</summary>
public enum DeliveryState : short { Pending = 0, Claimed = 1, Sent = 2, Failed = 3, Blocked = 4, Skipped = 5, Uncertain = 6 }

/// <summary>What the orchestrator knows of a plan: numbers only.</summary>
public sealed record BroadcastPlan(int Recipients, int BatchSize);

/// <summary>The rows FirstSeq to FirstSeq + Count - 1 of a broadcast's ledger; one activity sends them.</summary>
public sealed record BatchRange(Guid BroadcastId, int FirstSeq, int Count);

/// <summary>What is left after a pass: nothing, rows to send again, or rows whose lease another worker still holds.</summary>
/// <param name="Finished">Nothing is left to do: settled, or paused or cancelled with no claim open.</param>
/// <param name="Pending">Rows to send again; 0 when the broadcast is no longer sending.</param>
public sealed record SettleResult(bool Finished, int Pending, int Claimed);

/// <summary>What every message of one broadcast shares, frozen by its plan.</summary>
public sealed record FrozenMessage(Guid BroadcastId, string Content, IReadOnlyList<CtaButton> Buttons);

/// <summary>A row taken by a claim, with the fields its message is rendered from; skipped when its person cannot be reached any more.</summary>
public sealed record ClaimedDelivery(
    int Seq, DeliveryState State, Guid UserId, long ChatId, string? FirstName, string? LastName, string? Username, string? Language,
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

    /// <summary>This message will never go: 400, or the server failed at every attempt.</summary>
    public sealed record Rejected(string Reason) : SendOutcome;

    /// <summary>429: nobody sends for this long, and the row waits its turn again.</summary>
    public sealed record RateLimited(TimeSpan RetryAfter) : SendOutcome;

    /// <summary>Telegram refuses the bot itself (401, 404): nobody can be sent to, and the row waits for a good token.</summary>
    public sealed record BotRefused(string Reason) : SendOutcome;

    /// <summary>Written, but no answer came: it may have arrived, so it is not sent again.</summary>
    public sealed record Unknown(string Reason) : SendOutcome;
}

/// <summary>A row's outcome as the ledger keeps it.</summary>
public sealed record DeliveryOutcome(int Seq, DeliveryState State, long? MessageId, string? Reason)
{
    public static DeliveryOutcome Of(int seq, SendOutcome outcome) => outcome switch
    {
        SendOutcome.Sent sent => new(seq, DeliveryState.Sent, sent.MessageId, null),
        SendOutcome.Blocked blocked => new(seq, DeliveryState.Blocked, null, blocked.Reason),
        SendOutcome.Rejected rejected => new(seq, DeliveryState.Failed, null, rejected.Reason),
        SendOutcome.RateLimited or SendOutcome.BotRefused => new(seq, DeliveryState.Pending, null, null),
        SendOutcome.Unknown unknown => new(seq, DeliveryState.Uncertain, null, unknown.Reason),
        _ => throw new InvalidOperationException($"No ledger state for {outcome}."),
    };
}

/// <summary>A row of the ledger as the API shows it.</summary>
public sealed record DeliveryRow(
    int Seq, Guid UserId, long? TelegramUserId, string? FirstName, DeliveryState State, int Attempts,
    long? MessageId, string? Reason, DateTimeOffset? FinishedAt);

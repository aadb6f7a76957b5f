namespace Marketing.Core.Delivery;

/// <summary>Figures of the delivery engine that are not settings.</summary>
public static class DeliveryOptions
{
    /// <summary>After this long a claim is given up as uncertain. A send takes RequestTimeout at most, and its record may wait for the database.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(3);

    /// <summary>A request to Telegram without an answer for this long is uncertain.</summary>
    public static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Tries of one message that Telegram answers with 5xx or takes no connection for, and of an uncertain one that is resent.</summary>
    public const int SendAttempts = 4;

    /// <summary>The wait before the second try; doubles before each further one, 14 s in all.</summary>
    public static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(2);

    /// <summary>Batches of one broadcast that run at once over all workers. Each is mostly waiting for its send slots.</summary>
    public const int BatchesAtOnce = 8;

    /// <summary>Windows of this process that wait for their slots at once: enough to keep the lane full, and few for a pause to waste.</summary>
    public const int WindowsAhead = 2;

    /// <summary>Windows of one batch under way at once, so that a single batch keeps the lane full while answers are waited for.</summary>
    public const int WindowsAtOnce = 2;

    /// <summary>
    /// What one batch would take if the lane were its own. With BatchesAtOnce sharing the lane that is 2 minutes for one
    /// broadcast.
    /// </summary>
    private static readonly TimeSpan BatchSpan = TimeSpan.FromSeconds(15);

    /// <summary>
    /// A batch that takes longer leaves the rest to a later generation, well before host.json's limit ends the whole worker.
    /// </summary>
    public static readonly TimeSpan BatchTimeLimit = TimeSpan.FromMinutes(5);

    /// <summary>Recipients per batch: the setting, or less where the rate is low.</summary>
    public static int BatchSize(MarketingOptions options) =>
        (int)Math.Clamp(options.SendRate * BatchSpan.TotalSeconds, 1, options.BatchSize);

    /// <summary>
    /// A window of claims holds as many messages as the rate allows in this time. At most a quarter of MaxInFlight, so that
    /// some windows are sent while others are claimed or recorded.
    /// </summary>
    public static readonly TimeSpan WindowSpan = TimeSpan.FromSeconds(0.25);

    /// <summary>How many messages a window of claims holds.</summary>
    public static int Window(MarketingOptions options) =>
        (int)Math.Clamp(options.SendRate * WindowSpan.TotalSeconds, 1, Math.Max(1, options.MaxInFlight / 4));
}

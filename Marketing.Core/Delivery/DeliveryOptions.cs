namespace Marketing.Core.Delivery;

/// <summary>Figures of the delivery engine that are not settings.</summary>
public static class DeliveryOptions
{
    /// <summary>
    /// After this long a claim is given up as uncertain. Longer than a send can take: RequestTimeout for each of
    /// SendAttempts and the waits between them, 4 x 30 s + 3.5 s.
    /// </summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(3);

    /// <summary>A request to Telegram without an answer for this long is uncertain.</summary>
    public static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Tries of one message when Telegram answers 5xx or refuses the connection, so that it surely did not go.</summary>
    public const int SendAttempts = 4;

    /// <summary>The wait before the second try; doubles before each further one.</summary>
    public static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(0.5);

    /// <summary>Batches of one broadcast that run at once over all workers. Each is mostly waiting for its send slots.</summary>
    public const int BatchesAtOnce = 8;

    /// <summary>
    /// What one batch would take if the lane were its own. With BatchesAtOnce sharing the lane that is 2 minutes for one
    /// broadcast.
    /// </summary>
    private static readonly TimeSpan BatchSpan = TimeSpan.FromSeconds(15);

    /// <summary>
    /// A batch that takes longer leaves the rest to the next pass, well before host.json's limit ends the whole worker.
    /// </summary>
    public static readonly TimeSpan BatchTimeLimit = TimeSpan.FromMinutes(5);

    /// <summary>Recipients per batch: the setting, or less where the rate is low.</summary>
    public static int BatchSize(MarketingOptions options) =>
        (int)Math.Clamp(options.SendRate * BatchSpan.TotalSeconds, 1, options.BatchSize);

    /// <summary>
    /// A window of claims holds as many messages as the rate allows in this time. At most half of MaxInFlight, so that one
    /// window is sent while another is claimed or recorded.
    /// </summary>
    public static readonly TimeSpan WindowSpan = TimeSpan.FromSeconds(0.25);
}

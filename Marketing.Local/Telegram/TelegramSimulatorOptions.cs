using System.Text.Json.Serialization;

namespace Marketing.Local.Telegram;

/// <summary>How a simulator is started. What a test changes while it runs is in <see cref="SimulatorSettings"/>.</summary>
public sealed record TelegramSimulatorOptions
{
    /// <summary>Port on 127.0.0.1; 0 takes any free one.</summary>
    public int Port { get; init; }

    /// <summary>Bot tokens that are known; null knows every token of the form <c>id:secret</c>.</summary>
    public IReadOnlyCollection<string>? Tokens { get; init; }

    public SimulatorSettings Settings { get; init; } = new();

    /// <summary>First pause before an update is posted again; it doubles up to <see cref="WebhookRetryCap"/>.</summary>
    public TimeSpan WebhookRetryDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    public TimeSpan WebhookRetryCap { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a callback query can be answered.</summary>
    public TimeSpan CallbackLifetime { get; init; } = TimeSpan.FromSeconds(30);

    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}

/// <summary>Weather: latency, rate and faults of the Bot API. Percents are of all Bot API requests.</summary>
public sealed record SimulatorSettings
{
    public int LatencyMs { get; init; }

    /// <summary>Messages a second over all chats (Telegram: about 30); null is no limit.</summary>
    public double? RateLimit { get; init; }

    /// <summary>Messages a second to one chat (Telegram: about 1); null is no limit.</summary>
    public double? ChatRateLimit { get; init; }

    [JsonPropertyName("fault_5xx_percent")]
    public double Fault5xxPercent { get; init; }

    public double FaultResetPercent { get; init; }

    public double FaultHangPercent { get; init; }

    /// <summary>
    /// Of the requests that are reset or hang, how many are carried out before that. Half by default, because a client that
    /// saw a broken connection cannot know.
    /// </summary>
    public double FaultDeliversPercent { get; init; } = 50;

    public int HangMs { get; init; } = 60_000;

    /// <summary>Same seed, same faults in the same order of requests.</summary>
    public int Seed { get; init; } = 1;
}

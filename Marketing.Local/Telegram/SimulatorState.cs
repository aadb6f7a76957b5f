namespace Marketing.Local.Telegram;

/// <summary>Everything the simulated Telegram knows.</summary>
internal sealed class SimulatorState : IAsyncDisposable
{
    private readonly WebhookSender sender = new();
    private volatile MessageLog log = new(after: 0);

    public SimulatorState(TelegramSimulatorOptions options)
    {
        Time = options.TimeProvider;
        Traffic = new(options.Settings, options.TimeProvider);
        Callbacks = new(options);
        Bots = new(options, sender);
    }

    public TimeProvider Time { get; }
    public Traffic Traffic { get; }
    public CallbackQueries Callbacks { get; }
    public BotAccounts Bots { get; }
    public ChatBook Chats { get; } = new();
    public ChangeLog Changes { get; } = new();
    public MessageLog Log => log;

    public void ClearLog()
    {
        log = new(log.LastId);
        Changes.Add(ChangeLog.EveryChat);
    }

    public async ValueTask DisposeAsync()
    {
        await Bots.DisposeAsync();
        sender.Dispose();
    }
}

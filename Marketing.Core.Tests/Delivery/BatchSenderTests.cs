using Marketing.Core.Cta;
using Marketing.Core.Delivery;
using Marketing.Core.Tests.Fixtures;
using Microsoft.Extensions.Logging.Abstractions;
using Telegram.Bot;

namespace Marketing.Core.Tests.Delivery;

/// <summary>The sender with everything it has, over a real database and the real client; only the wire is scripted.</summary>
public abstract class BatchSenderTests(DatabaseFixture database, TimeProvider clock) : DeliveryTests(database, clock)
{
    internal static readonly Reply Ok = new Reply.Ok();
    internal static readonly Reply ServerError = new Reply.Error(500, "Internal Server Error");

    /// <summary>A worker process: its sender has a lane, places and an outage watch of its own.</summary>
    internal BatchSender Worker(ScriptedTelegram telegram, Func<HttpClient, TelegramBotClient>? client = null)
    {
        var http = new HttpClient(telegram, disposeHandler: false);
        var lane = new SendLane(Source, Options, Clock);
        return new BatchSender(
            Deliveries, lane, new InFlight(Options), new OutageWatch(lane),
            new TelegramSender(client?.Invoke(http) ?? new TelegramBotClient(telegram.Options, http)),
            new CtaKeyboard(new LinkTokens(Options), Options), Options, TestOptions.Telemetry, Clock, NullLogger<BatchSender>.Instance);
    }

    internal static ScriptedTelegram Telegram(Func<long, int, Reply> script) => new(script);

    protected static Task<int> SendAsync(BatchSender worker, Guid id, int count) => worker.SendAsync(new BatchRange(id, 0, count), None);

    protected async Task<long> ChatAsync(Guid id, int seq) => (await RowsAsync(id))[seq].ChatId;
}

using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.Local.Telegram;

/// <summary>A Telegram on 127.0.0.1: the Bot API, and the people it talks to under <c>/sim/</c>.</summary>
public sealed class TelegramSimulator : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly SimulatorState state;
    private readonly PersonActions people;

    private TelegramSimulator(TelegramSimulatorOptions options)
    {
        state = new(options);
        people = new(state);
        var bots = new BotApi(state);

        // No configuration, logging or routing: one delegate, so that a core is spent on messages.
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, options.Port);
        });
        app = builder.Build();
        var control = new ControlApi(state, people, new(state, app.Lifetime.ApplicationStopping));
        app.Run(http => ServeAsync(http, bots, control));
    }

    /// <summary>Base address, for <c>Telegram__ApiBaseUrl</c>.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Weather; a change counts from the next request.</summary>
    public SimulatorSettings Settings
    {
        get => state.Traffic.Settings;
        set => state.Traffic.Settings = value;
    }

    /// <summary>Messages that bots have sent.</summary>
    public int MessageCount => state.Log.Received;

    /// <summary>Messages that were answered 429, since the start.</summary>
    public int RefusedCount => state.Traffic.Refused;

    /// <summary>Requests that a fault answered 5xx, since the start.</summary>
    public int ServerErrorCount => state.Traffic.ServerErrors;

    /// <summary>Requests that were reset or kept hanging, since the start: their callers cannot know.</summary>
    public int CutOffCount => state.Traffic.CutOff;

    /// <summary>Requests that latency or a hang keeps waiting now.</summary>
    public int HeldCount => state.Traffic.Held;

    /// <summary>Chats that got more than one message.</summary>
    public int DuplicateChats => state.Log.DuplicateChats;

    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<TelegramSimulator> StartAsync(TelegramSimulatorOptions options, CancellationToken ct)
    {
        var simulator = new TelegramSimulator(options);
        try
        {
            await simulator.app.StartAsync(ct);
        }
        catch
        {
            await simulator.DisposeAsync();
            throw;
        }

        var addresses = simulator.app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>();
        simulator.Address = new Uri(addresses.Addresses.First());
        return simulator;
    }

    /// <summary>What a chat received, oldest first.</summary>
    public IReadOnlyList<ReceivedMessage> Messages(long chatId) =>
        [.. state.Log.Read(chatId, afterId: 0, limit: int.MaxValue, withOwn: false).Select(ReceivedMessage.From)];

    /// <summary>What all chats received, oldest first.</summary>
    public IReadOnlyList<ReceivedMessage> Messages() =>
        [.. state.Log.Read(null, afterId: 0, limit: int.MaxValue, withOwn: false).Select(ReceivedMessage.From)];

    public void ClearMessages() => state.ClearLog();

    /// <summary>Sets what a chat answers to bots, without telling them.</summary>
    public void SetChat(long chatId, ChatStatus status, long? migratedTo = null) =>
        people.SetChat(chatId, status, migratedTo, notify: false);

    /// <summary>Gives a chat a name; an admin's comes first in the list.</summary>
    public void Introduce(long chatId, string firstName, string? username = null, string? languageCode = null, bool? admin = null) =>
        people.Introduce(chatId, firstName, username, languageCode, admin);

    /// <summary>Answers every message 429 for so long, with the seconds that are left as retry_after.</summary>
    public void Close(TimeSpan span) => state.Traffic.Close(span);

    /// <summary>Presses the button with this callback data and waits up to ten seconds for the bot's answer.</summary>
    /// <exception cref="KeyNotFoundException">No such message or button.</exception>
    public Task<PressResult> PressAsync(long chatId, int messageId, string callbackData, CancellationToken ct) =>
        people.PressAsync(chatId, messageId, new(callbackData), TimeSpan.FromSeconds(10), ct);

    /// <summary>Writes to the bot and waits up to ten seconds for the webhook's first answer.</summary>
    public Task<UpdateResult> SayAsync(long chatId, string text, CancellationToken ct) =>
        people.SayAsync(chatId, text, TimeSpan.FromSeconds(10), ct);

    public async ValueTask DisposeAsync()
    {
        // Webhook posts first: a request that hangs on purpose must not hold up the end.
        await state.DisposeAsync();
        using var atOnce = new CancellationTokenSource(TimeSpan.FromMilliseconds(100), state.Time);
        await app.StopAsync(atOnce.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await app.DisposeAsync();
    }

    private static async Task ServeAsync(HttpContext http, BotApi bots, ControlApi control)
    {
        var path = http.Request.Path.Value ?? "/";
        try
        {
            if (path.StartsWith("/bot", StringComparison.Ordinal))
                await bots.HandleAsync(http, path);
            else if (path.StartsWith("/sim/", StringComparison.Ordinal))
                await control.HandleAsync(http, path);
            else if (path.StartsWith("/page/", StringComparison.Ordinal) || path == "/" && WantsHtml(http.Request))
                await PageFiles.ServeAsync(http, path);
            else if (path == "/")
                await http.Response.WriteAsync(Endpoints, http.RequestAborted);
            else
                http.Response.StatusCode = 404;
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The caller hung up, as clients do on a slow answer.
        }
    }

    // Browsers do; curl gets the endpoints.
    private static bool WantsHtml(HttpRequest request) => request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal);

    private const string Endpoints = """
        Telegram simulator

        Bot API   /bot<id>:<secret>/<method>
          getMe setWebhook deleteWebhook getWebhookInfo setMyCommands getMyCommands sendMessage sendPhoto copyMessage
          editMessageText editMessageReplyMarkup deleteMessage deleteMessages answerCallbackQuery

        People (in a browser, this address is a page of their chats)
          GET    /sim/messages?chat_id=&after=&limit=&own=   what chats received (own=true: and what they wrote)
          GET    /sim/messages/count                         {total, refused, chats, duplicates, duplicate_chats}
          DELETE /sim/messages
          GET    /sim/chats?search=&offset=&limit=           {total, chats}: the newest activity first
          GET    /sim/chats/{id}?before=&from=&limit=        {chat, commands, more, messages}: the last ones, both sides
          GET    /sim/bot                                    {bot: {id, name, username, webhook_url, pending_updates, last_error}}
          GET    /sim/events                                 server-sent: {chats: ids that changed, or null for all, totals}
          POST   /sim/people      {chat_id?, first_name?, username?, language_code?, admin?}: introduces a person, or changes one
          POST   /sim/read        {chat_id, message_id}: read up to there
          POST   /sim/press       {chat_id, message_id, button: callback_data | row, col, forge?, wait_ms?}
          POST   /sim/callbacks   {count}: so many callback query ids that can be answered, for updates of your own making
          POST   /sim/say         {chat_id, text, first_name?, username?, language_code?, wait_ms?}
          POST   /sim/chats/{id}  {state: normal | blocked | deactivated | not_found | migrated, migrate_to_chat_id?, notify?}
          POST   /sim/chats       the same for {chat_ids: [..]}
          POST   /sim/updates     any body, posted to the webhook as it is
          GET    /sim/settings    PUT changes the members given: latency_ms, rate_limit, chat_rate_limit, fault_5xx_percent,
                                  fault_reset_percent, fault_hang_percent, fault_delivers_percent, hang_ms, seed
          POST   /sim/close       {seconds}: every message is answered 429 for so long

        """;
}

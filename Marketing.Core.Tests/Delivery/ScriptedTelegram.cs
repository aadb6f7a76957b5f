using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Telegram.Bot;

namespace Marketing.Core.Tests.Delivery;

/// <summary>How a request of <see cref="ScriptedTelegram"/> ends.</summary>
internal abstract record Reply
{
    public sealed record Ok : Reply;

    public sealed record Error(int Code, string Description, string Parameters = "{}") : Reply;

    /// <summary>No connection: surely not arrived.</summary>
    public sealed record Refused : Reply;

    /// <summary>Arrived, and never answered.</summary>
    public sealed record Timeout : Reply;

    /// <summary>Arrived, and cut off before the answer.</summary>
    public sealed record Reset : Reply;
}

/// <summary>Telegram's end of the wire under the real client: answers as the test says and remembers what arrived.</summary>
internal sealed class ScriptedTelegram(Func<long, int, Reply> script) : HttpMessageHandler
{
    private readonly ConcurrentQueue<(long Chat, DateTimeOffset At)> requests = new();
    private readonly ConcurrentDictionary<long, int> tries = new();
    private readonly ConcurrentQueue<long> arrived = new();
    private int isBegun;

    /// <summary>Every request, in order, by the system's clock.</summary>
    public IReadOnlyList<(long Chat, DateTimeOffset At)> Requests => [.. requests];

    /// <summary>How often a message has come to the chat.</summary>
    public int MessagesTo(long chat) => arrived.Count(c => c == chat);

    public int TriesOf(long chat) => tries.GetValueOrDefault(chat);

    public Func<Reply> OnGetMe { get; init; } = () => new Reply.Ok();

    /// <summary>Runs before the very first answer.</summary>
    public Func<Task>? BeforeFirst { get; init; }

    public TelegramBotClientOptions Options { get; } = new("42:token", "http://telegram.test") { RetryThreshold = 0 };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.RequestUri!.AbsolutePath.EndsWith("/getMe", StringComparison.Ordinal))
            return End(OnGetMe(), """{"id":42,"is_bot":true,"first_name":"Bot"}""");
        using var body = JsonDocument.Parse(await request.Content!.ReadAsStringAsync(cancellationToken));
        var id = body.RootElement.GetProperty("chat_id");
        var chat = id.ValueKind == JsonValueKind.Number ? id.GetInt64() : long.Parse(id.GetString()!, provider: null);
        requests.Enqueue((chat, TimeProvider.System.GetUtcNow()));
        if (BeforeFirst is not null && Interlocked.Exchange(ref isBegun, 1) == 0)
            await BeforeFirst();
        var reply = script(chat, tries.AddOrUpdate(chat, 1, (_, count) => count + 1));
        if (reply is Reply.Ok or Reply.Timeout or Reply.Reset)
            arrived.Enqueue(chat);
        return End(reply, $$$"""{"message_id":{{{requests.Count}}},"date":0,"chat":{"id":{{{chat}}},"type":"private"} }""");
    }

    private static HttpResponseMessage End(Reply reply, string result) =>
        reply switch
        {
            Reply.Ok => Answer(200, $$$"""{"ok":true,"result":{{{result}}} }"""),
            Reply.Error e => Answer(e.Code, $$$"""{"ok":false,"error_code":{{{e.Code}}},"description":"{{{e.Description}}}","parameters":{{{e.Parameters}}} }"""),
            Reply.Refused => throw new HttpRequestException(HttpRequestError.ConnectionError, "Connection refused"),
            Reply.Timeout => throw new TaskCanceledException(), // as HttpClient's own timeout reaches the client
            Reply.Reset => throw new HttpRequestException(HttpRequestError.ResponseEnded, "The response ended prematurely"),
            _ => throw new InvalidOperationException($"No answer for {reply}."),
        };

    private static HttpResponseMessage Answer(int code, string json) =>
        new((HttpStatusCode)code) { Content = new StringContent(json, System.Text.Encoding.UTF8, "application/json") };
}

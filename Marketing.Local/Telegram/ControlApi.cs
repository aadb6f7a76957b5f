using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace Marketing.Local.Telegram;

/// <summary>The other side of the chats, for tests and people: <c>/sim/...</c>. Mistakes are answered 400 or 404 with <c>{"error":...}</c>.</summary>
internal sealed class ControlApi(SimulatorState state, PersonActions people, EventStream events)
{
    public static readonly JsonSerializerOptions Json = new(TelegramJson.Options)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        DefaultIgnoreCondition = JsonIgnoreCondition.Never,
        Converters = { new JsonStringEnumConverter<ChatStatus>(JsonNamingPolicy.SnakeCaseLower) },
    };

    private sealed record PressRequest(
        long ChatId, int MessageId, string? Button = null, int Row = 0, int Col = 0, bool Forge = false, int WaitMs = 10_000);

    private sealed record SayRequest(
        long ChatId, string Text, string? FirstName = null, string? Username = null, string? LanguageCode = null, int WaitMs = 10_000);

    private sealed record CallbacksRequest(int Count);

    private sealed record PersonRequest(
        long? ChatId = null, string? FirstName = null, string? Username = null, string? LanguageCode = null, bool? Admin = null);

    private sealed record ReadRequest(long ChatId, int MessageId);

    private sealed record CloseRequest(double Seconds);

    private sealed record ChatRequest(ChatStatus State, long? MigrateToChatId = null, bool Notify = false, IReadOnlyList<long>? ChatIds = null);

    private readonly PageApi page = new(state);

    public async Task HandleAsync(HttpContext http, string path)
    {
        try
        {
            var result = await CallAsync(http, path, http.RequestAborted);
            if (result is not null)
                await http.Response.WriteAsJsonAsync(result, result.GetType(), Json, http.RequestAborted);
        }
        catch (KeyNotFoundException missing)
        {
            await RefuseAsync(http, 404, missing.Message);
        }
        catch (Exception mistake) when (mistake is JsonException or FormatException)
        {
            await RefuseAsync(http, 400, mistake.Message);
        }
    }

    /// <returns>What to answer as JSON; null for what was written as it was read.</returns>
    private async Task<object?> CallAsync(HttpContext http, string path, CancellationToken ct)
    {
        var request = http.Request;
        switch (request.Method, path)
        {
            case ("GET", "/sim/messages"):
                await WriteMessagesAsync(http);
                return null;
            case ("GET", "/sim/events"):
                await events.ServeAsync(http);
                return null;
            case ("GET", "/sim/chats"):
                return page.Chats(request);
            case ("GET", _) when path.StartsWith("/sim/chats/", StringComparison.Ordinal):
                await page.WriteConversationAsync(http, ChatId(path));
                return null;
            case ("GET", "/sim/bot"):
                return page.Bot();
            case ("POST", "/sim/read"):
                var read = await ReadAsync<ReadRequest>(request, ct);
                return page.MarkRead(read.ChatId, read.MessageId);
            case ("POST", "/sim/people"):
                var person = await ReadAsync<PersonRequest>(request, ct);
                return page.Chat(people.Introduce(person.ChatId, person.FirstName, person.Username, person.LanguageCode, person.Admin));
            case ("DELETE", "/sim/messages"):
                state.ClearLog();
                return new { cleared = true };
            case ("GET", "/sim/messages/count"):
                return Count();
            case ("GET", "/sim/settings"):
                return state.Traffic.Settings;
            case ("PUT", "/sim/settings"):
                return state.Traffic.Settings = await MergeAsync(request, ct);
            case ("POST", "/sim/close"):
                var close = await ReadAsync<CloseRequest>(request, ct);
                state.Traffic.Close(TimeSpan.FromSeconds(Math.Clamp(close.Seconds, 0, 86_400)));
                return close;
            case ("POST", "/sim/press"):
                var press = await ReadAsync<PressRequest>(request, ct);
                return await people.PressAsync(press.ChatId, press.MessageId, new(press.Button, press.Row, press.Col, press.Forge),
                    TimeSpan.FromMilliseconds(press.WaitMs), ct);
            case ("POST", "/sim/callbacks"):
                var callbacks = await ReadAsync<CallbacksRequest>(request, ct);
                return Enumerable.Range(0, Math.Clamp(callbacks.Count, 0, 1_000_000)).Select(_ => state.Callbacks.Press().Id).ToArray();
            case ("POST", "/sim/say"):
                var say = await ReadAsync<SayRequest>(request, ct);
                state.Chats.Introduce(say.ChatId, say.FirstName, say.Username, say.LanguageCode);
                return await people.SayAsync(say.ChatId, say.Text, TimeSpan.FromMilliseconds(say.WaitMs), ct);
            case ("POST", "/sim/updates"):
                using (var body = new MemoryStream())
                {
                    await request.Body.CopyToAsync(body, ct);
                    return await people.PostRawAsync(body.ToArray(), TimeSpan.FromMilliseconds(Number(request, "wait_ms") ?? 10_000), ct);
                }

            case ("POST", "/sim/chats"):
                var chats = await ReadAsync<ChatRequest>(request, ct);
                foreach (var id in chats.ChatIds ?? throw new JsonException("chat_ids is missing"))
                    people.SetChat(id, chats.State, chats.MigrateToChatId, chats.Notify);
                return new { chats = chats.ChatIds.Count };
            case ("POST", _) when path.StartsWith("/sim/chats/", StringComparison.Ordinal):
                var chatId = ChatId(path);
                var chat = await ReadAsync<ChatRequest>(request, ct);
                var update = people.SetChat(chatId, chat.State, chat.MigrateToChatId, chat.Notify);
                return new { chat_id = chatId, state = chat.State, update_id = update?.UpdateId };
            default:
                throw new KeyNotFoundException($"no {request.Method} {path}; GET / lists what there is");
        }
    }

    private object Count() => new
    {
        total = state.Log.Received,
        refused = state.Traffic.Refused,
        chats = state.Log.ReachedChats,
        duplicates = state.Log.DuplicateChats,
        duplicate_chats = state.Log.DuplicateChats == 0 ? [] : state.Log.SomeDuplicateChats(limit: 100),
    };

    private async Task WriteMessagesAsync(HttpContext http)
    {
        var request = http.Request;
        var limit = (int)Math.Clamp(Number(request, "limit") ?? 100, 1, 10_000);
        var messages = state.Log.Read(Number(request, "chat_id"), (int)(Number(request, "after") ?? 0), limit, request.Query["own"] == "true");
        using var buffer = JsonBuffer.Rent();
        buffer.Json.WriteStartArray();
        foreach (var message in messages)
            TelegramJson.WriteReceived(buffer.Json, ReceivedMessage.From(message));
        buffer.Json.WriteEndArray();
        await buffer.SendAsync(http.Response, 200, http.RequestAborted);
    }

    // Members that are not given stay as they are, so that a test changes one thing.
    private async Task<SimulatorSettings> MergeAsync(HttpRequest request, CancellationToken ct)
    {
        var changes = await JsonNode.ParseAsync(request.Body, cancellationToken: ct) as JsonObject ?? throw new JsonException("an object is expected");
        var merged = JsonSerializer.SerializeToNode(state.Traffic.Settings, Json)!.AsObject();
        foreach (var (name, value) in changes)
            merged[name] = value?.DeepClone();
        return merged.Deserialize<SimulatorSettings>(Json)!;
    }

    private static long ChatId(string path) => long.Parse(path["/sim/chats/".Length..], CultureInfo.InvariantCulture);

    private static async Task<T> ReadAsync<T>(HttpRequest request, CancellationToken ct) =>
        await JsonSerializer.DeserializeAsync<T>(request.Body, Json, ct) ?? throw new JsonException("an object is expected");

    public static long? Number(HttpRequest request, string name) =>
        request.Query[name].ToString() is { Length: > 0 } text ? long.Parse(text, CultureInfo.InvariantCulture) : null;

    private static Task RefuseAsync(HttpContext http, int status, string error)
    {
        http.Response.StatusCode = status;
        return http.Response.WriteAsJsonAsync(new { error }, http.RequestAborted);
    }
}

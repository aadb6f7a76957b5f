using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Marketing.Local.Telegram;

/// <summary>An answer in the making. Kept per thread and used again: thousands a second, and none leaves garbage.</summary>
internal sealed class JsonBuffer : IDisposable
{
    [ThreadStatic]
    private static JsonBuffer? spare;
    private readonly ArrayBufferWriter<byte> bytes = new(2048);

    private JsonBuffer() => Json = new(bytes, TelegramJson.WriterOptions);

    public Utf8JsonWriter Json { get; }

    public static JsonBuffer Rent()
    {
        var buffer = spare ?? new JsonBuffer();
        spare = null;
        return buffer;
    }

    /// <summary>Replaces whatever was written by a refusal.</summary>
    /// <returns>Its status.</returns>
    public int Refuse(BotApiException refusal)
    {
        Clear();
        Json.WriteStartObject();
        Json.WriteBoolean("ok"u8, false);
        Json.WriteNumber("error_code"u8, refusal.Code);
        Json.WriteString("description"u8, refusal.Message);
        if (refusal.RetryAfter is not null || refusal.MigrateToChatId is not null)
        {
            Json.WriteStartObject("parameters"u8);
            if (refusal.RetryAfter is { } seconds)
                Json.WriteNumber("retry_after"u8, seconds);
            if (refusal.MigrateToChatId is { } chatId)
                Json.WriteNumber("migrate_to_chat_id"u8, chatId);
            Json.WriteEndObject();
        }

        Json.WriteEndObject();
        return refusal.Code;
    }

    public byte[] ToArray()
    {
        Json.Flush();
        return bytes.WrittenSpan.ToArray();
    }

    public async Task SendAsync(HttpResponse response, int status, CancellationToken ct)
    {
        await Json.FlushAsync(ct);
        response.StatusCode = status;
        response.ContentType = "application/json";
        response.ContentLength = bytes.WrittenCount;
        await response.Body.WriteAsync(bytes.WrittenMemory, ct);
    }

    public void Dispose()
    {
        Clear();
        // A buffer that grew for a long listing is not kept.
        if (bytes.Capacity <= 64 * 1024)
            spare = this;
    }

    private void Clear()
    {
        bytes.ResetWrittenCount();
        Json.Reset(bytes);
    }
}

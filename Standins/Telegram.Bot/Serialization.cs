using System.Text.Json;
using System.Text.Json.Serialization;
using Telegram.Bot.Types;

namespace Telegram.Bot
{
    public static class JsonBotAPI
    {
        public static JsonSerializerOptions Options { get; } = new()
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
            NumberHandling = JsonNumberHandling.AllowReadingFromString,
            AllowOutOfOrderMetadataProperties = true,
            Converters = { new Serialization.UnixDateTimeConverter() },
        };
    }
}

namespace Telegram.Bot.Serialization
{
    /// <summary>Snake case names; a name from a newer Bot API reads as the enum's default, so it breaks nothing.</summary>
    internal sealed class EnumConverter<TEnum> : JsonConverter<TEnum> where TEnum : struct, Enum
    {
        private static readonly Dictionary<string, TEnum> Values =
            Enum.GetValues<TEnum>().ToDictionary(v => JsonNamingPolicy.SnakeCaseLower.ConvertName(v.ToString()));

        public override TEnum Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetString() is { } name && Values.TryGetValue(name, out var value) ? value : default;

        public override void Write(Utf8JsonWriter writer, TEnum value, JsonSerializerOptions options) =>
            writer.WriteStringValue(JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()));
    }

    /// <summary>Unix seconds; 0 is default(DateTime), as Telegram writes 0 for "no date" in inaccessible messages.</summary>
    internal sealed class UnixDateTimeConverter : JsonConverter<DateTime>
    {
        public override DateTime Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetInt64() switch
            {
                0 => default,
                > 0 and var seconds => DateTime.UnixEpoch.AddSeconds(seconds),
                _ => throw new JsonException("A date before 1970."),
            };

        public override void Write(Utf8JsonWriter writer, DateTime value, JsonSerializerOptions options) =>
            writer.WriteNumberValue(value == default ? 0 : (long)(value.ToUniversalTime() - DateTime.UnixEpoch).TotalSeconds);
    }

    internal sealed class ChatIdConverter : JsonConverter<ChatId>
    {
        public override ChatId? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.Number ? new(reader.GetInt64()) : new(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, ChatId value, JsonSerializerOptions options)
        {
            if (value.Identifier is { } id)
                writer.WriteNumberValue(id);
            else
                writer.WriteStringValue(value.Username);
        }
    }
}

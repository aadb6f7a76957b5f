using System.Globalization;
using System.Text.Json;
using Telegram.Bot.Types.ReplyMarkups;

namespace Marketing.Bench;

/// <summary>The message of all benchmarks: as a template for the engine, and as the bare loops make it, byte for byte as long.</summary>
internal static class BenchMessage
{
    public const string PublicBaseUrl = "https://go.example.com";
    public const string Tier = "premium";

    public const string Template = """
        Hello <b>{{ first_name }}</b>!

        The <i>spring cup</i> opens on Monday: trade on three days of the week and you are in the draw for <b>500 prizes</b>. As a {{ user_tier }} member you start with a lead of ten points.

        Read <a href="https://example.com/rules">the rules</a> first.
        """;

    private const string Join = "Join";
    private const string See = "See the prizes";

    // As long as the engine's: two ids in base64url and a colon, and a signed token of 64 characters.
    private static readonly string Callback = $"{new string('A', 22)}:{new string('B', 22)}";

    public static object[] Buttons { get; } =
    [
        new { label = See, action = "open", url = "https://example.com/prizes?utm_source=telegram" },
        new { label = Join, action = "callback", answer = "You are in." },
    ];

    public static string Name(long chat) => string.Create(CultureInfo.InvariantCulture, $"Person {chat}");

    public static string Text(long chat) => $"""
        Hello <b>{Name(chat)}</b>!

        The <i>spring cup</i> opens on Monday: trade on three days of the week and you are in the draw for <b>500 prizes</b>. As a {Tier} member you start with a lead of ten points.

        Read <a href="https://example.com/rules">the rules</a> first.
        """;

    public static InlineKeyboardMarkup Keyboard(long chat) => new(
    [
        [InlineKeyboardButton.WithUrl(See, Link(chat))],
        [InlineKeyboardButton.WithCallbackData(Join, Callback)],
    ]);

    // The client's JSON: the default encoder, which escapes angle brackets, on both sides.
    public static string Json(long chat) => string.Create(CultureInfo.InvariantCulture, $$$"""
        {"chat_id":{{{chat}}},"text":{{{JsonSerializer.Serialize(Text(chat))}}},"parse_mode":"Html",
        "reply_markup":{"inline_keyboard":[[{"text":"{{{See}}}","url":"{{{Link(chat)}}}"}],[{"text":"{{{Join}}}","callback_data":"{{{Callback}}}"}]]}}
        """);

    private static string Link(long chat) => string.Create(CultureInfo.InvariantCulture, $"{PublicBaseUrl}/api/c/{chat:D64}");
}

using Telegram.Bot.Types.ReplyMarkups;

namespace Marketing.Core.Telegram;

internal enum UserButton { Stop, Keep, Undo }

/// <summary>
/// The buttons under the bot's own messages to people. Their data is <c>user:</c> and a word: the colon of a message's button
/// comes after 22 characters, so neither is ever taken for the other.
/// </summary>
internal static class UserButtons
{
    private const string Prefix = "user:";

    public static readonly InlineKeyboardMarkup Undo = new(Button(UserTexts.Undo, UserButton.Undo));

    public static readonly InlineKeyboardMarkup StopOrKeep =
        new(Button(UserTexts.YesStop, UserButton.Stop), Button(UserTexts.Keep, UserButton.Keep));

    /// <summary>Null for any other data.</summary>
    public static UserButton? Read(string? data) => data switch
    {
        Prefix + "stop" => UserButton.Stop,
        Prefix + "keep" => UserButton.Keep,
        Prefix + "undo" => UserButton.Undo,
        _ => null,
    };

    private static InlineKeyboardButton Button(string label, UserButton button) =>
        InlineKeyboardButton.WithCallbackData(label, Prefix + button.ToString().ToLowerInvariant());
}

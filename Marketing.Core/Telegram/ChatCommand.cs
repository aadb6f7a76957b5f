namespace Marketing.Core.Telegram;

/// <summary>A message such as <c>/start spring_sale</c>.</summary>
/// <param name="Name">In lower case, without the slash and the bot's name.</param>
public readonly record struct ChatCommand(string Name, string Argument)
{
    /// <summary>Null for any other text.</summary>
    public static ChatCommand? Read(string? text)
    {
        if (text is not ['/', _, ..])
            return null;
        var words = text.Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return new ChatCommand(words[0][1..].Split('@')[0].ToLowerInvariant(), words.ElementAtOrDefault(1) ?? "");
    }
}

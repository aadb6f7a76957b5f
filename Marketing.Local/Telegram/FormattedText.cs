namespace Marketing.Local.Telegram;

/// <summary>Part of a text in a style; offset and length in UTF-16 units. Type is Telegram's name, such as text_link.</summary>
public sealed record TextEntity(
    string Type, int Offset, int Length, string? Url = null, string? Language = null, string? CustomEmojiId = null);

/// <summary>What a reader sees: text without markup, and where it is styled.</summary>
public sealed record FormattedText(string Text, IReadOnlyList<TextEntity> Entities)
{
    /// <summary>Without the white space around it, which Telegram removes.</summary>
    public FormattedText Trim()
    {
        var end = Text.Length;
        while (end > 0 && char.IsWhiteSpace(Text[end - 1]))
            end--;
        var start = 0;
        while (start < end && char.IsWhiteSpace(Text[start]))
            start++;
        if (start == 0 && end == Text.Length)
            return this;

        var kept = new List<TextEntity>(Entities.Count);
        foreach (var entity in Entities)
        {
            var from = Math.Max(entity.Offset, start);
            var to = Math.Min(entity.Offset + entity.Length, end);
            if (from < to)
                kept.Add(entity with { Offset = from - start, Length = to - from });
        }

        return new(Text[start..end], kept);
    }

    public bool SameAs(FormattedText other) => Text == other.Text && Entities.SequenceEqual(other.Entities);

    /// <summary>A person's message: commands are the entities that a bot looks for.</summary>
    public static FormattedText Typed(string text)
    {
        var entities = new List<TextEntity>();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '/' || (i > 0 && !char.IsWhiteSpace(text[i - 1])))
                continue;
            var end = i + 1;
            while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] is '_' or '@'))
                end++;
            if (end > i + 1)
                entities.Add(new("bot_command", i, end - i));
        }

        return new(text, entities);
    }
}

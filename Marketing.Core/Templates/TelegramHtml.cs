using System.Globalization;
using System.Text;

namespace Marketing.Core.Templates;

/// <summary>What is wrong with a text for Telegram, and at which character of it (from 0).</summary>
public sealed record HtmlError(int Offset, string Message)
{
    /// <summary>"line 2, column 5: ...", where <paramref name="text"/> is what the offset counts in.</summary>
    public string In(string text)
    {
        var before = text.AsSpan(0, Math.Min(Offset, text.Length));
        return $"line {before.Count('\n') + 1}, column {before.Length - before.LastIndexOf('\n')}: {Message}";
    }
}

/// <summary>
/// The HTML that Telegram accepts with parse_mode HTML (core.telegram.org/bots/api#html-style), and how Telegram counts it.
/// Stricter than Telegram where Telegram silently drops what was meant: a link without href, an emoji without its id.
/// </summary>
public static class TelegramHtml
{
    /// <summary>UTF-16 code units of a message after entity parsing.</summary>
    public const int MaxLength = 4_096;

    private const int MaxNesting = 32;

    private static readonly string[] Tags =
    [
        "b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "a", "code", "pre", "span", "tg-spoiler", "tg-emoji", "blockquote",
    ];

    /// <summary>The first thing Telegram would refuse, or null.</summary>
    public static HtmlError? Check(string html) => Measure(html, out _);

    /// <summary>Length in UTF-16 units after entity parsing: tags count nothing, an entity counts as the character it stands for.</summary>
    public static int Length(string html)
    {
        _ = Measure(html, out var length);
        return length;
    }

    /// <summary>As a person reads it: without tags, entities as the characters they stand for. For HTML that <see cref="Check"/> accepts.</summary>
    public static string PlainText(string html)
    {
        var text = new StringBuilder(html.Length);
        var i = 0;
        while (i < html.Length)
        {
            if (html[i] == '<')
            {
                i = new HtmlTag(html, i).End;
            }
            else if (html[i] == '&')
            {
                i += Entity(html.AsSpan(i), out var code);
                text.Append(new Rune(code));
            }
            else
            {
                text.Append(html[i++]);
            }
        }

        return text.ToString();
    }

    /// <summary>Both in one pass, since every message of a broadcast goes through it. After an error the length is what came before it.</summary>
    internal static HtmlError? Measure(string html, out int length)
    {
        Span<(int Tag, int Start)> open = stackalloc (int, int)[MaxNesting];
        var nesting = 0;
        length = 0;
        var i = 0;
        while (i < html.Length)
        {
            var text = html.AsSpan(i).IndexOfAny('<', '&');
            if (text != 0)
            {
                text = text < 0 ? html.Length - i : text;
                length += text;
                i += text;
                continue;
            }

            if (html[i] == '&')
            {
                i += Entity(html.AsSpan(i), out var code);
                length += code > 0xffff ? 2 : 1;
                continue;
            }

            var start = i;
            var tag = new HtmlTag(html, start);
            if (tag.Error is not null)
                return tag.Error;

            i = tag.End;
            var known = IndexOf(tag.Name);
            if (known < 0)
                return new HtmlError(start, $"Telegram has no tag <{(tag.Closes ? "/" : "")}{tag.Name}>; write &lt; for the character <");

            if (!tag.Closes)
            {
                if (Missing(Tags[known], tag) is { } missing)
                    return new HtmlError(start, missing);
                if (nesting == MaxNesting)
                    return new HtmlError(start, $"tags are nested more than {MaxNesting} deep");
                open[nesting++] = (known, start);
            }
            else if (nesting == 0)
            {
                return new HtmlError(start, $"</{tag.Name}> closes nothing");
            }
            else if (open[--nesting].Tag != known)
            {
                return new HtmlError(start, $"</{tag.Name}> comes before </{Tags[open[nesting].Tag]}>");
            }
        }

        return nesting == 0 ? null : new HtmlError(open[nesting - 1].Start, $"<{Tags[open[nesting - 1].Tag]}> is not closed");
    }

    private static int IndexOf(ReadOnlySpan<char> name)
    {
        for (var i = 0; i < Tags.Length; i++)
        {
            if (name.Equals(Tags[i], StringComparison.OrdinalIgnoreCase))
                return i;
        }

        return -1;
    }

    private static string? Missing(string name, HtmlTag tag) => name switch
    {
        "a" when string.IsNullOrWhiteSpace(tag.Attribute("href")) => "<a> needs href=\"...\"",
        "span" when tag.Attribute("class") != "tg-spoiler" => "<span> needs class=\"tg-spoiler\"",
        "tg-emoji" when !long.TryParse(tag.Attribute("emoji-id"), NumberStyles.None, CultureInfo.InvariantCulture, out _) =>
            "<tg-emoji> needs emoji-id=\"...\" with the number of a custom emoji",
        _ => null,
    };

    // Telegram decodes these four names and numbers, with or without the semicolon; any other & is text.
    // Half of a surrogate pair is no character; it counts as one and reads as U+FFFD.
    private static int Entity(ReadOnlySpan<char> text, out int code)
    {
        code = '&';
        var end = 1;
        if (text.Length > 1 && text[1] == '#')
        {
            var hex = text.Length > 2 && text[2] == 'x';
            var digits = hex ? 3 : 2;
            end = digits;
            while (end < text.Length && end < 11 && (hex ? char.IsAsciiHexDigit(text[end]) : char.IsAsciiDigit(text[end])))
                end++;
            var style = hex ? NumberStyles.AllowHexSpecifier : NumberStyles.None;
            if (end >= 10 || !int.TryParse(text[digits..end], style, CultureInfo.InvariantCulture, out var number) || number is 0 or >= 0x10ffff)
                return 1;
            code = Rune.IsValid(number) ? number : Rune.ReplacementChar.Value;
        }
        else
        {
            while (end < text.Length && char.IsAsciiLetter(text[end]))
                end++;
            switch (text[1..end])
            {
                case "lt": code = '<'; break;
                case "gt": code = '>'; break;
                case "quot": code = '"'; break;
                case "amp": break;
                default: return 1;
            }
        }

        return end < text.Length && text[end] == ';' ? end + 1 : end;
    }
}

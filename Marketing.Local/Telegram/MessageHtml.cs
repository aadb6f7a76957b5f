using System.Globalization;
using System.Text;

namespace Marketing.Local.Telegram;

/// <summary>
/// Telegram's HTML (core.telegram.org/bots/api#html-style): refuses what Telegram refuses, with its words and with offsets in
/// UTF-8 bytes of the text as sent.
/// </summary>
internal sealed class MessageHtml
{
    private readonly string html;
    private readonly StringBuilder text;
    private readonly List<TextEntity> entities = [];
    private readonly List<OpenTag> open = [];
    private int at;

    private MessageHtml(string html) => (this.html, text) = (html, new StringBuilder(html.Length));

    private sealed record OpenTag(string Name, string Argument, int Offset);

    /// <exception cref="BotApiException">400 can't parse entities.</exception>
    public static FormattedText Parse(string html) =>
        html.AsSpan().IndexOfAny('<', '&') < 0 ? new(html, []) : new MessageHtml(html).Parse();

    private FormattedText Parse()
    {
        while (at < html.Length)
        {
            if (html[at] == '&')
                text.Append(Character());
            else if (html[at] != '<')
                text.Append(html[at++]);
            else if (Peek(1) == '/')
                CloseTag();
            else
                StartTag();
        }

        if (open.Count > 0)
            throw Fail($"Can't find end tag corresponding to start tag \"{open[^1].Name}\"");
        entities.Sort(static (a, b) => a.Offset != b.Offset ? a.Offset.CompareTo(b.Offset) : b.Length.CompareTo(a.Length));
        return new(text.ToString(), entities);
    }

    private void StartTag()
    {
        var begin = at++;
        var name = Name();
        if (at == html.Length)
            throw FailAt("Unclosed start tag", begin);
        if (name is not ("b" or "strong" or "i" or "em" or "u" or "ins" or "s" or "strike" or "del" or "span" or "tg-spoiler"
            or "a" or "code" or "pre" or "blockquote" or "tg-emoji"))
            throw FailAt($"Unsupported start tag \"{name}\"", begin);

        var argument = "";
        while (true)
        {
            SkipSpace();
            if (Peek() == '>')
                break;
            if (at == html.Length)
                throw FailAt($"Unclosed start tag \"{name}\"", begin);
            var (attribute, value) = Attribute(name, begin);
            argument = (name, attribute) switch
            {
                ("a", "href") or ("tg-emoji", "emoji-id") => value,
                ("code", "class") when value.StartsWith("language-", StringComparison.Ordinal) => value[9..],
                ("span", "class") when value.StartsWith("tg-", StringComparison.Ordinal) => value[3..],
                ("blockquote", "expandable") => "1",
                _ => argument,
            };
        }

        at++;
        if (name == "span" && argument != "spoiler")
            throw FailAt("Tag \"span\" must have class \"tg-spoiler\"", begin);
        if (name == "tg-emoji" && !ulong.TryParse(argument, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            throw Fail("Invalid custom emoji identifier specified");
        open.Add(new(name, argument, text.Length));
    }

    private (string Name, string Value) Attribute(string tag, int begin)
    {
        var start = at;
        while (at < html.Length && !char.IsWhiteSpace(html[at]) && html[at] is not ('=' or '>'))
            at++;
        if (at == start)
            throw FailAt($"Empty attribute name in the tag \"{tag}\"", begin);
        var name = html[start..at].ToLowerInvariant();
        SkipSpace();
        if (Peek() != '=')
            return (name, "");
        at++;
        SkipSpace();
        if (at == html.Length)
            throw FailAt($"Unclosed start tag \"{tag}\"", begin);
        if (Peek() is not ('"' or '\''))
            return (name, Token());

        var quote = html[at++];
        var value = new StringBuilder();
        while (at < html.Length && html[at] != quote)
            value.Append(html[at] == '&' ? Character() : html[at++].ToString());
        if (at == html.Length)
            throw FailAt("Unclosed start tag", begin);
        at++;
        return (name, value.ToString());
    }

    private string Token()
    {
        var start = at;
        while (char.IsAsciiLetterOrDigit(Peek()) || Peek() is '.' or '-')
            at++;
        return Peek() == '>' || char.IsWhiteSpace(Peek())
            ? html[start..at].ToLowerInvariant()
            : throw FailAt("Unexpected end of name token", start);
    }

    private void CloseTag()
    {
        var begin = at;
        if (open.Count == 0)
            throw FailAt("Unexpected end tag", begin);
        at += 2;
        var name = Name();
        SkipSpace();
        if (Peek() != '>')
            throw FailAt("Unclosed end tag", begin);
        at++;
        var tag = open[^1];
        if (name.Length > 0 && name != tag.Name)
            throw Fail($"Unmatched end tag at byte offset {Bytes(begin)}, expected \"</{tag.Name}>\", found \"</{name}>\"");
        open.RemoveAt(open.Count - 1);
        if (text.Length > tag.Offset && Entity(tag, text.Length - tag.Offset) is { } entity)
            entities.Add(entity);
    }

    private TextEntity? Entity(OpenTag tag, int length)
    {
        switch (tag.Name)
        {
            case "a":
                var url = tag.Argument.Length > 0 ? tag.Argument : text.ToString(tag.Offset, length);
                return LinkUrl.Check(url) is null ? new("text_link", tag.Offset, length, Url: url) : null;
            case "tg-emoji":
                return new("custom_emoji", tag.Offset, length, CustomEmojiId: tag.Argument);
            case "code":
                return new("code", tag.Offset, length, Language: open.Count > 0 && open[^1].Name == "pre" && tag.Argument.Length > 0 ? tag.Argument : null);
            case "pre":
                // <pre><code class="language-x"> is one block of code, not two styles.
                var code = entities.FindIndex(e => e.Type == "code" && e.Offset == tag.Offset && e.Length == length);
                var language = code < 0 ? null : entities[code].Language;
                if (code >= 0)
                    entities.RemoveAt(code);
                return new("pre", tag.Offset, length, Language: language);
            default:
                return new(tag.Name switch
                {
                    "b" or "strong" => "bold",
                    "i" or "em" => "italic",
                    "u" or "ins" => "underline",
                    "s" or "strike" or "del" => "strikethrough",
                    "blockquote" => tag.Argument.Length > 0 ? "expandable_blockquote" : "blockquote",
                    _ => "spoiler",
                }, tag.Offset, length);
        }
    }

    // The four named references that Telegram knows, and numbers; anything else is an ampersand.
    private string Character()
    {
        var rest = html.AsSpan(at + 1);
        foreach (var (name, value) in (ReadOnlySpan<(string, string)>)[("lt", "<"), ("gt", ">"), ("amp", "&"), ("quot", "\"")])
        {
            if (!rest.StartsWith(name, StringComparison.Ordinal))
                continue;
            at += 1 + name.Length;
            if (Peek() == ';')
                at++;
            return value;
        }

        if (rest.Length > 1 && rest[0] == '#')
        {
            var hex = rest[1] is 'x' or 'X';
            var digits = rest[(hex ? 2 : 1)..];
            var count = digits.IndexOfAnyExcept(hex ? HexDigits : Digits);
            digits = count < 0 ? digits : digits[..count];
            if (int.TryParse(digits, hex ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out var code)
                && code > 0 && Rune.IsValid(code))
            {
                at += (hex ? 3 : 2) + digits.Length;
                if (Peek() == ';')
                    at++;
                return char.ConvertFromUtf32(code);
            }
        }

        at++;
        return "&";
    }

    private static readonly System.Buffers.SearchValues<char> Digits = System.Buffers.SearchValues.Create("0123456789");
    private static readonly System.Buffers.SearchValues<char> HexDigits = System.Buffers.SearchValues.Create("0123456789abcdefABCDEF");

    private string Name()
    {
        var start = at;
        while (at < html.Length && !char.IsWhiteSpace(html[at]) && html[at] != '>')
            at++;
        return html[start..at].ToLowerInvariant();
    }

    private void SkipSpace()
    {
        while (at < html.Length && char.IsWhiteSpace(html[at]))
            at++;
    }

    private char Peek(int ahead = 0) => at + ahead < html.Length ? html[at + ahead] : '\0';

    private int Bytes(int position) => Encoding.UTF8.GetByteCount(html.AsSpan(0, position));

    private BotApiException FailAt(string what, int position) => Fail($"{what} at byte offset {Bytes(position)}");

    private static BotApiException Fail(string what) => BotApiException.BadRequest($"can't parse entities: {what}");
}

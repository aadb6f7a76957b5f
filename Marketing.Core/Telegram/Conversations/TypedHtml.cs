using System.Net;
using System.Text;
using Telegram.Bot.Types;
using Telegram.Bot.Types.Enums;

namespace Marketing.Core.Telegram.Conversations;

/// <summary>What an admin typed as a template's text.</summary>
public static class TypedHtml
{
    /// <summary>
    /// With formatting of Telegram's, HTML of it; without, the text itself, which then is HTML already. Unlike in the client
    /// library's ToHtml, what stands between {{ and }} is code and not escaped.
    /// </summary>
    public static string Of(string text, IReadOnlyList<MessageEntity> entities)
    {
        var styled = entities.Where(e => Tags(e) is not null && e.Length > 0 && e.Offset >= 0 && e.Offset + e.Length <= text.Length).ToList();
        if (styled.Count == 0)
            return text;

        var html = new StringBuilder(text.Length * 2);
        var open = new Stack<MessageEntity>();
        var inCode = false;
        for (var i = 0; i <= text.Length; i++)
        {
            while (open.TryPeek(out var last) && last.Offset + last.Length <= i)
                html.Append(Tags(open.Pop())!.Value.Close);
            if (i == text.Length)
                break;
            // Telegram's entities nest; the longer of two that begin together is the outer one.
            foreach (var entity in styled.Where(e => e.Offset == i).OrderByDescending(e => e.Length))
            {
                html.Append(Tags(entity)!.Value.Open);
                open.Push(entity);
            }

            inCode = (inCode && !Ended(text, i)) || string.CompareOrdinal(text, i, "{{", 0, 2) == 0;
            html.Append(inCode ? text[i].ToString() : Escape(text[i]));
        }

        return html.ToString();
    }

    // Code lasts until both of its closing braces were written.
    private static bool Ended(string text, int i) => i >= 2 && text[i - 1] == '}' && text[i - 2] == '}';

    private static string Escape(char c) => c switch
    {
        '&' => "&amp;",
        '<' => "&lt;",
        '>' => "&gt;",
        _ => c.ToString(),
    };

    // Null for what is no formatting: Telegram finds links, mentions and commands in the text again.
    private static (string Open, string Close)? Tags(MessageEntity entity) => entity.Type switch
    {
        MessageEntityType.Bold => ("<b>", "</b>"),
        MessageEntityType.Italic => ("<i>", "</i>"),
        MessageEntityType.Underline => ("<u>", "</u>"),
        MessageEntityType.Strikethrough => ("<s>", "</s>"),
        MessageEntityType.Spoiler => ("<tg-spoiler>", "</tg-spoiler>"),
        MessageEntityType.Code => ("<code>", "</code>"),
        MessageEntityType.Pre when entity.Language is { Length: > 0 } language =>
            ($"<pre><code class=\"language-{WebUtility.HtmlEncode(language)}\">", "</code></pre>"),
        MessageEntityType.Pre => ("<pre>", "</pre>"),
        MessageEntityType.Blockquote => ("<blockquote>", "</blockquote>"),
        MessageEntityType.ExpandableBlockquote => ("<blockquote expandable>", "</blockquote>"),
        MessageEntityType.TextLink => ($"<a href=\"{WebUtility.HtmlEncode(entity.Url)}\">", "</a>"),
        _ => null,
    };
}

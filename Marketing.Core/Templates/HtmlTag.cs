namespace Marketing.Core.Templates;

/// <summary>One tag, read the way Telegram reads it: attributes it does not know are skipped.</summary>
internal readonly ref struct HtmlTag
{
    private readonly ReadOnlySpan<char> attributes;

    /// <summary><paramref name="start"/> is the offset of its &lt;.</summary>
    public HtmlTag(string html, int start)
    {
        var i = start + 1;
        Closes = i < html.Length && html[i] == '/';
        if (Closes)
            i++;

        var name = i;
        while (i < html.Length && (char.IsAsciiLetterOrDigit(html[i]) || html[i] == '-'))
            i++;
        Name = html.AsSpan(name, i - name);
        if (Name.IsEmpty)
        {
            Error = new HtmlError(start, "write &lt; for the character <");
            return;
        }

        if (i < html.Length && html[i] != '>' && !char.IsWhiteSpace(html[i]))
        {
            Error = new HtmlError(start, $"'{html[i]}' cannot follow <{Name}; write &lt; for the character <");
            return;
        }

        var first = i;
        while (i < html.Length && html[i] != '>')
        {
            if (!SkipAttribute(html, ref i))
            {
                Error = new HtmlError(start, $"the attributes of <{Name}> are not name=\"value\"");
                return;
            }
        }

        if (i == html.Length)
        {
            Error = new HtmlError(start, $"<{(Closes ? "/" : "")}{Name} is not closed by >");
            return;
        }

        attributes = html.AsSpan(first, i - first);
        if (Closes && !attributes.IsWhiteSpace())
            Error = new HtmlError(start, $"</{Name}> takes no attributes");
        End = i + 1;
    }

    public bool Closes { get; }

    public ReadOnlySpan<char> Name { get; }

    /// <summary>The offset after its &gt;.</summary>
    public int End { get; }

    public HtmlError? Error { get; }

    /// <summary>The value as written, null when there is no such attribute.</summary>
    public string? Attribute(string name)
    {
        var text = attributes.ToString();
        var i = 0;
        while (i < text.Length)
        {
            var start = i;
            SkipAttribute(text, ref i);
            var parts = text[start..i].Split('=', 2, StringSplitOptions.TrimEntries);
            if (parts.Length == 2 && parts[0].Equals(name, StringComparison.OrdinalIgnoreCase))
                return parts[1].Trim('"', '\'');
        }

        return null;
    }

    // Steps over spaces, or over one name, name=token, name="value" or name='value'.
    private static bool SkipAttribute(string html, ref int i)
    {
        if (char.IsWhiteSpace(html[i]))
        {
            i++;
            return true;
        }

        var name = i;
        while (i < html.Length && (char.IsAsciiLetterOrDigit(html[i]) || html[i] is '-' or '_'))
            i++;
        if (i == name)
            return false;

        SkipSpaces(html, ref i);
        if (i == html.Length || html[i] != '=')
            return true;

        i++;
        SkipSpaces(html, ref i);
        if (i < html.Length && html[i] is '"' or '\'')
        {
            var close = html.IndexOf(html[i], i + 1);
            i = close < 0 ? html.Length : close + 1;
            return true;
        }

        var token = i;
        while (i < html.Length && (char.IsAsciiLetterOrDigit(html[i]) || html[i] is '.' or '-'))
            i++;
        return i > token;
    }

    private static void SkipSpaces(string html, ref int i)
    {
        while (i < html.Length && char.IsWhiteSpace(html[i]))
            i++;
    }
}

using Marketing.Core.Templates;

namespace Marketing.Core.Tests.Templates;

public sealed class TelegramHtmlTests
{
    [Theory]
    [InlineData("plain", 5)]
    [InlineData("<b>a</b><strong>b</strong><i>c</i><em>d</em><u>e</u><ins>f</ins><s>g</s><strike>h</strike><del>i</del>", 9)]
    [InlineData("<span class=\"tg-spoiler\">a</span><tg-spoiler>b</tg-spoiler>", 2)]
    [InlineData("<a href=\"https://x.y/?a=1&b=2\">link</a><a href='tg://user?id=1'>u</a><a href=x>t</a>", 6)]
    [InlineData("<code>a</code><pre>b</pre><pre><code class=\"language-python\">c</code></pre>", 3)]
    [InlineData("<blockquote>a</blockquote><blockquote expandable>b</blockquote>", 2)]
    [InlineData("<tg-emoji emoji-id=\"5368324170671202286\">👍</tg-emoji>", 2)]
    [InlineData("<b>a <i>b <u>c</u></i></b>", 5)]
    [InlineData("<B>a</b>", 1)]
    [InlineData("<b >a</b >", 1)]
    [InlineData("<b class=\"x\">a</b>", 1)]
    [InlineData("&lt;&gt;&amp;&quot;&#65;&#x1F600;&lt", 8)]
    [InlineData("a & b && &nbsp; &#0; &#xZ; &", 28)]
    [InlineData("😀é", 3)]
    [InlineData("> ok", 4)]
    [InlineData("<a href=\"x>y\">z</a>", 1)]
    [InlineData("<tg-emoji emoji-id=5368>a</tg-emoji>", 1)]
    public void Check_AllowedHtml_FineAndCountedAsTelegramDoes(string html, int length)
    {
        Assert.Null(TelegramHtml.Check(html));
        Assert.Equal(length, TelegramHtml.Length(html));
        Assert.Equal(length, TelegramHtml.PlainText(html).Length);
    }

    [Theory]
    [InlineData("a <b>b <i>c</i></b> <a href=\"x>y\">d</a>\n<pre><code class=\"language-c\">e</code></pre>", "a b c d\ne")]
    [InlineData("&lt;b&gt; &amp;amp; &quot;&#65;&#x1F600;&lt", "<b> &amp; \"A😀<")]
    [InlineData("a & b &nbsp; &#0; &#xZ; &", "a & b &nbsp; &#0; &#xZ; &")]
    [InlineData("&#xD800;", "\uFFFD")]
    public void PlainText_OfHtml_IsWhatAPersonReads(string html, string text) => Assert.Equal(text, TelegramHtml.PlainText(html));

    [Theory]
    [InlineData("a <b>c", "line 1, column 3: <b> is not closed")]
    [InlineData("<b><i>c</i>", "line 1, column 1: <b> is not closed")]
    [InlineData("<b><i>c</b></i>", "line 1, column 8: </b> comes before </i>")]
    [InlineData("a</b>", "line 1, column 2: </b> closes nothing")]
    [InlineData("a\n\n <p>b</p>", "line 3, column 2: Telegram has no tag <p>; write &lt; for the character <")]
    [InlineData("a<br>b", "line 1, column 2: Telegram has no tag <br>; write &lt; for the character <")]
    [InlineData("a<br/>b", "line 1, column 2: '/' cannot follow <br; write &lt; for the character <")]
    [InlineData("<script>x</script>", "line 1, column 1: Telegram has no tag <script>; write &lt; for the character <")]
    [InlineData("1 < 2", "line 1, column 3: write &lt; for the character <")]
    [InlineData("1 <= 2", "line 1, column 3: write &lt; for the character <")]
    [InlineData("a <", "line 1, column 3: write &lt; for the character <")]
    [InlineData("<!-- a -->", "line 1, column 1: write &lt; for the character <")]
    [InlineData("</>", "line 1, column 1: write &lt; for the character <")]
    [InlineData("<b", "line 1, column 1: <b is not closed by >")]
    [InlineData("<a href=\"x>y</a>", "line 1, column 1: <a is not closed by >")]
    [InlineData("<a>x</a>", "line 1, column 1: <a> needs href=\"...\"")]
    [InlineData("<a href=\"\">x</a>", "line 1, column 1: <a> needs href=\"...\"")]
    [InlineData("<a href=http://x>x</a>", "line 1, column 1: the attributes of <a> are not name=\"value\"")]
    [InlineData("<span>x</span>", "line 1, column 1: <span> needs class=\"tg-spoiler\"")]
    [InlineData("<span class=\"red\">x</span>", "line 1, column 1: <span> needs class=\"tg-spoiler\"")]
    [InlineData("<tg-emoji>x</tg-emoji>", "line 1, column 1: <tg-emoji> needs emoji-id=\"...\" with the number of a custom emoji")]
    [InlineData("<tg-emoji emoji-id=\"x\">x</tg-emoji>", "line 1, column 1: <tg-emoji> needs emoji-id=\"...\" with the number of a custom emoji")]
    [InlineData("<b>x</b class=\"a\">", "line 1, column 5: </b> takes no attributes")]
    [InlineData("<b \"x\">x</b>", "line 1, column 1: the attributes of <b> are not name=\"value\"")]
    public void Check_RefusedHtml_SaysWhatAndWhere(string html, string error) => Assert.Equal(error, TelegramHtml.Check(html)?.In(html));

    [Fact]
    public void Check_DeepNesting_Refused()
    {
        Assert.Null(TelegramHtml.Check(string.Concat(Enumerable.Repeat("<b>", 32)) + string.Concat(Enumerable.Repeat("</b>", 32))));
        Assert.NotNull(TelegramHtml.Check(string.Concat(Enumerable.Repeat("<b>", 33)) + string.Concat(Enumerable.Repeat("</b>", 33))));
    }

    [Fact]
    public void Check_AnyPrefix_DoesNotThrow()
    {
        const string Html = "a<b>&#x1F600;&lt <a href = 'x' y=z>t</a><span class=\"tg-spoiler\">x</span></b><tg-emoji emoji-id='1'>";
        for (var i = 0; i < Html.Length; i++)
        {
            Assert.InRange(TelegramHtml.Length(Html[..i]), 0, i);
            Assert.InRange(TelegramHtml.Length(Html[i..]), 0, Html.Length);
        }
    }
}

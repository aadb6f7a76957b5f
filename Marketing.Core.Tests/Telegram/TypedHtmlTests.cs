using Marketing.Core.Telegram.Conversations;
using Telegram.Bot.Types;
using Telegram.Bot.Types.Enums;

namespace Marketing.Core.Tests.Telegram;

public sealed class TypedHtmlTests
{
    [Theory]
    [InlineData("Hi <b>{{ first_name }}</b> & co")]
    [InlineData("")]
    public void Of_NoFormatting_IsTakenAsHtml(string text) => Assert.Equal(text, TypedHtml.Of(text, []));

    [Fact]
    public void Of_LinksAndCommandsOnly_IsTakenAsHtml() => Assert.Equal(
        "See <i>example.com</i> /now", TypedHtml.Of("See <i>example.com</i> /now", [Entity(MessageEntityType.Url, 7, 11), Entity(MessageEntityType.BotCommand, 23, 4)]));

    [Fact]
    public void Of_Formatting_IsWrittenAsTagsAndTheTextEscaped() => Assert.Equal(
        "<b>Sale</b>: 3 &lt; 4 &amp; <a href=\"https://x.example/?a=1&amp;b=2\">here</a>",
        TypedHtml.Of("Sale: 3 < 4 & here", [Entity(MessageEntityType.Bold, 0, 4), Link(14, 4, "https://x.example/?a=1&b=2")]));

    [Fact]
    public void Of_NestedFormatting_ClosesTheInnerFirst() => Assert.Equal(
        "<b>a<i>bc</i></b><tg-spoiler>d</tg-spoiler>",
        TypedHtml.Of("abcd", [Entity(MessageEntityType.Bold, 0, 3), Entity(MessageEntityType.Italic, 1, 2), Entity(MessageEntityType.Spoiler, 3, 1)]));

    [Fact]
    public void Of_TwoThatBeginTogether_TheLongerIsOutside() => Assert.Equal(
        "<u><s>a</s>b</u>", TypedHtml.Of("ab", [Entity(MessageEntityType.Strikethrough, 0, 1), Entity(MessageEntityType.Underline, 0, 2)]));

    [Fact]
    public void Of_TemplateCode_IsNotEscaped() => Assert.Equal(
        """<b>{{ if user_tier == "a" && region != "b" }}</b>1 &gt; 0{{ end }}&amp;""",
        TypedHtml.Of("""{{ if user_tier == "a" && region != "b" }}1 > 0{{ end }}&""", [Entity(MessageEntityType.Bold, 0, 42)]));

    [Fact]
    public void Of_BlocksAndEmoji_CountInUtf16() => Assert.Equal(
        "😀<pre><code class=\"language-cs\">x</code></pre><blockquote expandable>y</blockquote>",
        TypedHtml.Of("😀xy", [new MessageEntity { Type = MessageEntityType.Pre, Offset = 2, Length = 1, Language = "cs" }, Entity(MessageEntityType.ExpandableBlockquote, 3, 1)]));

    [Fact]
    public void Of_EntityBeyondTheText_IsLeftOut() => Assert.Equal("<x", TypedHtml.Of("<x", [Entity(MessageEntityType.Bold, 1, 5)]));

    private static MessageEntity Entity(MessageEntityType type, int offset, int length) => new() { Type = type, Offset = offset, Length = length };

    private static MessageEntity Link(int offset, int length, string url) => new() { Type = MessageEntityType.TextLink, Offset = offset, Length = length, Url = url };
}

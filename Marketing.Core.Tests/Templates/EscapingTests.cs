using Marketing.Core.Templates;
using static Marketing.Core.Tests.Templates.Recipients;

namespace Marketing.Core.Tests.Templates;

public sealed class EscapingTests
{
    private const string Hostile = """{"x":"</b><a href=\"https://evil\">'&lt;</a>"}""";
    private const string Escaped = "&lt;/b&gt;&lt;a href=&quot;https://evil&quot;&gt;&#39;&amp;lt;&lt;/a&gt;";

    [Theory]
    [InlineData("<b>{{ attributes.x }}</b>", $"<b>{Escaped}</b>")]
    [InlineData("{{ attributes['x'] }}", Escaped)]
    [InlineData("{{ x = attributes.x }}{{ x }}", Escaped)]
    [InlineData("{{ attributes.x + '' }}", Escaped)]
    [InlineData("{{ attributes.x | string.append '' | string.strip }}", Escaped)]
    [InlineData("{{ true ? attributes.x : '' }}", Escaped)]
    [InlineData("{{ attributes.x ?? 'a' }}", Escaped)]
    [InlineData("<a href=\"https://x/?u={{ attributes.x }}\">go</a>", $"<a href=\"https://x/?u={Escaped}\">go</a>")]
    [InlineData("<a href='https://x/?u={{ attributes.x }}'>go</a>", $"<a href='https://x/?u={Escaped}'>go</a>")]
    public void Render_HostileAttribute_ArrivesAsText(string template, string expected) => Assert.Equal(expected, Render(template, With(Hostile)));

    [Fact]
    public void Render_HostileTextInAListOrObject_ArrivesAsText()
    {
        var html = Render("{{ attributes.l }}{{ attributes.o }}{{ attributes.l | array.join '<' }}{{ for i in attributes.l }}{{ i }}{{ end }}",
            With("""{"l":["<b>"],"o":{"<i>":"<u>"}}"""));

        Assert.DoesNotContain('<', html);
    }

    [Fact]
    public void Render_TextOfTheTemplate_IsLeftAlone() =>
        Assert.Equal("<b>a</b> &amp; &lt; <i>&lt;b&gt;</i>", Render("<b>a</b> &amp; &lt; <i>{{ '<b>' }}</i>"));

    [Fact]
    public void Render_ScriptInAnAttribute_IsNotRun() =>
        Assert.Equal("{{ first_name }}", Render("{{ attributes.x }}", With("""{"x":"{{ first_name }}"}""")));

    [Fact]
    public void Render_EscapedCharacters_CountOnce()
    {
        var template = CompiledTemplate.Compile("{{ attributes.x }}.", "/content");

        Assert.EndsWith("&amp;.", template.Render(With($$"""{"x":"{{new string('&', 4_095)}}"}""")), StringComparison.Ordinal);
        Assert.Contains("4097 characters", Assert.Throws<TemplateRenderException>(
            () => template.Render(With($$"""{"x":"{{new string('&', 4_096)}}"}"""))).Message, StringComparison.Ordinal);
    }
}

using System.Diagnostics;
using Marketing.Core.Templates;
using static Marketing.Core.Tests.Templates.Recipients;

namespace Marketing.Core.Tests.Templates;

public sealed class LimitTests
{
    private static readonly string List = "{\"x\":\"" + new string('x', 9_000) + "\",\"l\":[" + string.Join(",", Enumerable.Range(0, 900)) + "],\"s\":\"a\"}";

    // Everything here runs only when there are attributes, so that it gets past Compile.
    [Theory]
    [InlineData("{{ a = attributes.s }}{{ for i in attributes.l }}{{ a = a + a }}{{ end }}")]
    [InlineData("{{ a = 3 }}{{ for i in attributes.l }}{{ a = a * a }}{{ end }}")]
    [InlineData("{{ for i in attributes.l }}{{ for j in attributes.l }}{{ for k in attributes.l }}{{ end }}{{ end }}{{ end }}")]
    [InlineData("{{ for i in attributes.l }}{{ for j in attributes.l }}x{{ end }}{{ end }}")]
    [InlineData("{{ for i in attributes.l }}{{ attributes.x }}{{ end }}")]
    [InlineData("{{ for i in attributes.l }}{{ a = attributes.x | string.upcase | string.downcase | string.upcase }}{{ end }}")]
    [InlineData("{{ for i in attributes.l }}{{ a = attributes.x | string.truncatewords 100000 }}{{ end }}")]
    [InlineData("{{ attributes.x | string.replace 'x' attributes.x }}")]
    [InlineData("{{ attributes.s * 1000000000 }}")]
    [InlineData("{{ attributes.x * 60000 }}")]
    [InlineData("{{ if attributes.s }}{{ 1 | math.format 'N999999999' }}{{ end }}")]
    [InlineData("{{ if attributes.s }}{{ 1 | math.format 'D999999999' }}{{ end }}")]
    [InlineData("{{ for i in attributes.l }}{{ a = attributes.l | array.contains 'no' }}{{ a = attributes.l | array.contains 'no' }}{{ end }}")]
    [InlineData("{{ for i in attributes.l }}{{ attributes.l | array.join attributes.x }}{{ end }}")]
    [InlineData("{{ if attributes.s }}{{ attributes.x + attributes.x }}{{ end }}")]
    public void Render_TemplateThatEatsMemoryOrTime_StoppedEarly(string template)
    {
        var compiled = CompiledTemplate.Compile(template + ".", "/content");
        var model = With(List);
        Assert.Throws<TemplateRenderException>(() => compiled.Render(model));

        var before = GC.GetAllocatedBytesForCurrentThread();
        var clock = Stopwatch.StartNew();
        var error = Assert.Throws<TemplateRenderException>(() => compiled.Render(model));

        Assert.StartsWith("line 1, column ", error.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 40_000_000);
        // A tenth of a second on an idle machine; tests share theirs.
        Assert.InRange(clock.ElapsedMilliseconds, 0, 1_000);
    }

    [Fact]
    public void Render_OrdinaryLoop_FitsEasily()
    {
        var items = string.Join(",", Enumerable.Range(0, 300).Select(i => $$"""{"name":"p{{i}}","price":{{i}}.5}"""));
        var html = Render("{{ for p in attributes.l }}{{ if p.price > 2 }}{{ p.name | string.upcase }} {{ p.price | math.format '0' }}\n{{ end }}{{ end }}.",
            With($$"""{"l":[{{items}}]}"""));

        Assert.StartsWith("P2 3\nP3 4\n", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_HugeAttributeList_IsAnErrorOfThatRecipient()
    {
        var template = CompiledTemplate.Compile("{{ for i in attributes.l }}{{ end }}a", "/content");

        var error = Assert.Throws<TemplateRenderException>(() => template.Render(With("{\"l\":[" + string.Join(",", Enumerable.Range(0, 1_001)) + "]}")));
        Assert.Contains("more than 1000 values", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_MessageThatComesOutEmptyOrBroken_IsAnErrorOfThatRecipient()
    {
        Assert.Contains("empty", Assert.Throws<TemplateRenderException>(() => Render("{{ first_name }}", Nobody)).Message, StringComparison.Ordinal);
        Assert.Contains("<b> is not closed", Assert.Throws<TemplateRenderException>(
            () => Render("{{ if attributes.x == 1 }}<b>{{ end }}a", With("""{"x":1}"""))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_SimpleTemplate_AllocatesLittle()
    {
        var template = CompiledTemplate.Compile("Hi {{ first_name }}, you are {{ user_tier }} in {{ region }}.", "/content");
        for (var i = 0; i < 1_000; i++)
            template.Render(TemplateModel.Sample);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
            template.Render(TemplateModel.Sample);

        // The message itself is 100 bytes.
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 1_000, 0, 4_000);
    }
}

using System.Globalization;
using static Marketing.Core.Tests.Templates.Recipients;

namespace Marketing.Core.Tests.Templates;

public sealed class CompileTests
{
    [Theory]
    [InlineData("{{ frist_name }}", "line 1, column 4: unknown field frist_name; did you mean first_name?")]
    [InlineData("Hi\n  {{ user.user_teir }}", "line 2, column 11: unknown field user_teir; did you mean user_tier?")]
    [InlineData("{{ xyzzy }}", "line 1, column 4: unknown field xyzzy")]
    [InlineData("{{ if false }}{{ usrname }}{{ end }}a", "line 1, column 18: unknown field usrname; did you mean username?")]
    [InlineData("a{{ if first_name }}{{ else }}{{ for x in attributes.l }}{{ y }}{{ end }}{{ end }}", "line 1, column 61: unknown field y")]
    [InlineData("{{ first_name ?? lastname }}", "line 1, column 18: unknown field lastname; did you mean last_name?")]
    [InlineData("{{ true ? 'a' : regoin }}", "line 1, column 17: unknown field regoin; did you mean region?")]
    [InlineData("{{ attributes[langauge] }}a", "line 1, column 15: unknown field langauge; did you mean language?")]
    [InlineData("{{ string.size frist_name }}", "line 1, column 16: unknown field frist_name; did you mean first_name?")]
    [InlineData("{{ first_name | string.upcas }}", "line 1, column 24: unknown function string.upcas; did you mean string.upcase?")]
    [InlineData("{{ first_name | upcase }}", "line 1, column 17: unknown function upcase; did you mean string.upcase?")]
    [InlineData("{{ first_name | strng.upcase }}", "line 1, column 17: unknown field strng; did you mean string?")]
    [InlineData("{{ x = 1 }}{{ xx }}", "line 1, column 15: unknown field xx; did you mean x?")]
    [InlineData("{{ for p in attributes.l }}{{ p }}{{ end }}{{ p }}", "line 1, column 47: unknown field p")]
    [InlineData("{{ if region == 'EU' }}{{ c = 1 }}{{ end }}{{ c }}", "line 1, column 47: unknown field c")]
    [InlineData("{{ for p in attributes.l }}{{ c = 1 }}{{ end }}{{ c }}", "line 1, column 51: unknown field c")]
    [InlineData("{{ for.index }}", "line 1, column 4: for is known inside a loop only")]
    [InlineData("{{ user }}", "line 1, column 4: user is not a value; write user.first_name")]
    [InlineData("{{ attributes }}", "line 1, column 4: attributes is not a value; write attributes.name")]
    [InlineData("{{ first_name.length }}", "line 1, column 4: only user, attributes and the variable of a loop have fields")]
    [InlineData("{{ last_trade_at['year'] }}", "line 1, column 4: [ ] reads attributes only, as in attributes[\"plan\"]")]
    [InlineData("{{ string.upcase }}", "line 1, column 4: a function is written after a value: {{ first_name | string.upcase }}")]
    [InlineData("{{ first_name last_name }}", "line 1, column 4: first_name is not a function; one {{ }} prints one value")]
    [InlineData("{{ first_name = 'x' }}a", "line 1, column 4: first_name is taken; choose another name for the variable")]
    [InlineData("{{ string.upcase = 1 }}a", "line 1, column 4: only a name can be given a value, as in {{ greeting = \"Hi\" }}")]
    [InlineData("{{ attributes.x = 1 }}a", "line 1, column 4: only a name can be given a value, as in {{ greeting = \"Hi\" }}")]
    [InlineData("{{ if first_name | string.size > 3 }}a{{ end }}", "line 1, column 20: | needs a function after it; to go on calculating, put the pipe in parentheses: {{ (first_name | string.size) > 3 }}")]
    public void Compile_UnknownOrMisusedName_RefusedWithPlaceAndHint(string template, string error) =>
        Assert.StartsWith(error, Errors(template)[0], StringComparison.Ordinal);

    // The words behind the place are Scriban's own, but for the first.
    [Theory]
    [InlineData("Hi {{ first_name", "line 1, column 4: {{ is not closed by }}")]
    [InlineData("Hi\n{{ if first_name }}x", "line 2, column 20: ")]
    [InlineData("a{{ end }}", "line 1, column 7: ")]
    [InlineData("{{ 1 + }}", "line 1, column 8: ")]
    [InlineData("{{ ) }}", "line 1, column 4: ")]
    [InlineData("{{ if }}x{{ end }}", "line 1, column 7: ")]
    [InlineData("{{ first_name | }}", "line 1, column 17: ")]
    [InlineData("{{ (first_name }}", "line 1, column 16: ")]
    [InlineData("{{ first_name & region }}", "line 1, column 15: ")]
    [InlineData("{{ for x y }}{{ end }}", "line 1, column 4: ")]
    [InlineData("{{ 5 = 6 }}", "line 1, column 4: ")]
    [InlineData("{{ if region = 'EU' }}a{{ end }}", "line 1, column 7: ")]
    [InlineData("{{ x = }}", "line 1, column 8: ")]
    [InlineData("{{ attributes[1 }}", "line 1, column 17: ")]
    public void Compile_SyntaxError_RefusedWithLineAndColumn(string template, string error) =>
        Assert.StartsWith(error, Errors(template)[0], StringComparison.Ordinal);

    [Theory]
    [InlineData("{{ while true }}a{{ end }}")]
    [InlineData("{{ func f; ret 1; end }}a")]
    [InlineData("{{ capture x }}a{{ end }}b")]
    [InlineData("{{ include 'x' }}")]
    [InlineData("{{ import attributes }}a")]
    [InlineData("{{ with attributes }}a{{ end }}")]
    [InlineData("{{ wrap x }}a{{ end }}")]
    [InlineData("{{ case region }}{{ when 'EU' }}a{{ end }}b")]
    [InlineData("{{ tablerow x in attributes.l }}a{{ end }}b")]
    [InlineData("{{ readonly x }}a")]
    [InlineData("{{ x = do; ret 1; end }}a")]
    [InlineData("{{ this.first_name }}")]
    [InlineData("{{ $x = 1 }}a")]
    [InlineData("{{ [1, 2] }}")]
    [InlineData("{{ x = {a: 1} }}a")]
    [InlineData("{{ 1..5 }}")]
    [InlineData("{{ 1 << 20 }}")]
    [InlineData("{{ $\"a{first_name}\" }}")]
    [InlineData("{{ @string.upcase }}")]
    [InlineData("{{ x = 1; x++ }}a")]
    [InlineData("{%{ {{ }%}")]
    [InlineData("{{ date.now }}")]
    [InlineData("{{ '1' | object.eval }}")]
    [InlineData("{{ '{{ 1 }}' | object.eval_template }}")]
    [InlineData("{{ 'a' | regex.match '(a+)+$' }}")]
    [InlineData("{{ 'a' | html.strip }}")]
    [InlineData("{{ 'a' | string.pad_left 1000000000 }}")]
    [InlineData("{{ math.random 1 9 }}")]
    [InlineData("{{ 1e9999999 }}")]
    [InlineData("{{ 99999999999999999999 }}")]
    [InlineData("{{ for p in attributes.l }}{{ for.indx }}{{ end }}a")]
    [InlineData("a\0b")]
    public void Compile_ConstructOutsideTheLanguage_Refused(string template) => Assert.StartsWith("line 1, column ", Errors(template)[0], StringComparison.Ordinal);

    [Theory]
    [InlineData("", "the template is empty")]
    [InlineData(" \n", "the template is empty")]
    [InlineData("{{ if region == 'US' }}a{{ end }}", "the message is empty for the sample recipient")]
    [InlineData("<b></b>", "the message is empty for the sample recipient")]
    public void Compile_NothingToSend_Refused(string template, string error) => Assert.Equal([error], Errors(template));

    [Fact]
    public void Compile_SeveralErrors_AllNamed() => Assert.Equal(
        ["line 1, column 4: unknown field aaaaaa", "line 2, column 4: unknown field bbbbbb"], Errors("{{ aaaaaa }}\n{{ bbbbbb }}"));

    [Fact]
    public void Compile_FunctionThatFailsWithoutTheField_Refused()
    {
        Assert.EndsWith("(for a recipient without any of the fields)", Errors("{{ last_trade_at | date.add_days 7 }}")[0], StringComparison.Ordinal);
        Assert.Equal("06 Feb 2026.", Render("{{ if last_trade_at }}{{ last_trade_at | date.add_days 7 }}{{ end }}."));
    }

    [Theory]
    [InlineData("{{ first_name | string.append }}", "Invalid number of arguments")]
    [InlineData("a{{ first_name | string.truncate 'x' }}", "to int")]
    [InlineData("{{ 7 // 0 }}", "divide by zero")]
    public void Compile_FunctionThatFails_RefusedWithPlace(string template, string error)
    {
        var first = Errors(template)[0];
        Assert.StartsWith("line 1, column ", first, StringComparison.Ordinal);
        Assert.Contains(error, first, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Hi {{ first_name }},\n<b>hello", "line 2, column 1: <b> is not closed")]
    [InlineData("{{ first_name }} & {{ last_name }} <div>x</div>", "line 1, column 36: Telegram has no tag <div>; write &lt; for the character <")]
    [InlineData("{{ first_name }}: 1 < 2", "line 1, column 21: write &lt; for the character <")]
    [InlineData("{{ if region }}<b>{{ end }}x", "line 1, column 16: <b> is not closed")]
    [InlineData("{{ if !region }}</i>{{ end }}x", "line 1, column 17: </i> closes nothing (for a recipient without any of the fields)")]
    public void Compile_BadHtml_RefusedAtItsPlaceInTheTemplate(string template, string error) => Assert.Equal(error, Errors(template)[0]);

    [Fact]
    public void Compile_MessageOverTheLimit_Refused()
    {
        Assert.Equal(4_096, Render("<b>" + new string('x', 4_096) + "</b>").Length - 7);
        Assert.Equal(["the message has 4097 characters after the tags are taken out; Telegram allows 4096"], Errors(new string('x', 4_097)));
        Assert.StartsWith("the template has 16385 characters", Errors(new string(' ', 16_384) + "x")[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Compile_DeepNesting_RefusedNotOverflown()
    {
        foreach (var n in new[] { 60, 1_000, 1_600 })
        {
            Assert.NotEmpty(Errors("{{ " + new string('(', n) + "1" + new string(')', n) + " }}"));
            Assert.NotEmpty(Errors("{{ " + string.Join("+", Enumerable.Repeat("1", n)) + " }}"));
            Assert.NotEmpty(Errors("{{ " + new string('!', n) + "true }}"));
            Assert.NotEmpty(Errors("{{ first_name" + string.Concat(Enumerable.Repeat("|f.g", n)) + " }}"));
        }

        Assert.NotEmpty(Errors(string.Concat(Enumerable.Repeat("{{if 1}}", 900)) + "a" + string.Concat(Enumerable.Repeat("{{end}}", 900))));
        Assert.NotEmpty(Errors("{{ attributes" + string.Concat(Enumerable.Repeat(".a", 3_000)) + " }}a"));
        Assert.NotEmpty(Errors("{{ attributes" + string.Concat(Enumerable.Repeat("[1]", 3_000)) + " }}a"));
    }

    [Fact]
    public void Compile_SplitAnywhere_RefusedOrCompiledButNeverThrowsAnythingElse()
    {
        const string Template = "a <b>{{ if first_name == 'A\\'da' && !(1 < 2) }}{{- x = attributes['k'].l[0] ?? \"no\" -}}{{ x | string.truncate 3 '…' }}"
            + "{{ else if true }}{{ for p in attributes.l limit:2 }}{{ for.index }}{{ end }}{{ else }}{{ region ? 1.5 : -2 }}{{ end ~}} &lt; <a href=\"{{ username }}\">x</a></b>";
        for (var i = 0; i < Template.Length; i++)
        {
            for (var length = 1; length <= 5; length++)
            {
                foreach (var changed in new[] { Template[..i], Template[i..], Template.Remove(i, Math.Min(length, Template.Length - i)), Template.Insert(i, "{{|.]=)"[..length]) })
                {
                    var error = Record.Exception(() => Render(changed));
                    Assert.True(error is null or InvalidException, string.Create(CultureInfo.InvariantCulture, $"{changed}: {error}"));
                }
            }
        }
    }
}

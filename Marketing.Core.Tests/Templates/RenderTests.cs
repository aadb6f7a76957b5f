using Marketing.Core.Templates;
using static Marketing.Core.Tests.Templates.Recipients;

namespace Marketing.Core.Tests.Templates;

public sealed class RenderTests
{
    private const string Attributes = """
        {"plan":"gold","balance":1234.5,"trades":7,"big":9007199254740993,"vip":true,"none":null,"key with space":"yes",
         "pairs":["BTC/USDT","ETH/USDT","SOL/USDT"],"wallet":{"currency":"EUR","cards":[{"last4":"1111"},{"last4":"2222"}]}}
        """;

    [Theory]
    [InlineData("Hi {{ first_name }}!", "Hi Ada!")]
    [InlineData("{{ first_name }} {{ last_name }} @{{ username }} {{ language }} {{ user_tier }} {{ region }}", "Ada Lovelace @ada_l en premium EU")]
    [InlineData("{{ user.first_name }} {{ user.attributes.plan }}", "Ada gold")]
    [InlineData("{{ last_trade_at }}, {{ created_at }}", "30 Jan 2026, 14 Mar 2025")]
    [InlineData("{{ last_trade_at | date.to_string \"%d.%m.%Y %H:%M\" }}", "30.01.2026 09:30")]
    [InlineData("{{ last_trade_at | date.to_string '%A %e %B %y, %I:%M:%S %p, %F %T %b %a %D %R %%' }}",
        "Friday 30 January 26, 09:30:00 AM, 2026-01-30 09:30:00 Jan Fri 01/30/26 09:30 %")]
    [InlineData("{{ last_trade_at + '' }}", "30 Jan 2026")]
    [InlineData("{{ if last_trade_at > created_at }}after{{ end }}", "after")]
    [InlineData("{{ if last_trade_at }}{{ last_trade_at | date.add_days 3 | date.to_string '%F' }} {{ date.add_months last_trade_at 1 }}{{ end }}x", "2026-02-02 28 Feb 2026x")]
    [InlineData("a{{ attributes.none }}{{ attributes.nothing }}{{ attributes.nothing.at.all }}b", "ab")]
    [InlineData("{{ attributes.balance }} {{ attributes.trades }} {{ attributes.big }} {{ attributes.vip }}", "1234.5 7 9007199254740993 true")]
    [InlineData("{{ attributes['key with space'] }} {{ attributes[\"plan\"] }} {{ attributes.pairs[0] }} {{ attributes.pairs[-1] }}|{{ attributes.pairs[9] }}", "yes gold BTC/USDT SOL/USDT|")]
    [InlineData("{{ attributes.wallet.currency }} {{ attributes.wallet.cards[1].last4 }}", "EUR 2222")]
    [InlineData("{{ for p in attributes.pairs }}{{ for.index + 1 }}. {{ p }}{{ if !for.last }}, {{ end }}{{ end }}.", "1. BTC/USDT, 2. ETH/USDT, 3. SOL/USDT.")]
    [InlineData("{{ for p in attributes.pairs limit:2 }}{{ p }} {{ end }}|{{ for p in attributes.pairs offset:1 }}{{ p }} {{ end }}", "BTC/USDT ETH/USDT |ETH/USDT SOL/USDT ")]
    [InlineData("{{ for p in attributes.pairs reversed }}{{ p }} {{ for.rindex }}{{ for.first }}{{ for.even }}{{ for.length }} {{ end }}.",
        "SOL/USDT 2truetrue3 ETH/USDT 1falsefalse3 BTC/USDT 0falsetrue3 .")]
    [InlineData("{{ for c in attributes.wallet.cards }}{{ c.last4 }};{{ end }}.", "1111;2222;.")]
    [InlineData("{{ for p in attributes.nothing }}{{ p }}{{ else }}never{{ end }}none", "none")]
    [InlineData("{{ attributes.pairs | array.join ', ' }} {{ attributes.pairs | array.size }} {{ attributes.pairs | array.first }} {{ array.last attributes.pairs }} {{ attributes.pairs.size }}",
        "BTC/USDT, ETH/USDT, SOL/USDT 3 BTC/USDT SOL/USDT 3")]
    [InlineData("{{ if attributes.pairs | array.contains 'BTC/USDT' }}yes{{ end }}.", "yes.")]
    [InlineData("{{ attributes.pairs }}", "[&quot;BTC/USDT&quot;, &quot;ETH/USDT&quot;, &quot;SOL/USDT&quot;]")]
    public void Render_Fields_Printed(string template, string expected) => Assert.Equal(expected, Render(template, With(Attributes)));

    [Theory]
    [InlineData("{{ first_name ?? \"trader\" }}", "trader")]
    [InlineData("{{ first_name | object.default 'trader' }}", "trader")]
    [InlineData("x{{ first_name }}{{ created_at }}{{ last_trade_at | date.to_string '%F' }}y", "xy")]
    [InlineData("{{ if first_name }}Hi {{ first_name }}{{ else }}Hi there{{ end }}", "Hi there")]
    [InlineData("{{ first_name | string.upcase | string.strip }}x{{ first_name | string.size }}", "x0")]
    [InlineData("{{ 'a' + first_name + 'b' }} {{ first_name == null }} {{ first_name != 'x' }}x{{ attributes.n + 1 }}x{{ attributes.n > 1 }}", "ab true truexxfalse")]
    public void Render_EmptyFields_PrintNothing(string template, string expected) => Assert.Equal(expected, Render(template, Nobody));

    [Theory]
    [InlineData("{{ user_tier == 'premium' ? 'VIP' : 'friend' }}", "VIP")]
    [InlineData("{{ if user_tier == 'free' }}a{{ else if region == 'EU' && language != 'de' }}b{{ else }}c{{ end }}", "b")]
    [InlineData("{{ if !(user_tier == 'free') || false }}a{{ end }}", "a")]
    [InlineData("{{ if 0 }}zero{{ end }}{{ if '' }}empty{{ end }}{{ if null }}null{{ end }}", "zeroempty")]
    [InlineData("{{ 1 + 2 * 3 }} {{ (1 + 2) * 3 }} {{ 7 / 2 }} {{ 7 // 2 }} {{ 7 % 4 }} {{ -3 }} {{ 8 / 4 }} {{ 1.5 * 2 }} {{ 10 - 2 - 3 }}", "7 9 3.5 3 3 -3 2 3 5")]
    [InlineData("{{ 2147483647 + 1 }} {{ 4294967296 * 2 }} {{ 0.1 + 0.2 }} {{ 1_000 }}", "2147483648 8589934592 0.30000000000000004 1000")]
    [InlineData("{{ 'a' * 3 }} {{ 'a' + 1 }} {{ 1 + 'a' }} {{ 'b' > 'a' }} {{ 'a' == 'A' }} {{ true == true }}", "aaa a1 1a true false true")]
    [InlineData("{{ 3 > 2 }} {{ 3 >= 3 }} {{ 2 < 1 }} {{ 2 <= 2 }} {{ 1 == 1.0 }} {{ 1 != 2 }}", "true true false true true true")]
    [InlineData("{{ 'tab\\tq\\'\\\\\\x41\\u0042' }}", "tab\tq&#39;\\AB")]
    [InlineData("{{ total = 2 }}{{ total = total + 3 }}{{ total }}", "5")]
    [InlineData("{{ a = 1; b = 2 }}{{ a + b }}", "3")]
    [InlineData("{{ if region == 'EU'; c = '€'; else; c = '$'; end }}{{ c }}5", "€5")]
    [InlineData("{{\n  price = 20\n  price = price * 2\n}}{{ price }}", "40")]
    [InlineData("{{ # note }}a{{ ## more\nlines ## }}b{{ 1 # one }}", "ab1")]
    [InlineData("a  {{- 1 -}}  b", "a1b")]
    [InlineData("a\n  {{~ 1 ~}}  \nb", "a\n1b")]
    [InlineData("a\n\n{{- 1 -}}\n\nb", "a1b")]
    [InlineData("x\n{{~ if true ~}}\ny\n{{~ end ~}}\nz", "x\ny\nz")]
    [InlineData("a\n    {{ 'x\\ny' }}", "a\n    x\ny")]
    [InlineData("a } b { c }} d { { e", "a } b { c }} d { { e")]
    [InlineData("{{ '{{' }}{{ \"}}\" }}", "{{}}")]
    [InlineData("{{ first_name\n}}", "Ada")]
    [InlineData("{{ first_name |\n string.upcase }}", "ADA")]
    public void Render_Language_BehavesLikeScriban(string template, string expected) => Assert.Equal(expected, Render(template));

    [Theory]
    [InlineData("string.upcase", "ADA")]
    [InlineData("string.downcase", "ada")]
    [InlineData("string.append '!' | string.prepend '¡'", "¡Ada!")]
    [InlineData("string.replace 'a' 'o' | string.capitalize", "Ado")]
    [InlineData("string.remove 'd'", "Aa")]
    [InlineData("string.size", "3")]
    [InlineData("string.contains 'da'", "true")]
    [InlineData("string.starts_with 'A'", "true")]
    [InlineData("string.ends_with 'A'", "false")]
    [InlineData("string.slice 1", "da")]
    [InlineData("string.slice 0 1", "A")]
    [InlineData("string.slice (-2) 1", "d")]
    [InlineData("string.truncate 2 '…'", "A…")]
    [InlineData("string.truncate 9", "Ada")]
    [InlineData("string.empty", "false")]
    [InlineData("string.append ' b c d' | string.truncatewords 2", "Ada b...")]
    [InlineData("string.append ' lovelace' | string.downcase | string.capitalizewords", "Ada Lovelace")]
    [InlineData("string.prepend '  ' | string.strip", "Ada")]
    [InlineData("object.default 'x'", "Ada")]
    [InlineData("string.to_int", "")]
    public void Render_TextFunctions_BehaveLikeScriban(string function, string expected) =>
        Assert.Equal(expected + ".", Render($"{{{{ first_name | {function} }}}}."));

    [Theory]
    [InlineData("3.14159 | math.round 2", "3.14")]
    [InlineData("2.5 | math.round", "2")]
    [InlineData("3.2 | math.ceil", "4")]
    [InlineData("3.8 | math.floor", "3")]
    [InlineData("-3 | math.abs", "3")]
    [InlineData("1234567.891 | math.format 'N2'", "1,234,567.89")]
    [InlineData("0.256 | math.format 'P1'", "25.6 %")]
    [InlineData("7 | math.format '000'", "007")]
    [InlineData("'12' | string.to_int", "12")]
    [InlineData("('1.5' | string.to_double) * 2", "3")]
    [InlineData("1 | string.pluralize 'trade' 'trades'", "trade")]
    [InlineData("2 | string.pluralize 'trade' 'trades'", "trades")]
    [InlineData("math.round(2.345, 1)", "2.3")]
    [InlineData("(string.append 'a' 'b') + 'c'", "abc")]
    [InlineData("string.append 'a' 'b' + 'c'", "abc")]
    [InlineData("'x' + 'y' | string.upcase", "XY")]
    [InlineData("'2026-05-01' | date.parse | date.to_string '%d %b %H:%M'", "01 May 00:00")]
    [InlineData("'2026-05-01T23:30:00-02:00' | date.parse | date.to_string '%d %b %H:%M'", "02 May 01:30")]
    [InlineData("('soon' | date.parse) ?? 'no date'", "no date")]
    public void Render_NumbersAndCalls_BehaveLikeScriban(string expression, string expected) =>
        Assert.Equal(expected, Render($"{{{{ {expression} }}}}"));

    [Fact]
    public void Render_VariableOfOneRecipient_IsNotSeenByTheNext()
    {
        var template = CompiledTemplate.Compile("{{ if first_name }}{{ n = first_name }}{{ else }}{{ n = 'nobody' }}{{ end }}{{ n }}", "/content");

        Assert.Equal(["Ada", "nobody", "Ada"], new[] { TemplateModel.Sample, Nobody, TemplateModel.Sample }.Select(template.Render));
    }

    [Fact]
    public void Render_AfterARecipientThatFailed_GoesOn()
    {
        var template = CompiledTemplate.Compile("{{ attributes.x | string.upcase }}{{ first_name }}", "/content");

        Assert.Throws<TemplateRenderException>(() => template.Render(With($$"""{"x":"{{new string('x', 5_000)}}"}""")));
        Assert.Throws<TemplateRenderException>(() => template.Render(With($$"""{"x":"{{new string('x', 20_000)}}"}""")));
        Assert.Equal("YAda", template.Render(With("""{"x":"y"}""")));
    }

    [Fact]
    public async Task Render_OnManyThreadsAtOnce_MixesNothingUp()
    {
        var template = CompiledTemplate.Compile("{{ n = first_name }}{{ for p in attributes.p }}{{ n }}{{ p }},{{ end }}.", "/content");

        await Parallel.ForEachAsync(Enumerable.Range(0, 20_000), new ParallelOptions { MaxDegreeOfParallelism = 8 }, (i, _) =>
        {
            var model = With($"{{\"p\":[1,2]}}") with { FirstName = $"u{i}" };
            Assert.Equal($"u{i}1,u{i}2,.", template.Render(model));
            return ValueTask.CompletedTask;
        });
    }
}

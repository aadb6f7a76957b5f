using System.Buffers;
using System.Collections;
using System.Globalization;
using System.Numerics;
using Scriban;
using Scriban.Parsing;
using Scriban.Runtime;
using Scriban.Syntax;
using Script = Scriban.Template;

namespace Marketing.Core.Templates;

/// <summary>
/// Where a template runs: what it sees, the escaping of what it prints, and what it may use up. Not thread-safe.
/// The limits count work instead of time, so that a template passes or fails alike on a busy machine.
/// </summary>
internal sealed class RenderContext : TemplateContext
{
    /// <summary>Characters of any one value; four times the longest message.</summary>
    public const int MaxText = 16_384;

    // Characters written. The message is checked against 4,096 later; this only ends what would fill the memory.
    private const int MaxOutput = 65_536;

    // One a node evaluated, one more per 64 characters of its value. A 200-line template that loops over 100 items takes
    // 10,000; all 50,000 are under 10 ms, or with lists under 100 ms, and allocate 16 MB at worst.
    private const int MaxWork = 50_000;

    private static readonly SearchValues<char> Escaped = SearchValues.Create("&<>\"'");

    private readonly RecipientFields fields = new();
    private readonly ScriptObject variables = [];
    private SourceMap? source;
    private int work;
    private int written;

    public RenderContext() : base(TemplateFunctions.Builtins)
    {
        // Names were checked when the template was saved; this is the second lock.
        StrictVariables = true;
        // attributes.a.b is empty where there is no attributes.a.
        EnableRelaxedTargetAccess = true;
        // The message is printed as written: {{ }} behind spaces does not indent the lines of its value.
        AutoIndent = false;
        LoopLimit = 1_000;
        RecursiveLimit = 50;
        LimitToString = MaxOutput;
    }

    public string Render(Script script, TemplateModel model, SourceMap? sourceMap)
    {
        Reset();
        variables.Clear();
        fields.Show(model);
        PushGlobal(fields);
        PushGlobal(variables);
        source = sourceMap;
        work = written = 0;
        return script.Render(this);
    }

    /// <summary>Counts the size of something this render had to look through.</summary>
    public void Charge(SourceSpan span, int units)
    {
        work += units;
        if (work > MaxWork)
            throw new ScriptRuntimeException(span, "the template takes too many steps");
    }

    public override object? Evaluate(ScriptNode? scriptNode, bool aliasReturnedFunction)
    {
        if (scriptNode is null)
            return null;

        if (scriptNode is ScriptRawStatement raw)
        {
            source?.Add(written, raw.Text.Index, text: true);
            Count(raw.Span, raw.Text.Length);
        }
        else if (scriptNode is ScriptExpressionStatement)
        {
            source?.Add(written, scriptNode.Span.Start.Offset, text: false);
        }

        Charge(scriptNode.Span, 1);
        var value = base.Evaluate(scriptNode, aliasReturnedFunction);
        switch (value)
        {
            case string { Length: > MaxText }:
                throw new ScriptRuntimeException(scriptNode.Span, $"the value has more than {MaxText} characters");
            case string text:
                Charge(scriptNode.Span, text.Length / 64);
                break;
            case ICollection list:
                Charge(scriptNode.Span, list.Count / 4);
                break;
            // Exact integers of any size; squaring one in a loop doubles its size every time.
            case BigInteger:
                throw new ScriptRuntimeException(scriptNode.Span, "the number is out of range");
        }

        return value;
    }

    /// <summary>Every value a template prints comes through here, and nothing else does: text of the template itself is written as it is.</summary>
    public override TemplateContext Write(SourceSpan span, object? textAsObject)
    {
        if (ObjectToString(textAsObject) is not { Length: > 0 } text)
            return this;

        var html = Escape(text);
        Count(span, html.Length);
        return Write(html);
    }

    public override string? ObjectToString(object? value, bool nested = false) => value is DateTime date
        ? date.ToString("dd MMM yyyy", CultureInfo.InvariantCulture)
        : base.ObjectToString(value, nested);

    // The apostrophe too, for href='...'; as a number, since Telegram has no &apos;.
    private static string Escape(string text) => !text.AsSpan().ContainsAny(Escaped) ? text : text
        .Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal)
        .Replace("\"", "&quot;", StringComparison.Ordinal)
        .Replace("'", "&#39;", StringComparison.Ordinal);

    private void Count(SourceSpan span, int characters)
    {
        written += characters;
        if (written > MaxOutput)
            throw new ScriptRuntimeException(span, $"the message has more than {MaxOutput} characters");
    }
}

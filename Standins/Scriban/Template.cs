using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Scriban.Functions;
using Scriban.Parsing;
using Scriban.Runtime;
using Scriban.Syntax;

namespace Scriban;

public class Template
{
    private Template(string text)
    {
        try
        {
            Page = new Parser(text).Run();
        }
        catch (SyntaxException e)
        {
            Messages = [e.ToLogMessage()];
        }
    }

    public ScriptPage? Page { get; }
    public bool HasErrors => Messages.Count > 0;
    public IReadOnlyList<LogMessage> Messages { get; } = [];

    public static Template Parse(string text) => new(text);

    public string Render(TemplateContext context)
    {
        if (HasErrors)
            throw new InvalidOperationException("The template has errors: see HasErrors and Messages.");
        context.Evaluate(Page);
        return context.TakeOutput();
    }
}

public class TemplateContext
{
    private readonly List<IScriptObject> globals = [];
    private readonly List<(string Name, object? Value)> loops = [];
    private readonly StringBuilder output = new();
    private int steps;

    public TemplateContext(ScriptObject? builtin) => globals.Add(builtin ?? GetDefaultBuiltinObject());

    public bool StrictVariables { get; set; }
    public bool EnableRelaxedTargetAccess { get; set; }
    public bool AutoIndent { get; set; } = true;
    public int LoopLimit { get; set; } = 1000;
    public int RecursiveLimit { get; set; } = 100;
    public int LimitToString { get; set; } = 1048576;

    public static ScriptObject GetDefaultBuiltinObject() => Builtins.Create();

    public void PushGlobal(IScriptObject scriptObject) => globals.Add(scriptObject);

    public virtual void Reset()
    {
        if (AutoIndent)
            throw new NotSupportedException(StandIn.Lacks(nameof(AutoIndent)));
        globals.RemoveRange(1, globals.Count - 1);
        loops.Clear();
        output.Clear();
    }

    public object? Evaluate(ScriptNode? scriptNode) => Evaluate(scriptNode, false);

    public virtual object? Evaluate(ScriptNode? scriptNode, bool aliasReturnedFunction)
    {
        try
        {
            return scriptNode?.Evaluate(this);
        }
        catch (Exception e) when (e is not ScriptRuntimeException)
        {
            throw new ScriptRuntimeException(scriptNode!.Span, e.Message);
        }
    }

    public virtual TemplateContext Write(SourceSpan span, object? textAsObject) => Write(ObjectToString(textAsObject));

    public TemplateContext Write(string? text) => Write(text, 0, text?.Length ?? 0);

    public TemplateContext Write(string? text, int startIndex, int count)
    {
        output.Append(text, startIndex, count);
        return this;
    }

    public virtual string? ObjectToString(object? value, bool nested = false) => value switch
    {
        null => nested ? "null" : null,
        string text when nested => $"\"{Regex.Replace(text, """["\\]""", @"\$&")}\"",
        string text => text,
        bool yes => yes ? "true" : "false",
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        IEnumerable list => $"[{string.Join(", ", list.Cast<object?>().Select(item => ObjectToString(item, true)))}]",
        _ => value.ToString(),
    };

    internal string TakeOutput()
    {
        var text = output.ToString();
        output.Clear();
        return text;
    }

    internal object? GetVariable(ScriptVariable variable)
    {
        for (var i = loops.Count - 1; i >= 0; i--)
        {
            if (loops[i].Name == variable.Name)
                return loops[i].Value;
        }

        for (var i = globals.Count - 1; i >= 0; i--)
        {
            if (globals[i].TryGetValue(this, variable.Span, variable.Name, out var value))
                return value;
        }

        return StrictVariables ? throw new ScriptRuntimeException(variable.Span, $"`{variable.Name}` was not found") : null;
    }

    internal void SetVariable(ScriptVariable variable, object? value)
    {
        if (!globals[^1].CanWrite(variable.Name))
            throw new ScriptRuntimeException(variable.Span, $"`{variable.Name}` is read-only");
        globals[^1].TrySetValue(this, variable.Span, variable.Name, value, false);
    }

    internal object? GetMember(SourceSpan span, object? target, string member) => target switch
    {
        IScriptObject o => o.TryGetValue(this, span, member, out var value) ? value : null,
        string text when member == "size" => text.Length,
        ICollection list when member == "size" => list.Count,
        null when !EnableRelaxedTargetAccess => throw new ScriptRuntimeException(span, $"there is no `{member}` of nothing"),
        _ => null,
    };

    // LoopLimit is for all passes of a loop and of those inside it; what a function does with an item of a list counts too.
    internal void Step(SourceSpan span)
    {
        if (LoopLimit != 0 && ++steps > LoopLimit)
            throw new ScriptRuntimeException(span, $"the loop limit of {LoopLimit} passes was exceeded");
    }

    internal void EachPass(ScriptForStatement loop, string name, IEnumerable<(object? Item, ScriptObject State)> passes)
    {
        steps = loops.Count == 0 ? 0 : steps;
        foreach (var (item, state) in passes)
        {
            Step(loop.Span);
            loops.Add(("for", state));
            loops.Add((name, item));
            Evaluate(loop.Body);
            loops.RemoveRange(loops.Count - 2, 2);
        }
    }
}

using System.Collections;
using Scriban.Parsing;
using Scriban.Runtime;

namespace Scriban.Syntax;

public abstract class ScriptNode
{
    public SourceSpan Span;

    public abstract object? Evaluate(TemplateContext context);
}

public abstract class ScriptStatement : ScriptNode
{
    // Of the real package's statements without an effect, none of which are here.
    public bool CanSkipEvaluation => false;
}

public class ScriptPage : ScriptNode
{
    public ScriptBlockStatement? Body { get; set; }
    public override object? Evaluate(TemplateContext context) => context.Evaluate(Body);
}

public sealed class ScriptBlockStatement : ScriptStatement
{
    public List<ScriptStatement> Statements { get; } = [];

    public override object? Evaluate(TemplateContext context)
    {
        foreach (var statement in Statements)
        {
            if (context.Evaluate(statement) is { } value)
                context.Write(Span, value);
        }

        return null;
    }
}

public readonly record struct ScriptStringSlice(string FullText, int Index, int Length);

public class ScriptRawStatement : ScriptStatement
{
    public ScriptStringSlice Text { get; set; }

    public override object? Evaluate(TemplateContext context)
    {
        context.Write(Text.FullText, Text.Index, Text.Length);
        return null;
    }
}

public class ScriptExpressionStatement : ScriptStatement
{
    public ScriptExpression? Expression { get; set; }
    public override object? Evaluate(TemplateContext context) => context.Evaluate(Expression);
}

public abstract class ScriptConditionStatement : ScriptStatement;

public class ScriptIfStatement : ScriptConditionStatement
{
    public ScriptExpression? Condition { get; set; }
    public ScriptBlockStatement? Then { get; set; }
    public ScriptConditionStatement? Else { get; set; }
    public override object? Evaluate(TemplateContext context) =>
        context.Evaluate(Operations.IsTrue(context.Evaluate(Condition)) ? Then : Else);
}

public class ScriptElseStatement : ScriptConditionStatement
{
    public ScriptBlockStatement? Body { get; set; }
    public override object? Evaluate(TemplateContext context) => context.Evaluate(Body);
}

public class ScriptForStatement : ScriptStatement
{
    public ScriptExpression? Variable { get; set; }
    public ScriptExpression? Iterator { get; set; }
    public List<ScriptNamedArgument> NamedArguments { get; } = [];
    public ScriptBlockStatement? Body { get; set; }
    public ScriptElseStatement? Else { get; set; }

    // Nothing at all is not an empty list: it has no else, as in the package.
    public override object? Evaluate(TemplateContext context)
    {
        var value = context.Evaluate(Iterator);
        if (value is null)
            return null;
        if (value is not IEnumerable values || Variable is not ScriptVariable variable)
            throw new ScriptRuntimeException(Span, $"a loop needs a name and a list, not {Operations.TypeName(value)}");

        var items = Select(context, values.Cast<object?>()).ToList();
        if (items.Count == 0)
            return context.Evaluate(Else);
        context.EachPass(this, variable.Name, items.Select((item, i) => (item, State(items, i))));
        return null;
    }

    private static ScriptObject State(List<object?> items, int i)
    {
        var state = new ScriptObject();
        (state["index"], state["rindex"], state["length"]) = (i, items.Count - i - 1, items.Count);
        (state["first"], state["last"]) = (i == 0, i == items.Count - 1);
        (state["even"], state["odd"]) = (i % 2 == 0, i % 2 == 1);
        state["changed"] = i == 0 || !Equals(items[i], items[i - 1]);
        return state;
    }

    private IEnumerable<object?> Select(TemplateContext context, IEnumerable<object?> items)
    {
        var numbers = NamedArguments.ToDictionary(a => a.Name!.Name, a => Operations.ToInt(a.Span, context.Evaluate(a.Value)));
        items = items.Skip(numbers.GetValueOrDefault("offset"));
        items = numbers.ContainsKey("reversed") ? items.Reverse() : items;
        return numbers.GetValueOrDefault("limit") is > 0 and var limit ? items.Take(limit) : items;
    }
}

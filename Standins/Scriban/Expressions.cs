using System.Collections;

namespace Scriban.Syntax;

public abstract class ScriptExpression : ScriptNode;

public class ScriptLiteral : ScriptExpression
{
    public object? Value { get; set; }
    public override object? Evaluate(TemplateContext context) => Value;
}

public abstract class ScriptVariable(string name) : ScriptExpression
{
    public string Name { get; } = name;
}

public class ScriptVariableGlobal(string name) : ScriptVariable(name)
{
    public override object? Evaluate(TemplateContext context) => context.GetVariable(this);
}

public class ScriptNamedArgument : ScriptExpression
{
    public ScriptVariable? Name { get; set; }
    public ScriptExpression? Value { get; set; }
    public override object? Evaluate(TemplateContext context) => context.Evaluate(Value);
}

public class ScriptNestedExpression : ScriptExpression
{
    public ScriptExpression? Expression { get; set; }
    public override object? Evaluate(TemplateContext context) => context.Evaluate(Expression);
}

public class ScriptMemberExpression : ScriptExpression
{
    public ScriptExpression? Target { get; set; }
    public ScriptVariable? Member { get; set; }
    public override object? Evaluate(TemplateContext context) => context.GetMember(Member!.Span, context.Evaluate(Target), Member.Name);
}

public class ScriptIndexerExpression : ScriptExpression
{
    public ScriptExpression? Target { get; set; }
    public ScriptExpression? Index { get; set; }

    public override object? Evaluate(TemplateContext context)
    {
        var target = context.Evaluate(Target);
        var index = context.Evaluate(Index);
        if (target is not (IList or string))
            return context.GetMember(Index!.Span, target, context.ObjectToString(index) ?? "");

        var count = target is string text ? text.Length : ((IList)target).Count;
        var i = Operations.ToInt(Index!.Span, index);
        i = i < 0 ? count + i : i;
        if (i < 0 || i >= count)
            return null;
        return target is string characters ? characters[i].ToString() : ((IList)target)[i];
    }
}

public class ScriptAssignExpression : ScriptExpression
{
    public ScriptExpression? Target { get; set; }
    public ScriptExpression? Value { get; set; }

    public override object? Evaluate(TemplateContext context)
    {
        var variable = Target as ScriptVariable ?? throw new ScriptRuntimeException(Span, StandIn.Lacks("an assignment to a path"));
        context.SetVariable(variable, context.Evaluate(Value));
        return null;
    }
}

public class ScriptConditionalExpression : ScriptExpression
{
    public ScriptExpression? Condition { get; set; }
    public ScriptExpression? ThenValue { get; set; }
    public ScriptExpression? ElseValue { get; set; }
    public override object? Evaluate(TemplateContext context) =>
        context.Evaluate(Operations.IsTrue(context.Evaluate(Condition)) ? ThenValue : ElseValue);
}

public enum ScriptUnaryOperator { None, Not, Negate, Plus }

public class ScriptUnaryExpression : ScriptExpression
{
    public ScriptUnaryOperator Operator { get; set; }
    public ScriptExpression? Right { get; set; }

    public override object? Evaluate(TemplateContext context) => (Operator, context.Evaluate(Right)) switch
    {
        (ScriptUnaryOperator.Not, var value) => !Operations.IsTrue(value),
        (ScriptUnaryOperator.Plus, int or long or double) plus => plus.Item2,
        (ScriptUnaryOperator.Negate, int or long) minus => Operations.Fit(checked(-Convert.ToInt64(minus.Item2))),
        (ScriptUnaryOperator.Negate, double number) => -number,
        var (_, value) => throw new ScriptRuntimeException(Right!.Span, $"{Operations.TypeName(value)} is not a number"),
    };
}

public enum ScriptBinaryOperator
{
    None, EmptyCoalescing, Or, And, CompareEqual, CompareNotEqual, CompareLessOrEqual, CompareGreaterOrEqual, CompareLess, CompareGreater,
    Add, Subtract, Multiply, Divide, DivideRound, Modulus,
}

public class ScriptBinaryExpression : ScriptExpression
{
    public ScriptExpression? Left { get; set; }
    public ScriptBinaryOperator Operator { get; set; }
    public ScriptExpression? Right { get; set; }

    public override object? Evaluate(TemplateContext context)
    {
        var left = context.Evaluate(Left);
        if (Operator == ScriptBinaryOperator.And)
            return Operations.IsTrue(left) && Operations.IsTrue(context.Evaluate(Right));
        if (Operator == ScriptBinaryOperator.Or)
            return Operations.IsTrue(left) || Operations.IsTrue(context.Evaluate(Right));

        var right = context.Evaluate(Right);
        return Operator == ScriptBinaryOperator.EmptyCoalescing ? left ?? right : Operations.Calculate(context, Operator, left, right);
    }
}

public class ScriptFunctionCall : ScriptExpression
{
    public ScriptExpression? Target { get; set; }
    public List<ScriptExpression> Arguments { get; } = [];

    public override object? Evaluate(TemplateContext context) => Call(context, Arguments);

    internal object? Call(TemplateContext context, IReadOnlyList<ScriptExpression> arguments) =>
        context.Evaluate(Target, true) is Runtime.Function function ? function.Call(context, this, arguments)
            : throw new ScriptRuntimeException(Span, "this is not a function");
}

/// <summary>Here a | f | g is (a | f) | g; the real package parses a | (f | g), which comes to the same.</summary>
public class ScriptPipeCall : ScriptExpression
{
    public ScriptExpression? From { get; set; }
    public ScriptExpression? To { get; set; }

    public override object? Evaluate(TemplateContext context) => To is ScriptFunctionCall call
        ? call.Call(context, [From!, .. call.Arguments])
        : throw new ScriptRuntimeException(To!.Span, "| needs a function after it");
}

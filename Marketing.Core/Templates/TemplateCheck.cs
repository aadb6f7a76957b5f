using System.Numerics;
using System.Text.RegularExpressions;
using Scriban.Syntax;

namespace Marketing.Core.Templates;

/// <summary>
/// Reads a parsed template once, when it is saved: every name is known, every construct is one that templates may use, in
/// the branches no sample recipient takes as well. What is not listed here is refused, so a construct that a later Scriban
/// adds is refused too.
/// </summary>
internal sealed partial class TemplateCheck
{
    // Far beyond what people write, and far from the end of the stack.
    private const int MaxDepth = 50;

    private readonly List<TemplateError> errors = [];
    private readonly TemplatePaths paths;
    private int depth;

    // Variables that have a value here whichever way execution came, so that reading one never fails at send time.
    private HashSet<string> assigned = [];

    private TemplateCheck() => paths = new TemplatePaths(errors, Expression);

    public static IReadOnlyList<TemplateError> Run(ScriptPage page)
    {
        var check = new TemplateCheck();
        check.Statement(page.Body);
        return check.errors;
    }

    private void Statement(ScriptNode? node) => Nested(node, () =>
    {
        switch (node)
        {
            case null or ScriptRawStatement or ScriptStatement { CanSkipEvaluation: true }:
                break;
            case ScriptBlockStatement block:
                foreach (var statement in block.Statements)
                    Statement(statement);
                break;
            case ScriptExpressionStatement { Expression: ScriptAssignExpression assign }:
                Assign(assign);
                break;
            case ScriptExpressionStatement statement:
                Expression(statement.Expression);
                break;
            case ScriptIfStatement statement:
                If(statement);
                break;
            case ScriptElseStatement statement:
                Statement(statement.Body);
                break;
            case ScriptForStatement statement when node.GetType() == typeof(ScriptForStatement):
                For(statement);
                break;
            default:
                Refuse(node, $"{Name(node)} is not available in templates");
                break;
        }
    });

    private void Assign(ScriptAssignExpression assign)
    {
        Expression(assign.Value);
        if (assign.Target is not ScriptVariableGlobal variable)
            Refuse(assign, "only a name can be given a value, as in {{ greeting = \"Hi\" }}");
        else if (paths.IsReserved(variable.Name))
            Refuse(variable, $"{variable.Name} is taken; choose another name for the variable");
        else
            assigned.Add(variable.Name);
        paths.Variables = assigned;
    }

    private void If(ScriptIfStatement statement)
    {
        Expression(statement.Condition);
        var before = assigned;
        var then = Branch(statement.Then, before);
        then.IntersectWith(Branch(statement.Else, before));
        Become(then);
    }

    private void For(ScriptForStatement statement)
    {
        Expression(statement.Iterator);
        foreach (var argument in statement.NamedArguments)
        {
            if (argument.Name?.Name is not ("limit" or "offset" or "reversed"))
                Refuse(argument, "a loop takes limit, offset and reversed, as in {{ for pair in attributes.pairs limit:3 }}");
            Expression(argument.Value);
        }

        if (statement.Variable is not ScriptVariableGlobal variable || paths.IsReserved(variable.Name))
        {
            Refuse(statement, "a loop needs a name of its own, as in {{ for pair in attributes.pairs }}");
            return;
        }

        var before = assigned;
        paths.Loops.Push(variable.Name);
        Branch(statement.Body, before);
        paths.Loops.Pop();
        Branch(statement.Else, before);
        Become(before);
    }

    private HashSet<string> Branch(ScriptNode? node, HashSet<string> before)
    {
        Become([.. before]);
        Statement(node);
        return assigned;
    }

    private void Become(HashSet<string> variables) => paths.Variables = assigned = variables;

    private void Expression(ScriptNode? node) => Nested(node, () =>
    {
        switch (node)
        {
            case null:
                break;
            case ScriptLiteral { Value: BigInteger }:
                Refuse(node, "the number is out of range");
                break;
            case ScriptLiteral:
                break;
            case ScriptNestedExpression nested:
                Expression(nested.Expression);
                break;
            case ScriptUnaryExpression { Operator: ScriptUnaryOperator.Not or ScriptUnaryOperator.Negate or ScriptUnaryOperator.Plus } unary:
                Expression(unary.Right);
                break;
            case ScriptBinaryExpression binary when IsAllowed(binary.Operator):
                Expression(binary.Left);
                Expression(binary.Right);
                break;
            case ScriptConditionalExpression conditional:
                Expression(conditional.Condition);
                Expression(conditional.ThenValue);
                Expression(conditional.ElseValue);
                break;
            case ScriptFunctionCall call:
                paths.Function(call);
                foreach (var argument in call.Arguments)
                    Expression(argument);
                break;
            case ScriptPipeCall pipe:
                Expression(pipe.From);
                PipeTarget(pipe.To);
                break;
            case ScriptVariableGlobal or ScriptMemberExpression or ScriptIndexerExpression:
                paths.Value((ScriptExpression)node);
                break;
            default:
                Refuse(node, $"{Name(node)} is not available in templates");
                break;
        }
    });

    // a | f | g is parsed as a | (f | g).
    private void PipeTarget(ScriptExpression? target)
    {
        if (target is ScriptPipeCall { From: ScriptFunctionCall first } pipe)
        {
            Expression(first);
            PipeTarget(pipe.To);
        }
        else if (target is ScriptFunctionCall)
        {
            Expression(target);
        }
        else
        {
            Refuse(target!, "| needs a function after it; to go on calculating, put the pipe in parentheses: {{ (first_name | string.size) > 3 }}");
        }
    }

    // Not <<, >>, .. and the like: no use in a message, and they make large numbers and lists.
    private static bool IsAllowed(ScriptBinaryOperator op) => op is
        ScriptBinaryOperator.Add or ScriptBinaryOperator.Subtract or ScriptBinaryOperator.Multiply or ScriptBinaryOperator.Divide or
        ScriptBinaryOperator.DivideRound or ScriptBinaryOperator.Modulus or ScriptBinaryOperator.And or ScriptBinaryOperator.Or or
        ScriptBinaryOperator.CompareEqual or ScriptBinaryOperator.CompareNotEqual or ScriptBinaryOperator.CompareGreater or
        ScriptBinaryOperator.CompareLess or ScriptBinaryOperator.CompareGreaterOrEqual or ScriptBinaryOperator.CompareLessOrEqual or
        ScriptBinaryOperator.EmptyCoalescing;

    private void Nested(ScriptNode? node, Action read)
    {
        if (++depth > MaxDepth)
        {
            if (depth == MaxDepth + 1)
                Refuse(node!, $"nested more than {MaxDepth} deep");
        }
        else
        {
            read();
        }

        depth--;
    }

    private void Refuse(ScriptNode node, string message) => errors.Add(new TemplateError(node.Span.Start, message));

    // ScriptWhileStatement is "while", ScriptArrayInitializerExpression "array initializer".
    private static string Name(ScriptNode node) => string.Join(' ',
        Words().Matches(node.GetType().Name).Select(m => m.Value.ToLowerInvariant()).Except(["script", "statement", "expression"]));

    [GeneratedRegex("[A-Z][a-z]*")]
    private static partial Regex Words();
}

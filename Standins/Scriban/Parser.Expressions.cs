using System.Globalization;
using System.Text.RegularExpressions;
using Scriban.Syntax;

namespace Scriban.Parsing;

/// <summary>Expressions. Arguments are separated by spaces, so a value followed by the start of another one is a call.</summary>
internal sealed partial class Parser
{
    private const int UnaryPrecedence = 200;

    private static readonly Regex Escape = new(@"\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)", RegexOptions.Singleline);

    private bool SpaceBefore => char.IsWhiteSpace(text[Current.Start.Offset - 1]);

    private bool StartsArgument => Current.Type is TokenType.Identifier or TokenType.Integer or TokenType.Float or TokenType.String
        || Is("(") || Is("!");

    private ScriptExpression Expression(bool mayAssign = false)
    {
        var left = Conditional();
        while (Is("|"))
        {
            Next();
            while (Current.Type == TokenType.NewLine)
                Next();
            var to = Conditional();
            to = IsPath(to) ? new ScriptFunctionCall { Span = to.Span, Target = to } : to;
            left = new ScriptPipeCall { Span = left.Span, From = left, To = to };
        }

        if (!Is("="))
            return left;
        if (!mayAssign || !IsPath(left))
            throw new SyntaxException(left.Span.Start, "= gives a value to a name, at the start of a statement; == compares");
        Next();
        return new ScriptAssignExpression { Span = left.Span, Target = left, Value = Expression() };
    }

    private static bool IsPath(ScriptExpression node) => node is ScriptVariable or ScriptMemberExpression or ScriptIndexerExpression;

    private ScriptExpression Conditional()
    {
        var condition = Binary(0, calls: true);
        if (!Is("?"))
            return condition;
        var node = new ScriptConditionalExpression { Span = condition.Span, Condition = condition };
        Next();
        node.ThenValue = Expression();
        Expect(":");
        node.ElseValue = Expression();
        return node;
    }

    private ScriptExpression Binary(int precedence, bool calls)
    {
        Enter();
        var left = Operand();
        if (calls && StartsArgument)
        {
            var call = new ScriptFunctionCall { Span = left.Span, Target = left };
            while (StartsArgument)
                call.Arguments.Add(Binary(precedence, calls: false));
            left = call;
        }

        while (Operations.Binary.TryGetValue(CurrentText, out var op) && op.Precedence > precedence)
        {
            Next();
            var right = Binary(op.Precedence, calls);
            left = new ScriptBinaryExpression { Span = left.Span, Left = left, Operator = op.Operator, Right = right };
        }

        depth--;
        return left;
    }

    private ScriptExpression Operand()
    {
        var left = Primary();
        while (true)
        {
            if (Is("."))
            {
                Next();
                left = new ScriptMemberExpression { Span = left.Span, Target = left, Member = Variable() };
            }
            else if (Is("[") && !SpaceBefore)
            {
                Next();
                left = new ScriptIndexerExpression { Span = left.Span, Target = left, Index = Expression() };
                Expect("]");
            }
            else if (Is("(") && !SpaceBefore)
            {
                left = Call(left);
            }
            else
            {
                return left;
            }
        }
    }

    // f(a, b), which is f a b
    private ScriptFunctionCall Call(ScriptExpression target)
    {
        var call = new ScriptFunctionCall { Span = target.Span, Target = target };
        do
        {
            Next();
            call.Arguments.Add(Expression());
        }
        while (Is(","));
        Expect(")");
        return call;
    }

    private ScriptExpression Primary()
    {
        var span = Here;
        switch (Current.Type)
        {
            case TokenType.Identifier:
                var variable = Variable();
                return variable.Name switch
                {
                    "null" => new ScriptLiteral { Span = span },
                    "true" or "false" => new ScriptLiteral { Span = span, Value = variable.Name == "true" },
                    _ => variable,
                };
            case TokenType.Integer or TokenType.Float or TokenType.String:
                return new ScriptLiteral { Span = span, Value = Value(Next()) };
            case TokenType.Operator when CurrentText == "(":
                Next();
                var nested = new ScriptNestedExpression { Span = span, Expression = Expression() };
                Expect(")");
                return nested;
            case TokenType.Operator when CurrentText is "!" or "-" or "+":
                var sign = Next().GetText(text);
                var op = sign == "!" ? ScriptUnaryOperator.Not : sign == "-" ? ScriptUnaryOperator.Negate : ScriptUnaryOperator.Plus;
                return new ScriptUnaryExpression { Span = span, Operator = op, Right = Binary(UnaryPrecedence, calls: true) };
            default:
                throw Unexpected();
        }
    }

    private ScriptVariableGlobal Variable()
    {
        if (Current.Type != TokenType.Identifier)
            throw Unexpected("; expecting a name");
        return new ScriptVariableGlobal(CurrentText) { Span = new(Current.Start, Next().End) };
    }

    private object Value(Token token)
    {
        var literal = token.GetText(text);
        if (token.Type == TokenType.String)
            return Escape.Replace(literal[1..^1], m => Unescape(token, m.Groups[1].Value));

        literal = literal.Replace("_", "", StringComparison.Ordinal);
        if (token.Type == TokenType.Float)
            return double.Parse(literal, NumberStyles.Float, CultureInfo.InvariantCulture);
        return long.TryParse(literal, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? Operations.Fit(number)
            : throw new SyntaxException(token.Start, "the number is out of range");
    }

    private static string Unescape(Token token, string code) => code switch
    {
        "'" or "\"" or "\\" => code,
        "n" => "\n",
        "r" => "\r",
        "t" => "\t",
        { Length: > 1 } => ((char)int.Parse(code.AsSpan(1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)).ToString(),
        _ => throw new SyntaxException(token.Start, $"Unexpected escape character `{code}` in string"),
    };
}

using System.Collections;
using System.Globalization;
using Scriban.Parsing;
using Scriban.Syntax;
using static Scriban.Syntax.ScriptBinaryOperator;

namespace Scriban;

/// <summary>What operators and conversions do with values.</summary>
internal static class Operations
{
    public static readonly Dictionary<string, (ScriptBinaryOperator Operator, int Precedence)> Binary = new()
    {
        ["??"] = (EmptyCoalescing, 20), ["||"] = (Or, 30), ["&&"] = (And, 40), ["=="] = (CompareEqual, 70), ["!="] = (CompareNotEqual, 70),
        ["<"] = (CompareLess, 80), ["<="] = (CompareLessOrEqual, 80), [">"] = (CompareGreater, 80), [">="] = (CompareGreaterOrEqual, 80),
        ["+"] = (Add, 100), ["-"] = (Subtract, 100), ["*"] = (Multiply, 110), ["/"] = (Divide, 110), ["//"] = (DivideRound, 110),
        ["%"] = (Modulus, 110),
    };

    // Everything but null and false, 0 and "" too.
    public static bool IsTrue(object? value) => value is not (null or false);

    /// <summary>An int where it is large enough, else a long.</summary>
    public static object Fit(long number) => number is >= int.MinValue and <= int.MaxValue ? (int)number : number;

    public static string TypeName(object? value) => value switch
    {
        null => "null",
        string => "string",
        int => "int",
        IList => "array",
        Runtime.IScriptObject => "object",
        _ => value.GetType().Name.ToLowerInvariant(),
    };

    public static int ToInt(SourceSpan span, object? value) => (int)Convert(null!, span, value, typeof(int))!;

    public static object? Convert(TemplateContext context, SourceSpan span, object? value, Type to)
    {
        var type = Nullable.GetUnderlyingType(to) ?? to;
        if (type == typeof(string))
            return context.ObjectToString(value);
        if (value is null && to is { IsValueType: true } && type == to && type != typeof(DateTime))
            return Activator.CreateInstance(type);
        if ((value is null && type != to) || (value is null && !type.IsValueType) || type.IsInstanceOfType(value))
            return value;
        try
        {
            var isNumber = value is int or long or double or bool || (value is string && type == typeof(int));
            if (isNumber && (type == typeof(int) || type == typeof(double)))
                return System.Convert.ChangeType(value, type, CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
        }

        throw new ScriptRuntimeException(span, $"Unable to convert type `{TypeName(value)}` to {(type == typeof(int) ? "int" : type.Name)}");
    }

    public static object? Calculate(TemplateContext context, ScriptBinaryOperator op, object? left, object? right)
    {
        if (left is string || right is string)
            return Texts(context, op, left, right);
        if (left is null || right is null)
            return op is CompareEqual or CompareNotEqual ? (left == right) == (op == CompareEqual) : IsComparison(op) ? false : null;
        if (left is double || right is double)
            return Doubles(op, System.Convert.ToDouble(left), System.Convert.ToDouble(right));
        if (left is int or long || right is int or long)
            return Integers(op, System.Convert.ToInt64(left), System.Convert.ToInt64(right));
        if (op is CompareEqual or CompareNotEqual)
            return left.Equals(right) == (op == CompareEqual);
        return left is DateTime from && right is DateTime to ? Compare(op, from.CompareTo(to))
            : throw new InvalidOperationException($"{op} is not for {TypeName(left)} and {TypeName(right)}");
    }

    private static bool IsComparison(ScriptBinaryOperator op) => op is >= CompareEqual and <= CompareGreater;

    private static object Compare(ScriptBinaryOperator op, int order) => op switch
    {
        CompareEqual => order == 0,
        CompareNotEqual => order != 0,
        CompareLess => order < 0,
        CompareGreater => order > 0,
        CompareLessOrEqual => order <= 0,
        CompareGreaterOrEqual => order >= 0,
        _ => throw new InvalidOperationException($"{op} is not for such values"),
    };

    private static object Texts(TemplateContext context, ScriptBinaryOperator op, object? left, object? right)
    {
        if (op == Multiply)
            return left is string text ? Repeat(context, text, right) : Repeat(context, (string)right!, left);
        var (a, b) = (context.ObjectToString(left), context.ObjectToString(right));
        return op == Add ? a + b : Compare(op, string.CompareOrdinal(a, b));
    }

    private static string Repeat(TemplateContext context, string text, object? times)
    {
        var count = Math.Max(0, ToInt(default, times));
        return (long)text.Length * count <= context.LimitToString ? string.Concat(Enumerable.Repeat(text, count))
            : throw new InvalidOperationException($"the text would have more than {context.LimitToString} characters");
    }

    // Beyond long the real package goes on with integers of any size.
    private static object Integers(ScriptBinaryOperator op, long left, long right) => op switch
    {
        Add => Fit(checked(left + right)),
        Subtract => Fit(checked(left - right)),
        Multiply => Fit(checked(left * right)),
        Divide => (double)left / right,
        DivideRound => Fit(left / right),
        Modulus => Fit(left % right),
        _ => Compare(op, left.CompareTo(right)),
    };

    private static object Doubles(ScriptBinaryOperator op, double left, double right) => op switch
    {
        Add => left + right,
        Subtract => left - right,
        Multiply => left * right,
        Divide => left / right,
        DivideRound => Math.Round(left / right),
        Modulus => left % right,
        _ => Compare(op, left.CompareTo(right)),
    };
}

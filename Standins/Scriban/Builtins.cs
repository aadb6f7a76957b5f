using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Scriban.Runtime;

namespace Scriban.Functions;

/// <summary>The functions of the real package that the product offers, by their behaviour there.</summary>
internal static class Builtins
{
    public static ScriptObject Create() => Group(("string", Strings()), ("math", Numbers()), ("date", Dates()), ("array", Lists()),
        ("object", Group(("default", Fun((object? value, object? @default) => value is null or "" ? @default : value)))));

    private static Function Fun(Delegate function) => new(function);

    private static ScriptObject Group(params (string Name, object Value)[] members)
    {
        var group = new ScriptObject();
        foreach (var (name, value) in members)
            group[name] = value;
        return group;
    }

    private static ScriptObject Strings() => Group(
        ("append", Fun((string? text, string? with) => text + with)),
        ("prepend", Fun((string? text, string? by) => by + text)),
        ("capitalize", Fun((string? text) => string.IsNullOrEmpty(text) ? "" : char.ToUpperInvariant(text[0]) + text[1..])),
        ("capitalizewords", Fun((string? text) => Regex.Replace(text ?? "", @"(?<!\S)\p{L}", m => m.Value.ToUpperInvariant()))),
        ("contains", Fun((string? text, string? value) => Both(text, value) && text!.Contains(value!, StringComparison.Ordinal))),
        ("downcase", Fun((string? text) => text?.ToLowerInvariant())),
        ("empty", Fun((string? text) => string.IsNullOrEmpty(text))),
        ("ends_with", Fun((string? text, string? value) => Both(text, value) && text!.EndsWith(value!, StringComparison.Ordinal))),
        ("pluralize", Fun((int number, string? singular, string? plural) => number == 1 ? singular : plural)),
        ("remove", Fun((string? text, string? remove) => Both(text, remove) ? text!.Replace(remove!, "", StringComparison.Ordinal) : text)),
        ("size", Fun((string? text) => text?.Length ?? 0)),
        ("slice", Fun((string? text, int start, int? length = null) => Slice(text ?? "", start, length))),
        ("starts_with", Fun((string? text, string? value) => Both(text, value) && text!.StartsWith(value!, StringComparison.Ordinal))),
        ("strip", Fun((string? text) => text?.Trim())),
        ("to_double", Fun((string? text) => double.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : (object?)null)),
        ("to_int", Fun((string? text) => int.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : (object?)null)),
        ("truncate", Fun((string? text, int length, string? ellipsis = null) => Truncate(text ?? "", length, ellipsis ?? "..."))),
        ("truncatewords", Fun((string? text, int count, string? ellipsis = null) => string.IsNullOrEmpty(text) ? ""
            : string.Join(' ', Regex.Split(text, @"\s+").Take(Math.Max(0, count))) + "...")),
        ("upcase", Fun((string? text) => text?.ToUpperInvariant())));

    private static ScriptObject Numbers() => Group(
        ("abs", Fun((object? value) => value switch
        {
            null => null,
            int or long => Operations.Fit(Math.Abs(Convert.ToInt64(value, CultureInfo.InvariantCulture))),
            double number => Math.Abs(number),
            _ => throw new ArgumentException($"The value `{value}` is not a number"),
        })),
        ("ceil", Fun((double value) => Math.Ceiling(value))),
        ("floor", Fun((double value) => Math.Floor(value))),
        ("round", Fun((double value, int precision = 0) => Math.Round(value, precision))));

    private static ScriptObject Dates() => Group(
        ("add_days", Fun((DateTime date, double days) => date.AddDays(days))),
        ("add_months", Fun((DateTime date, int months) => date.AddMonths(months))),
        ("to_string", Fun((DateTime? date, string pattern) =>
            date is null ? null : Regex.Replace(pattern, "%.", m => Print(date.Value, m.Value[1])))));

    private static ScriptObject Lists() => Group(
        ("contains", Fun((TemplateContext c, IEnumerable? list, object? item) => Walk(c, Items(list)).Any(i => Equals(i, item)))),
        ("first", Fun((IEnumerable? list) => Items(list).FirstOrDefault())),
        ("last", Fun((IEnumerable? list) => Items(list).LastOrDefault())),
        ("size", Fun((IEnumerable? list) => Items(list).Count())),
        ("join", Fun((TemplateContext c, IEnumerable? list, string? delimiter) => Join(c, Walk(c, Items(list)), delimiter))));

    private static IEnumerable<object?> Items(IEnumerable? list) => list?.Cast<object?>() ?? [];

    private static IEnumerable<object?> Walk(TemplateContext context, IEnumerable<object?> items)
    {
        foreach (var item in items)
        {
            context.Step(default);
            yield return item;
        }
    }

    private static bool Both(string? a, string? b) => !string.IsNullOrEmpty(a) && !string.IsNullOrEmpty(b);

    private static string Truncate(string text, int length, string ellipsis) =>
        text.Length <= length ? text : string.Concat(text.AsSpan(0, Math.Max(0, length - ellipsis.Length)), ellipsis);

    private static string Slice(string text, int start, int? count)
    {
        var length = count ?? text.Length;
        if (start < -text.Length)
            (start, length) = (0, length + start + text.Length);
        var from = start < 0 ? start + text.Length : start;
        return from >= text.Length || length <= 0 ? "" : text.Substring(from, Math.Min(length, text.Length - from));
    }

    private static string Join(TemplateContext context, IEnumerable<object?> items, string? delimiter)
    {
        var text = new StringBuilder();
        foreach (var item in items)
        {
            text.Append(text.Length == 0 ? "" : delimiter).Append(context.ObjectToString(item));
            if (text.Length > context.LimitToString)
                throw new InvalidOperationException($"the text would have more than {context.LimitToString} characters");
        }

        return text.ToString();
    }

    // The specifiers that the docs list, and a few of their kind, each with its .NET format.
    private static readonly Dictionary<char, string> DateFormats =
        ("a ddd|A dddd|b MMM|B MMMM|d dd|D MM/dd/yy|e %d|F yyyy-MM-dd|H HH|I hh|m MM|M mm|p tt|R HH:mm|S ss|T HH:mm:ss|y yy|Y yyyy|% '%'")
        .Split('|').ToDictionary(format => format[0], format => format[2..]);

    private static string Print(DateTime date, char specifier) => DateFormats.TryGetValue(specifier, out var format)
        ? date.ToString(format, CultureInfo.InvariantCulture).PadLeft(specifier == 'e' ? 2 : 0)
        : throw new NotSupportedException(StandIn.Lacks($"%{specifier}"));
}

using System.Globalization;
using Scriban;
using Scriban.Runtime;

namespace Marketing.Core.Templates;

/// <summary>
/// The functions templates may call: Scriban's own, by allow-list, so that a new release adds nothing by itself.
/// Left out on purpose: include and import (other files), object.eval and eval_template (code from data), regex.* (patterns
/// that take for ever), html.* (escaping is not the template's business), date.now, math.random and uuid (the same message
/// must come out at a retry), string.pad_* and array.* that build lists (memory), hashes.
/// </summary>
internal static class TemplateFunctions
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["string"] = ["append", "capitalize", "capitalizewords", "contains", "downcase", "empty", "ends_with", "pluralize", "prepend",
            "remove", "replace", "size", "slice", "starts_with", "strip", "to_double", "to_int", "truncate", "truncatewords", "upcase"],
        ["math"] = ["abs", "ceil", "floor", "format", "round"],
        ["date"] = ["add_days", "add_months", "parse", "to_string"],
        ["array"] = ["contains", "first", "join", "last", "size"],
        ["object"] = ["default"],
    };

    // In place of Scriban's own, for the reason each gives below.
    private static readonly Dictionary<string, Delegate> Own = new()
    {
        ["string.replace"] = new Func<string?, string?, string?, string>(Replace),
        ["math.format"] = new Func<object?, string?, string>(Format),
        ["date.parse"] = new Func<string?, DateTime?>(Parse),
    };

    /// <summary>Shared by all contexts, so it is read-only at both levels: a template must not reach the next recipient's render.</summary>
    public static ScriptObject Builtins { get; } = Restrict(TemplateContext.GetDefaultBuiltinObject());

    public static IEnumerable<string> Groups => Allowed.Keys;

    public static bool IsGroup(string name) => Allowed.ContainsKey(name);

    public static string[] In(string group) => Allowed[group];

    private static ScriptObject Restrict(ScriptObject all)
    {
        var builtins = new ScriptObject();
        foreach (var (group, names) in Allowed)
        {
            var from = (ScriptObject)all[group]!;
            var to = new ScriptObject();
            foreach (var name in names)
            {
                if (Own.TryGetValue($"{group}.{name}", out var own))
                    to.Import(name, own);
                else
                    to[name] = from[name] ?? throw new InvalidOperationException($"Scriban has no {group}.{name}");
            }

            to.IsReadOnly = true;
            builtins[group] = to;
        }

        builtins.IsReadOnly = true;
        return builtins;
    }

    // Scriban's own measures the result after it made it: 16,384 characters replaced by as many each are 256 MB.
    private static string Replace(string? text, string? match, string? with)
    {
        if (string.IsNullOrEmpty(text) || string.IsNullOrEmpty(match))
            return text ?? "";

        with ??= "";
        var matches = text.AsSpan().Count(match);
        if (text.Length + (long)matches * (with.Length - match.Length) > RenderContext.MaxText)
            throw new ArgumentException($"the text would have more than {RenderContext.MaxText} characters");
        return text.Replace(match, with, StringComparison.Ordinal);
    }

    // Scriban's own takes a time without an offset for the server's local time. Fields are UTC, so this is too.
    private static DateTime? Parse(string? text) =>
        DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var date) ? date : null;

    // Scriban's own takes any precision: "N999999999" is a 2 GB string.
    private static string Format(object? value, string? format)
    {
        if (value is null)
            return "";
        if (value is not (int or long or double))
            throw new ArgumentException("math.format needs a number");
        if (format is { Length: > 32 } || (format is { Length: > 3 } && char.IsAsciiLetter(format[0]) && format.AsSpan(1).ContainsOnlyDigits()))
            throw new ArgumentException($"the number format {format} is too long");
        try
        {
            return ((IFormattable)value).ToString(format, CultureInfo.InvariantCulture);
        }
        catch (FormatException)
        {
            throw new ArgumentException($"{format} is not a number format");
        }
    }

    private static bool ContainsOnlyDigits(this ReadOnlySpan<char> text) => !text.ContainsAnyExceptInRange('0', '9');
}

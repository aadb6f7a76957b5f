using System.Collections;
using System.Reflection;
using Scriban.Parsing;
using Scriban.Syntax;

namespace Scriban.Runtime;

public interface IScriptObject
{
    int Count { get; }
    bool IsReadOnly { get; set; }
    IEnumerable<string> GetMembers();
    bool Contains(string member);
    bool Remove(string member);
    void SetReadOnly(string member, bool readOnly);
    IScriptObject Clone(bool deep);
    bool TryGetValue(TemplateContext context, SourceSpan span, string member, out object? value);
    bool CanWrite(string member);
    bool TrySetValue(TemplateContext context, SourceSpan span, string member, object? value, bool readOnly);
}

public class ScriptObject : IScriptObject, IEnumerable
{
    private readonly Dictionary<string, object?> store = [];

    public int Count => store.Count;
    public bool IsReadOnly { get; set; }
    public object? this[string key]
    {
        get => store.GetValueOrDefault(key);
        set => TrySetValue(null!, default, key, value, false);
    }

    public bool TryGetValue(TemplateContext context, SourceSpan span, string member, out object? value) =>
        store.TryGetValue(member, out value);
    public bool CanWrite(string member) => !IsReadOnly;
    public IEnumerable<string> GetMembers() => store.Keys;
    public bool Contains(string member) => store.ContainsKey(member);
    public bool Remove(string member) => store.Remove(member);
    public void Clear() => store.Clear();
    public void SetReadOnly(string member, bool readOnly) => throw new NotSupportedException(StandIn.Lacks(nameof(SetReadOnly)));
    public IScriptObject Clone(bool deep) => throw new NotSupportedException(StandIn.Lacks(nameof(Clone)));
    IEnumerator IEnumerable.GetEnumerator() => store.GetEnumerator();

    public bool TrySetValue(TemplateContext context, SourceSpan span, string member, object? value, bool readOnly)
    {
        if (IsReadOnly)
            throw new InvalidOperationException("The object is read-only");
        store[member] = value;
        return true;
    }
}

public static class ScriptObjectExtensions
{
    public static void Import(this ScriptObject script, string member, Delegate function) => script[member] = new Function(function);
}

/// <summary>A method that templates can call; a first parameter of type TemplateContext is not one of its arguments.</summary>
internal sealed class Function(Delegate function)
{
    private readonly ParameterInfo[] parameters = function.Method.GetParameters();

    public object? Call(TemplateContext context, ScriptNode caller, IReadOnlyList<ScriptExpression> arguments)
    {
        var own = parameters is [{ ParameterType: var first }, ..] && first == typeof(TemplateContext) ? 1 : 0;
        if (own + arguments.Count > parameters.Length || parameters.Skip(own + arguments.Count).Any(p => !p.HasDefaultValue))
            throw new ScriptRuntimeException(caller.Span, $"Invalid number of arguments `{arguments.Count}`");

        var values = Array.ConvertAll(parameters, p => p.DefaultValue);
        if (own == 1)
            values[0] = context;
        for (var i = 0; i < arguments.Count; i++)
        {
            var value = context.Evaluate(arguments[i]);
            values[own + i] = Operations.Convert(context, arguments[i].Span, value, parameters[own + i].ParameterType);
        }

        return function.Method.Invoke(function.Target, BindingFlags.DoNotWrapExceptions, null, values, null);
    }
}

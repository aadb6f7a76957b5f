using Scriban.Syntax;

namespace Marketing.Core.Templates;

/// <summary>The part of <see cref="TemplateCheck"/> that knows names: which exist, what may follow them, and what was probably meant.</summary>
internal sealed class TemplatePaths(List<TemplateError> errors, Action<ScriptNode?> checkExpression)
{
    // Attributes are not nested deeper; each step is a call on the stack, here and when it runs.
    private const int MaxLength = 20;

    private static readonly string[] LoopFields = ["index", "rindex", "length", "first", "last", "even", "odd", "changed"];

    // Item: from attributes, so it may be a value, and may have fields.
    private enum Kind { Value, User, Attributes, Item, Loop, Functions, Wrong }

    /// <summary>The variables that surely have a value where the check stands.</summary>
    public HashSet<string> Variables { get; set; } = [];

    /// <summary>The variables of the loops the check is in.</summary>
    public Stack<string> Loops { get; } = [];

    public bool IsReserved(string name) =>
        RecipientFields.Names.Contains(name) || name is "user" or "attributes" or "for" || TemplateFunctions.IsGroup(name) || Loops.Contains(name);

    /// <summary>Checks a name or path that stands for a value.</summary>
    public void Value(ScriptExpression path)
    {
        if (Length(path) > MaxLength)
        {
            Refuse(path, $"more than {MaxLength} steps in one path");
            return;
        }

        var advice = KindOf(path) switch
        {
            Kind.User => "user is not a value; write user.first_name",
            Kind.Attributes => "attributes is not a value; write attributes.name",
            Kind.Loop => "for is not a value; write for.index",
            Kind.Functions => "a function is written after a value: {{ first_name | string.upcase }}",
            _ => null,
        };
        if (advice is not null)
            Refuse(path, advice);
    }

    /// <summary>Checks the name of a function that is called.</summary>
    public void Function(ScriptFunctionCall call)
    {
        if (call.Target is ScriptMemberExpression { Target: ScriptVariableGlobal group, Member: { } name } && TemplateFunctions.IsGroup(group.Name))
        {
            if (!TemplateFunctions.In(group.Name).Contains(name.Name))
                Refuse(name, $"unknown function {group.Name}.{name.Name}{Hint(name.Name, TemplateFunctions.In(group.Name), group.Name + ".")}");
        }
        else if (call.Target is ScriptVariableGlobal variable)
        {
            Refuse(variable, IsReserved(variable.Name) || Variables.Contains(variable.Name)
                ? $"{variable.Name} is not a function; one {{{{ }}}} prints one value"
                : Unknown("function", variable.Name));
        }
        else if (call.Target is not null)
        {
            if (call.Target is ScriptMemberExpression or ScriptIndexerExpression)
                Value(call.Target);
            Refuse(call.Target, "this is not a function; one {{ }} prints one value");
        }
    }

    private Kind KindOf(ScriptExpression? path)
    {
        switch (path)
        {
            case ScriptVariableGlobal variable:
                return KindOf(variable);
            case ScriptMemberExpression { Target: { } target, Member: { } member }:
                return Member(KindOf(target), target, member);
            case ScriptIndexerExpression { Target: { } target } indexer:
                checkExpression(indexer.Index);
                var kind = KindOf(target);
                return kind is Kind.Attributes or Kind.Item ? Kind.Item : kind is Kind.Wrong ? kind : Wrong(target, "[ ] reads attributes only, as in attributes[\"plan\"]");
            default:
                return Wrong(path!, "only user, attributes and the variable of a loop have fields");
        }
    }

    private Kind KindOf(ScriptVariableGlobal variable) => variable.Name switch
    {
        "user" => Kind.User,
        "attributes" => Kind.Attributes,
        "for" when Loops.Count > 0 => Kind.Loop,
        "for" => Wrong(variable, "for is known inside a loop only"),
        var name when RecipientFields.Names.Contains(name) || Variables.Contains(name) => Kind.Value,
        var name when Loops.Contains(name) => Kind.Item,
        var name when TemplateFunctions.IsGroup(name) => Kind.Functions,
        var name => Wrong(variable, Unknown("field", name)),
    };

    private Kind Member(Kind target, ScriptExpression path, ScriptVariable member)
    {
        var name = member.Name;
        return target switch
        {
            Kind.User when name == "attributes" => Kind.Attributes,
            Kind.User when RecipientFields.Names.Contains(name) => Kind.Value,
            Kind.User => Wrong(member, $"unknown field {name}{Hint(name, RecipientFields.Names)}"),
            Kind.Attributes or Kind.Item => Kind.Item,
            Kind.Loop when LoopFields.Contains(name) => Kind.Value,
            Kind.Loop => Wrong(member, $"unknown field for.{name}{Hint(name, LoopFields, "for.")}"),
            Kind.Functions => Kind.Functions,
            Kind.Value => Wrong(path, "only user, attributes and the variable of a loop have fields"),
            _ => Kind.Wrong,
        };
    }

    private static int Length(ScriptExpression? path)
    {
        var length = 0;
        for (; path is ScriptMemberExpression or ScriptIndexerExpression; length++)
            path = path is ScriptMemberExpression member ? member.Target : ((ScriptIndexerExpression)path).Target;
        return length;
    }

    private string Unknown(string what, string name)
    {
        if (TemplateFunctions.Groups.FirstOrDefault(g => TemplateFunctions.In(g).Contains(name)) is { } group)
            return $"unknown {what} {name}; did you mean {group}.{name}?";
        return $"unknown {what} {name}{Hint(name, [.. RecipientFields.Names, "user", "attributes", .. Variables, .. Loops, .. TemplateFunctions.Groups])}";
    }

    // A third of the letters, one at least, may be mistyped.
    private static string Hint(string name, IEnumerable<string> known, string prefix = "") =>
        NearMiss.Find(name, known, _ => Math.Max(1, name.Length / 3)) is { } near ? $"; did you mean {prefix}{near}?" : "";

    private Kind Wrong(ScriptNode node, string message)
    {
        Refuse(node, message);
        return Kind.Wrong;
    }

    private void Refuse(ScriptNode node, string message) => errors.Add(new TemplateError(node.Span.Start, message));
}

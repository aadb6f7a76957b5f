using System.Text.Json;
using Scriban;
using Scriban.Parsing;
using Scriban.Runtime;
using Scriban.Syntax;

namespace Marketing.Core.Templates;

/// <summary>A read-only object of the scripting language.</summary>
internal abstract class ReadOnlyFields : IScriptObject
{
    public abstract bool TryGetValue(TemplateContext context, SourceSpan span, string member, out object? value);

    public int Count => 0;
    public bool IsReadOnly { get => true; set { } }
    public IEnumerable<string> GetMembers() => [];
    public virtual bool Contains(string member) => false;
    public bool CanWrite(string member) => false;
    public bool TrySetValue(TemplateContext context, SourceSpan span, string member, object? value, bool readOnly) => false;
    public bool Remove(string member) => false;
    public void SetReadOnly(string member, bool readOnly) { }
    public IScriptObject Clone(bool deep) => this;
}

/// <summary>The names at the root of a template, and of <c>user</c>. Reads straight from the model: nothing is copied for a recipient.</summary>
internal sealed class RecipientFields : ReadOnlyFields
{
    public static readonly string[] Names =
        ["first_name", "last_name", "username", "language", "user_tier", "region", "last_trade_at", "created_at"];

    private TemplateModel model = TemplateModel.Blank;

    public void Show(TemplateModel recipient) => model = recipient;

    public override bool Contains(string member) => member is "user" or "attributes" || Names.Contains(member);

    public override bool TryGetValue(TemplateContext context, SourceSpan span, string member, out object? value)
    {
        value = member switch
        {
            "first_name" => model.FirstName,
            "last_name" => model.LastName,
            "username" => model.Username,
            "language" => model.Language,
            "user_tier" => model.UserTier,
            "region" => model.Region,
            "last_trade_at" => model.LastTradeAt?.UtcDateTime,
            "created_at" => model.CreatedAt?.UtcDateTime,
            "attributes" => new AttributeFields(model.Attributes),
            "user" => this,
            _ => null,
        };
        return value is not null || Names.Contains(member);
    }
}

/// <summary>A JSON object of a recipient's attributes. A key that is not there is empty, since attributes differ from user to user.</summary>
internal sealed class AttributeFields(JsonElement json) : ReadOnlyFields
{
    // A list is copied when it is read; the loop limit of a render would end a longer one anyway.
    private const int MaxList = 1_000;

    public override bool TryGetValue(TemplateContext context, SourceSpan span, string member, out object? value)
    {
        value = null;
        if (json.ValueKind != JsonValueKind.Object)
            return true;

        // A lookup goes through the keys one by one.
        ((RenderContext)context).Charge(span, json.GetPropertyCount() / 16);
        if (json.TryGetProperty(member, out var found))
            value = Value(found, span);
        return true;
    }

    public override string ToString() => json.ValueKind == JsonValueKind.Undefined ? "" : json.GetRawText();

    private static object? Value(JsonElement json, SourceSpan span) => json.ValueKind switch
    {
        JsonValueKind.String => json.GetString(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => Number(json),
        JsonValueKind.Object => new AttributeFields(json),
        JsonValueKind.Array when json.GetArrayLength() > MaxList =>
            throw new ScriptRuntimeException(span, $"the attribute lists more than {MaxList} values"),
        JsonValueKind.Array => json.EnumerateArray().Select(item => Value(item, span)).ToList(),
        _ => null,
    };

    private static object Number(JsonElement json)
    {
        if (json.TryGetInt32(out var small))
            return small;
        if (json.TryGetInt64(out var large))
            return large;
        return json.GetDouble();
    }
}

using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Marketing.Functions.Tests.Deployment;
using NJsonSchema;
using YamlDotNet.Serialization;

namespace Marketing.Functions.Tests.OpenApi;

/// <summary>docs/openapi.yaml, as far as a test asks it: which operations there are, and whether an answer is as it says.</summary>
internal sealed partial class OpenApiDocument
{
    private static readonly Lazy<OpenApiDocument> Loaded = new(() => new OpenApiDocument(Read()));

    private readonly JsonObject root;
    private readonly List<(Regex Path, string Template)> paths;
    private readonly ConcurrentDictionary<string, Task<JsonSchema>> schemas = new();

    private OpenApiDocument(JsonObject root)
    {
        this.root = root;
        // A path without a parameter goes before one that would match it as well.
        paths = [.. Paths.Select(p => p.Key).OrderBy(p => p.Contains('{', StringComparison.Ordinal))
            .Select(p => (new Regex($"^{PathParameter().Replace(p, "[^/]+")}$"), p))];
        Tighten();
    }

    public static OpenApiDocument Instance => Loaded.Value;

    /// <summary>"POST /api/v1/conversions".</summary>
    public IEnumerable<string> Operations =>
        from path in Paths
        from operation in path.Value!.AsObject()
        where operation.Key is "get" or "put" or "post" or "delete" or "options" or "head" or "patch" or "trace"
        select $"{operation.Key.ToUpperInvariant()} {path.Key}";

    /// <summary>The members of an operation's JSON body.</summary>
    public IEnumerable<string> BodyMembers(string operation) =>
        Resolve(Paths[operation.Split(' ')[1]]![operation.Split(' ')[0].ToLowerInvariant()]!["requestBody"]) is { } body
        && Resolve(body["content"]?["application/json"]?["schema"])?["properties"] is JsonObject members
            ? members.Select(member => member.Key) : [];

    /// <summary>What is wrong with an answer; null when it is as documented, or no answer of a documented operation.</summary>
    public async Task<string?> FaultOfAsync(string method, string path, int status, string? mediaType, string body)
    {
        if (paths.Find(p => p.Path.IsMatch(path)).Template is not { } template
            || Paths[template]![method.ToLowerInvariant()]?["responses"] is not JsonObject responses)
            return null;
        if (Resolve(responses[status.ToString(CultureInfo.InvariantCulture)] ?? responses["default"]) is not { } response)
            return "the status is not documented";
        if (response["content"] is not JsonObject content)
            return body.Length == 0 ? null : "no content is documented";
        if (mediaType is null || content.FirstOrDefault(c => c.Key.Split(';')[0] == mediaType).Value is not { } media)
            return $"the media type {mediaType} is not documented";
        if (!(mediaType == "application/json" || mediaType.EndsWith("+json", StringComparison.Ordinal)) || media["schema"] is not { } schema)
            return null;
        var errors = (await SchemaAsync(schema)).Validate(body);
        return errors.Count == 0 ? null : string.Join("; ", errors.Select(e => e.ToString()));
    }

    private JsonObject Paths => root["paths"]!.AsObject();

    private JsonNode? Resolve(JsonNode? node) => node?["$ref"]?.GetValue<string>() is not { } reference ? node
        : reference.Split('/').Skip(1).Aggregate((JsonNode?)root, (at, name) => at?[name]);

    private Task<JsonSchema> SchemaAsync(JsonNode schema) => schemas.GetOrAdd(schema.ToJsonString(), text =>
    {
        var alone = new JsonObject
        {
            ["allOf"] = new JsonArray(JsonNode.Parse(text)),
            ["definitions"] = root["components"]!["schemas"]!.DeepClone(),
        };
        return JsonSchema.FromJsonAsync(alone.ToJsonString().Replace("#/components/schemas/", "#/definitions/", StringComparison.Ordinal));
    });

    /// <summary>
    /// A member that an answer has and its schema does not name is a fault, though JSON Schema allows it: callers would learn of
    /// it from nowhere. Schemas that others extend stay open.
    /// </summary>
    private void Tighten()
    {
        var nodes = Objects(root).ToList();
        var extended = nodes.Select(node => node["allOf"]).OfType<JsonArray>().SelectMany(all => all)
            .Select(part => Resolve(part)!).ToHashSet();
        foreach (var node in nodes)
        {
            // The validator knows draft 4, which has no const.
            if (node["const"] is { } only && node.Remove("const"))
                node["enum"] = new JsonArray(only.DeepClone());
            if (node["properties"] is JsonObject && node["type"] is JsonValue && node["additionalProperties"] is null && !extended.Contains(node))
                node["additionalProperties"] = false;
        }
    }

    private static IEnumerable<JsonObject> Objects(JsonNode? node) => node switch
    {
        JsonObject parent => parent.Select(member => member.Value).SelectMany(Objects).Prepend(parent),
        JsonArray list => list.SelectMany(Objects),
        _ => [],
    };

    private static JsonObject Read()
    {
        var yaml = File.ReadAllText(Path.Combine(Repository.Root, "docs", "openapi.yaml"));
        var tree = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build().Deserialize(yaml);
        return ToJson(tree)!.AsObject();
    }

    private static JsonNode? ToJson(object? value) => value switch
    {
        null => null,
        Dictionary<object, object?> map => new JsonObject(map.Select(m => KeyValuePair.Create($"{m.Key}", ToJson(m.Value)))),
        List<object?> list => new JsonArray([.. list.Select(ToJson)]),
        _ => JsonValue.Create(value),
    };

    [GeneratedRegex("\\{[^}]+\\}")]
    private static partial Regex PathParameter();
}

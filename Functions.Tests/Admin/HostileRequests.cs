using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Marketing.Functions.Tests.OpenApi;

namespace Marketing.Functions.Tests.Admin;

/// <summary>
/// Requests that nobody means well with, from a seed: wrong types, deep nesting, huge numbers, invalid UTF-8, SQL, template and
/// path tricks. Each that could change something has a fault of its own, so that a service without defects refuses it.
/// </summary>
internal sealed class HostileRequests(Uri root, int seed)
{
    private static readonly string[] Texts =
    [
        "'; DROP TABLE users; --", "1 OR 1=1", "\" OR \"\"=\"", "$1", "@id", "\\'; SELECT pg_sleep(30); --", "%' UNION SELECT token_sha256 FROM admin_tokens --",
        "{{ 7 * 7 }}", "{{ for i in 1..1000000000 }}x{{ end }}", "{{ include 'x' }}", "{{ (0..100000000) | array.size }}", "<script>alert(1)</script>",
        "../../../../etc/passwd", "..\\..\\web.config", "%2e%2e%2f", "file:///etc/passwd", "javascript:alert(1)", "http://169.254.169.254/",
        "\0", "a\0b", "\ud83d", "\udc00x", "\u202Egnp.exe", "💥", "İ", "ﷺ", "-1", "0", "1e400", "NaN", "9223372036854775808", "null", "true", "", " ",
        "2026-13-45T99:99:99Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.9999999Z", "2026-01-01T00:00:00+99:00", "__proto__", "constructor",
    ];

    private static readonly string[] Raw =
    [
        "", " ", "null", "true", "[]", "{}", "\"text\"", "1e999", "{", "{\"a\":", "[1,", "{\"a\":1,\"a\":2}", "{\"title\":\"a\",\"title\":\"b\"}", "\uFEFF{}", "{\"\\u0000\":1}",
        "{} {}", "//x\n{}", "{\"a\":01}", "{'a':1}", "<xml/>", "a=b&c=d", "{\"a\":\"\\ud83d\"}",
    ];

    // What each operation refuses in the end, whatever the rest of its body is. The others get a member that nobody knows.
    private static readonly Dictionary<string, (string Member, string Json)> Faults = new()
    {
        ["POST /api/v1/admin/templates"] = ("cta_buttons", """[{"label":"x","action":"open","url":"javascript:alert(1)"}]"""),
        ["PUT /api/v1/admin/templates/{id}"] = ("cta_buttons", """[{"label":"x","action":"open","url":"javascript:alert(1)"}]"""),
        ["POST /api/v1/admin/broadcasts"] = ("template_id", "\"00000000-0000-0000-0000-000000000001\""),
        ["PUT /api/v1/admin/broadcasts/{id}"] = ("template_id", "\"00000000-0000-0000-0000-000000000001\""),
        ["POST /api/v1/conversions/batch"] = ("conversions", "[]"),
        ["POST /api/v1/admin/conversion-links"] = ("event", "\"two words\""),
        ["POST /api/v1/conversions"] = ("user_id", "\"00000000-0000-0000-0000-000000000001\""),
    };

    private readonly Random random = new(seed);

    public HttpRequestMessage Next(string operation)
    {
        var (method, path) = (operation.Split(' ')[0], operation.Split(' ')[1]);
        var address = string.Join('/', path.Split('/').Select(part => part.Contains('{', StringComparison.Ordinal) ? Segment(part) : part));
        if (random.Next(3) == 0)
            address += "?" + string.Join('&', Enumerable.Range(0, random.Next(1, 5)).Select(_ => $"{Query()}={Uri.EscapeDataString(Clean(Text()))}"));
        // Paths must arrive as they are: Uri would resolve the dots.
        var request = new HttpRequestMessage(new HttpMethod(method), new Uri(
            root.GetLeftPart(UriPartial.Authority) + address, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        if (method is "POST" or "PUT" or "PATCH")
            request.Content = Body(operation);
        return request;
    }

    private string Segment(string parameter) => random.Next(4) switch
    {
        0 => Guid.CreateVersion7().ToString(),
        1 => new string('a', random.Next(1, 3000)),
        2 => "%F0%28%8C%28", // not UTF-8
        _ => Uri.EscapeDataString(Clean(Text())) is { Length: > 0 } text ? text : parameter,
    };

    private string Query() => random.Next(2) == 0
        ? Pick("limit", "cursor", "status", "state", "from", "to", "dry_run", "search", "format", "tier")
        : Uri.EscapeDataString(Clean(Text()) + "x");

    private ByteArrayContent Body(string operation)
    {
        var bytes = random.Next(6) switch
        {
            0 => Encoding.UTF8.GetBytes(Pick(Raw)),
            1 => [.. "{\"title\":\""u8, 0xC3, 0x28, 0xF0, 0x9F, .. "\"}"u8],
            2 => Encoding.UTF8.GetBytes(Nested(random.Next(20, 5000))),
            _ => Encoding.UTF8.GetBytes(Shaped(operation)),
        };
        return new ByteArrayContent(bytes)
        {
            Headers = { ContentType = MediaTypeHeaderValue.Parse(Pick("application/json", "application/json", "application/x-ndjson", "text/csv", "text/plain")) },
        };
    }

    private string Nested(int depth) => random.Next(2) == 0
        ? new string('[', depth) + new string(']', depth)
        : $$"""{"cohort_query":{{string.Concat(Enumerable.Repeat("{\"not\":", depth))}}{}{{new string('}', depth)}}}""";

    /// <summary>The members that the operation knows, with values that it does not expect.</summary>
    private string Shaped(string operation)
    {
        var body = new JsonObject();
        foreach (var member in OpenApiDocument.Instance.BodyMembers(operation))
            if (random.Next(4) > 0)
                body[member] = Value(3);
        var (name, json) = Faults.GetValueOrDefault(operation, ($"no_such_{random.Next()}", "1"));
        body[name] = JsonNode.Parse(json);
        return body.ToJsonString();
    }

    private JsonNode? Value(int depth) => random.Next(depth > 0 ? 9 : 7) switch
    {
        0 => null,
        1 => random.Next(2) == 0,
        2 => JsonNode.Parse(Pick("1e400", "-1", "9223372036854775808", "0.1", "-0", "123456789012345678901234567890")),
        3 => Guid.CreateVersion7().ToString(),
        4 => new string('x', random.Next(1, 20_000)),
        5 or 6 => Clean(Text()),
        7 => new JsonArray([.. Enumerable.Range(0, random.Next(4)).Select(_ => Value(depth - 1))]),
        _ => new JsonObject(Enumerable.Range(0, random.Next(4)).Select(_ => Key()).Distinct().Select(k => KeyValuePair.Create(k, Value(depth - 1)))),
    };

    private string Key() => random.Next(2) == 0 ? Clean(Text())
        : Pick("all", "any", "not", "in", "ne", "gt", "within", "user_tier", "no_trades_7d", "attributes.a'b", "attributes.", "clicked", "label", "action", "url", "sample");

    private string Text() => Pick(Texts) + (random.Next(5) == 0 ? random.Next().ToString(CultureInfo.InvariantCulture) : "");

    // A lone surrogate cannot be encoded; in a body it goes as an escape (see Raw).
    private static string Clean(string text) => new(text.Where(c => !char.IsSurrogate(c)).ToArray());

    private string Pick(params string[] choices) => choices[random.Next(choices.Length)];
}

using System.Security.Cryptography;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Marketing.Core.Cohorts;
using Marketing.Core.Cta;
using Marketing.Core.Templates;
using Telegram.Bot;
using Telegram.Bot.Types;

namespace Marketing.Bench;

/// <summary>For BenchmarkDotNet, which derives a class from it: the parts that need no database, and the bare operation beneath each.</summary>
public class PureParts
{
    private const long Chat = 1_000_000_001;

    private readonly string cohortJson = """
        {"user_tier":"premium","region":{"in":["EU","US"]},"no_trades_7d":true,"any":[{"attributes.balance":{"gte":500}},{"not":{"language":"en"}}]}
        """;

    private readonly byte[] press = JsonSerializer.SerializeToUtf8Bytes(new
    {
        update_id = 1,
        callback_query = new
        {
            id = "1", from = new { id = Chat, is_bot = false, first_name = "Ada", language_code = "en" }, chat_instance = "1",
            message = new { message_id = 1, chat = new { id = Chat, first_name = "Ada", type = "private" }, date = 1_700_000_000, text = BenchMessage.Text(Chat) },
            data = new CallbackData(Guid.CreateVersion7(), Guid.CreateVersion7()).ToString(),
        },
    });

    private readonly string content = BenchMessage.Template;
    private readonly CompiledTemplate template = CompiledTemplate.Compile(BenchMessage.Template, "/content");
    private readonly LinkTokens tokens = new(MarketingApi.Options(MarketingApi.Settings("Host=nowhere", null, 1, null)));
    private readonly CtaLink link = new(Guid.CreateVersion7(), 123_456, Guid.CreateVersion7());
    private readonly JsonElement cohort;
    private readonly DateTimeOffset now = TimeProvider.System.GetUtcNow();
    private readonly byte[] key = new byte[32];
    private readonly byte[] payload = new byte[36];
    private readonly string token;

    public PureParts() => (token, cohort) = (tokens.Sign(link), JsonElement.Parse(cohortJson));

    [Benchmark]
    public string Render() => template.Render(TemplateModel.Sample);

    [Benchmark]
    public string Replace() => content
        .Replace("{{ first_name }}", "Ada", StringComparison.Ordinal).Replace("{{ user_tier }}", "premium", StringComparison.Ordinal);

    [Benchmark]
    public CohortSql CompileCohort() => CohortCompiler.Compile(CohortParser.Parse(cohort, "/cohort_query"), now);

    [Benchmark]
    public JsonElement ParseCohortJson() => JsonElement.Parse(cohortJson);

    [Benchmark]
    public string SignToken() => tokens.Sign(link);

    [Benchmark]
    public CtaLink? ReadToken() => tokens.Read(token);

    [Benchmark]
    public byte[] Hmac() => HMACSHA256.HashData(key, payload);

    [Benchmark]
    public Update? ParseUpdate() => JsonSerializer.Deserialize<Update>(press, JsonBotAPI.Options);

    [Benchmark]
    public void ParseUpdateJson()
    {
        using var _ = JsonDocument.Parse(press);
    }
}

using System.Text;
using Marketing.Core.Audience;
using Marketing.Core.Tests.Fixtures;

namespace Marketing.Core.Tests.Audience;

public sealed class NdjsonImportTests(DatabaseFixture database) : AudienceTests(database)
{
    [Fact]
    public async Task Ndjson_AllMembers_StoresEachInItsPlace()
    {
        var result = await NdjsonAsync(
            "\uFEFF" + """{"telegram_user_id": 42, "chat_id": "43", "first_name": "Ada", "username": "@ada", "region": null,""" +
            """ "last_trade_at": "2026-02-01", "balance": 12.50, "tags": ["a", {"b": "\u00e9"}], "gone": null,""" +
            """ "attributes": {"region": "kept apart", "vip": true}}""" + "\r\n\r\n" +
            """{"telegram_user_id": "44"}""");

        Assert.Equal((2, 0, 0), (result.Inserted, result.Updated, result.RejectedTotal));
        var user = await UserAsync(42);
        Assert.Equal((43, "Ada", "ada", null), (user.ChatId, user.FirstName, user.Username, user.Region));
        Assert.Equal(new DateTimeOffset(2026, 2, 1, 0, 0, 0, TimeSpan.Zero), user.LastTradeAt);
        Assert.Equal(
            """{"vip": true, "gone": null, "tags": ["a", {"b": "é"}], "region": "kept apart", "balance": 12.50}""",
            user.Attributes.GetRawText());
        Assert.Equal(44, (await UserAsync(44)).ChatId);
    }

    [Theory]
    [InlineData("""{"telegram_user_id": 5""", "malformed JSON at byte 23")]
    [InlineData("telegram_user_id,first_name", "malformed JSON at byte 2")]
    [InlineData("[5]", "not a JSON object")]
    [InlineData("""{"telegram_user_id": 5} {"telegram_user_id": 6}""", "malformed JSON at byte 25")]
    [InlineData("""{"first_name": "Ada"}""", "telegram_user_id: missing")]
    [InlineData("""{"telegram_user_id": null}""", "telegram_user_id: missing")]
    [InlineData("""{"telegram_user_id": "abc"}""", "telegram_user_id: \"abc\" is not a whole number")]
    [InlineData("""{"telegram_user_id": 1.5}""", "telegram_user_id: \"1.5\" is not a whole number")]
    [InlineData("""{"telegram_user_id": true}""", "telegram_user_id: \"true\" is not a string")]
    [InlineData("""{"telegram_user_id": 5, "region": ["EU"]}""", "region: \"[\"EU\"]\" is not a string")]
    [InlineData("""{"telegram_user_id": 5, "deep": [[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]}""", "deep: is nested more than 16 deep")]
    [InlineData("""{"telegram_user_id": 5, "attributes": {"deep": [[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]}}""", "deep: is nested more than 16 deep")]
    [InlineData("""{"telegram_user_id": 5, "attributes": 3}""", "attributes: \"3\" is not a JSON object")]
    [InlineData("""{"telegram_user_id": 5, "last_trade_at": "soon"}""", "last_trade_at: \"soon\" is not an ISO 8601 date or time")]
    [InlineData("""{"telegram_user_id": 5, "region": "a\u0000b"}""", "region: \"a\\0b\" contains a NUL character")]
    [InlineData("""{"telegram_user_id": 5, "x": {"y": ["\u0000"]}}""", "x: contains a NUL character")]
    [InlineData("""{"telegram_user_id": 5, "x": {"\u0000": 1}}""", "x: contains a NUL character")]
    [InlineData("""{"telegram_user_id": 5, "\u0000": 1}""", "\"\\0\": the name contains a NUL character")]
    [InlineData("""{"telegram_user_id": 5, "x": 1e400}""", "x: \"1e400\" is out of range")]
    [InlineData("""{"telegram_user_id": 5, "x": 1e-99999999999}""", "x: \"1e-99999999999\" is out of range")]
    public async Task Ndjson_BadLine_IsReportedAndTheOthersKept(string line, string reason)
    {
        var result = await NdjsonAsync($"{{\"telegram_user_id\": 1}}\n{line}\n{{\"telegram_user_id\": 2}}\n");

        Assert.Equal([(2, reason)], Rejected(result));
        Assert.Equal([1, 2], await StoredAsync());
    }

    [Theory]
    [InlineData("""{"telegram_user_id": 5, "x": "\ud800"}""")]
    [InlineData("""{"telegram_user_id": 5, "region": "\udc00"}""")]
    [InlineData("""{"telegram_user_id": 5, "\ud800": 1}""")]
    public async Task Ndjson_HalfASurrogatePair_IsReportedAndTheOthersKept(string line)
    {
        var result = await NdjsonAsync($"{{\"telegram_user_id\": 1}}\n{line}\n");

        Assert.StartsWith("half a surrogate pair at byte ", Assert.Single(result.Rejected).Reason, StringComparison.Ordinal);
        Assert.Equal([1], await StoredAsync());
    }

    [Fact]
    public async Task Ndjson_ExtremesThatJsonbTakes_AreStored()
    {
        await NdjsonAsync($$"""{"telegram_user_id": 5, "big": 1e308, "small": 1e-308, "long": {{new string('9', 4_000)}}, "": 1, "pair": "\ud83d\ude00"}""");

        var attributes = (await UserAsync(5)).Attributes;
        Assert.Equal(1e308, attributes.GetProperty("big").GetDouble());
        Assert.Equal("😀", attributes.GetProperty("pair").GetString());
    }

    [Fact]
    public async Task Ndjson_NotUtf8_IsReportedWithItsByte()
    {
        byte[] body = [.. "{\"telegram_user_id\":1}\n{\"telegram_user_id\":2,\"x\":\""u8, 0xC3, 0x28, .. "\"}\n"u8];
        var result = await Importer.ImportAsync(new MemoryStream(body), ImportFormat.Ndjson, dryRun: false, CancellationToken.None);

        Assert.Equal([(2, "byte 28 (0xC3) is not UTF-8")], Rejected(result));
    }

    [Fact]
    public async Task Ndjson_ValueOver4KbOrLineOver64Kb_IsRejected()
    {
        var text = new StringBuilder()
            .AppendLine($$"""{"telegram_user_id": 1, "x": "{{new string('x', 4_094)}}"}""")
            .AppendLine($$"""{"telegram_user_id": 2, "x": "{{new string('x', 4_095)}}"}""")
            .AppendLine($$"""{"telegram_user_id": 3, "region": "{{new string('x', 4_097)}}"}""")
            .AppendLine($$"""{"telegram_user_id": 4, "x": "{{new string('x', 300_000)}}"}""")
            .AppendLine("""{"telegram_user_id": 5}""");
        var result = await NdjsonAsync(text.ToString());

        Assert.Equal([2, 3, 4], Rejected(result).Select(r => r.Line));
        Assert.Equal("longer than 65536 bytes", result.Rejected[2].Reason);
        Assert.Equal([1, 5], await StoredAsync());
    }

    [Fact]
    public async Task Ndjson_EmptyBody_ImportsNobody() => Assert.Equal(0, (await NdjsonAsync("")).Inserted);
}

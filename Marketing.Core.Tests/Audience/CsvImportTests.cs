using System.Text;
using Marketing.Core.Audience;
using Marketing.Core.Tests.Fixtures;

namespace Marketing.Core.Tests.Audience;

public sealed class CsvImportTests(DatabaseFixture database) : AudienceTests(database)
{
    [Fact]
    public async Task Csv_AllColumns_StoresEachInItsPlace()
    {
        var result = await CsvAsync("""
            telegram_user_id,chat_id,first_name,last_name,username,language,user_tier,region,last_trade_at,created_at,plan
            42,-100123,Ada,Lovelace,@ada,en,premium,EU,2026-02-01T10:00:00+02:00,2025-01-02,gold
            """);

        Assert.Equal((1, 0, 0, 0), (result.Inserted, result.Updated, result.Duplicates, result.RejectedTotal));
        var user = await UserAsync(42);
        Assert.Equal(7, user.Id.Version);
        Assert.Equal(-100123, user.ChatId);
        Assert.Equal(("Ada", "Lovelace", "ada"), (user.FirstName, user.LastName, user.Username));
        Assert.Equal(("en", "premium", "EU"), (user.Language, user.UserTier, user.Region));
        Assert.Equal(new DateTimeOffset(2026, 2, 1, 8, 0, 0, TimeSpan.Zero), user.LastTradeAt);
        Assert.Equal(new DateTimeOffset(2025, 1, 2, 0, 0, 0, TimeSpan.Zero), user.CreatedAt);
        Assert.Equal("""{"plan": "gold"}""", user.Attributes.GetRawText());
        Assert.Equal(Now, user.UpdatedAt);
    }

    [Fact]
    public async Task Csv_OnlyTheId_TakesTheDefaults()
    {
        await CsvAsync("telegram_user_id,first_name\n42,\n");

        var user = await UserAsync(42);
        Assert.Equal(42, user.ChatId);
        Assert.Null(user.FirstName);
        Assert.Equal(Now, user.CreatedAt);
        Assert.Equal("{}", user.Attributes.GetRawText());
    }

    [Theory]
    [InlineData("100", "100")]
    [InlineData("-12.50", "-12.50")]
    [InlineData("0", "0")]
    [InlineData("0.1", "0.1")]
    [InlineData("123456789012345", "123456789012345")]
    [InlineData("true", "true")]
    [InlineData("FALSE", "false")]
    [InlineData("007", "\"007\"")]
    [InlineData("+4420", "\"+4420\"")]
    [InlineData("1234567890123456", "\"1234567890123456\"")]
    [InlineData("12345678.90123456", "\"12345678.90123456\"")]
    [InlineData("1e6", "\"1e6\"")]
    [InlineData(".5", "\".5\"")]
    [InlineData("5.", "\"5.\"")]
    [InlineData("-", "\"-\"")]
    [InlineData("1 000", "\"1 000\"")]
    [InlineData("zażółć 😀 </b>", "\"zażółć 😀 </b>\"")]
    public async Task Csv_OtherColumn_BecomesAnAttributeOfItsType(string cell, string json)
    {
        await CsvAsync($"telegram_user_id,value\n1,{cell}\n");

        Assert.Equal(json, (await UserAsync(1)).Attributes.GetProperty("value").GetRawText());
    }

    [Theory]
    [InlineData("2026-02-01", "2026-02-01T00:00:00Z")]
    [InlineData("2026-02-01T10:20:30", "2026-02-01T10:20:30Z")]
    [InlineData("2026-02-01T10:20:30Z", "2026-02-01T10:20:30Z")]
    [InlineData("2026-02-01 10:20:30", "2026-02-01T10:20:30Z")]
    [InlineData("2026-02-01T10:20", "2026-02-01T10:20:00Z")]
    [InlineData("2026-02-01T10:20:30.125-05:00", "2026-02-01T15:20:30.125Z")]
    public async Task Csv_LastTradeAt_ReadsIso8601AsUtc(string cell, string expected)
    {
        await CsvAsync($"telegram_user_id,last_trade_at\n1,{cell}\n");

        Assert.Equal(DateTimeOffset.Parse(expected, null), (await UserAsync(1)).LastTradeAt);
    }

    [Theory]
    [InlineData("\uFEFFTelegram_User_Id,\"first_name\",note\r\n1,\"O\"\"Neil, x; y\",\"two\r\nlines\"\r\n\r\n2,5\" pipe,z\r\n")]
    [InlineData("telegram_user_id;first_name;\"note\"\n1;\"O\"\"Neil, x; y\";\"two\r\nlines\"\n2;5\" pipe;\"z\"")]
    [InlineData("\r\ntelegram_user_id\tfirst_name\tnote\r\n1\tO\"Neil, x; y\t\"two\r\nlines\"\r\n2\t5\" pipe\t\r\n")]
    public async Task Csv_MarkCrlfQuotesAndAnyDelimiter_AreRead(string text)
    {
        var result = await CsvAsync(text);

        Assert.Empty(result.Rejected);
        Assert.Equal("O\"Neil, x; y", (await UserAsync(1)).FirstName);
        Assert.Equal("two\r\nlines", (await UserAsync(1)).Attributes.GetProperty("note").GetString());
        Assert.Equal("5\" pipe", (await UserAsync(2)).FirstName);
    }

    [Fact]
    public async Task Csv_AttributesColumn_MergesItsObject()
    {
        var result = await CsvAsync("telegram_user_id,attributes\n1,\"{\"\"a\"\": [1, 2]}\"\n2,\n3,[1]\n");

        Assert.Equal([(4, "attributes: \"[1]\" is not a JSON object")], Rejected(result));
        Assert.Equal("""{"a": [1, 2]}""", (await UserAsync(1)).Attributes.GetRawText());
    }

    [Theory]
    [InlineData("telegram_id,first_name\n1,Ada\n", "/telegram_user_id",
        "line 1: the column telegram_user_id is missing; found: telegram_id, first_name; rename telegram_id, if that is what it holds")]
    [InlineData("name,TelegramUserID\n", "/telegram_user_id",
        "line 1: the column telegram_user_id is missing; found: name, TelegramUserID; rename TelegramUserID, if that is what it holds")]
    [InlineData("1,Ada\n2,Bob\n", "/telegram_user_id", "line 1: the column telegram_user_id is missing; found: 1, Ada")]
    [InlineData("telegram_user_id,plan,Plan\n", "", "line 1: the column plan is there 2 times")]
    [InlineData("telegram_user_id,,plan\n", "", "line 1: column 2 has no name")]
    [InlineData("", "", "the file is empty; its first line names the columns")]
    [InlineData("\"telegram_user_id\n1\n", "", "line 1: a quote that is not closed within 65536 bytes")]
    public async Task Csv_BadHeader_RefusesAllOfIt(string text, string where, string reason)
    {
        var refused = await Assert.ThrowsAsync<InvalidException>(() => CsvAsync(text));

        Assert.Equal([reason], refused.Errors[where]);
        Assert.Empty(await StoredAsync());
    }

    [Theory]
    [InlineData("abc,", "telegram_user_id: \"abc\" is not a whole number")]
    [InlineData("12.0,", "telegram_user_id: \"12.0\" is not a whole number")]
    [InlineData("+12,", "telegram_user_id: \"+12\" is not a whole number")]
    [InlineData("9223372036854775808,", "telegram_user_id: \"9223372036854775808\" is not a whole number")]
    [InlineData("-5,", "telegram_user_id: \"-5\" is not positive")]
    [InlineData("0,", "telegram_user_id: \"0\" is not positive")]
    [InlineData(" ,", "telegram_user_id: missing")]
    [InlineData("5,yesterday", "last_trade_at: \"yesterday\" is not an ISO 8601 date or time")]
    [InlineData("5,2026-02-30", "last_trade_at: \"2026-02-30\" is not an ISO 8601 date or time")]
    [InlineData("5,0001-01-01T00:00:00Z", "last_trade_at: \"0001-01-01T00:00:00Z\" is not between 1970 and 2199")]
    [InlineData("5", "1 cells; the header has 2")]
    [InlineData("5,,", "3 cells; the header has 2")]
    [InlineData("5,\"a\0b\"", "last_trade_at: \"a\\0b\" contains a NUL character")]
    [InlineData("5,\"a\" b", "text after a closing quote; a quote inside a quoted cell is written twice")]
    public async Task Csv_BadLine_IsReportedAndTheOthersKept(string line, string reason)
    {
        var result = await CsvAsync($"telegram_user_id,last_trade_at\n1,\n{line}\n2,\n");

        Assert.Equal([(3, reason)], Rejected(result));
        Assert.Equal([1, 2], await StoredAsync());
    }

    [Fact]
    public async Task Csv_LinesBehindAQuotedLineBreak_AreCountedAsInTheFile()
    {
        var result = await CsvAsync("telegram_user_id,note\n1,\"a\nb\nc\"\nx,\n\ny,\"d\ne\"\nz,");

        Assert.Equal([5, 7, 9], Rejected(result).Select(r => r.Line));
    }

    [Fact]
    public async Task Csv_QuoteNobodyClosed_CostsOneLine()
    {
        var rows = Enumerable.Range(2, 20_000).Select(i => $"{i},n{i}\n");
        var result = await CsvAsync($"telegram_user_id,first_name\n1,\"Ada\n{string.Concat(rows)}");

        Assert.Equal([(2, "a quote that is not closed within 65536 bytes")], Rejected(result));
        Assert.Equal(20_000, result.Inserted);
    }

    [Fact]
    public async Task Csv_NotUtf8_IsReportedWithItsByte()
    {
        byte[] body = [.. "telegram_user_id,first_name\n1,Ren"u8, 0xE9, .. "\n2,Ada\n"u8];
        var result = await Importer.ImportAsync(new MemoryStream(body), ImportFormat.Csv, dryRun: false, CancellationToken.None);

        Assert.Equal([(2, "byte 6 (0xE9) is not UTF-8")], Rejected(result));
        Assert.Equal([2], await StoredAsync());
    }

    [Fact]
    public async Task Csv_CellsAndLinesAtTheirLimits_AreTakenAndBeyondRejected()
    {
        // A cell of 4 KB is 2,048 letters of two bytes each. A line of 64 KB is here the id, 15 cells of 4,095 bytes, one of
        // 4,093, an empty one and 17 commas.
        var columns = string.Join(',', Enumerable.Range(1, 17).Select(i => $"c{i}"));
        var cells = string.Join(',', Enumerable.Repeat(new string('x', 4_095), 15));
        var text = new StringBuilder($"telegram_user_id,{columns}\n")
            .Append($"1,{new string('é', 2_048)}{new string(',', 16)}\n")
            .Append($"2,{new string('é', 2_048)}x{new string(',', 16)}\n")
            .Append($"3,{cells},{new string('x', 4_093)},\r\n")
            .Append($"4,{cells},{new string('x', 4_094)},\r\n")
            .Append($"5{new string(',', 17)}\n");
        var result = await CsvAsync(text.ToString());

        Assert.Equal([3, 5], Rejected(result).Select(r => r.Line));
        Assert.EndsWith("is 4097 bytes; at most 4096 are taken", result.Rejected[0].Reason, StringComparison.Ordinal);
        Assert.Equal("longer than 65536 bytes", result.Rejected[1].Reason);
        Assert.Equal([1, 3, 5], await StoredAsync());
    }
}

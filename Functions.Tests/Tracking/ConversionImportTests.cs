using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Marketing.Functions.Tests.Fixtures;

namespace Marketing.Functions.Tests.Tracking;

public sealed class ConversionImportTests(QuietApp app) : IClassFixture<QuietApp>
{
    [Fact]
    public async Task ImportConversions_AllColumns_AreRecordedOnceAndCounted()
    {
        var broadcast = await app.SentBroadcastAsync(people: 2);
        var key = Conversions.Key();
        var csv = $"""
            Idempotency_Key;USER_ID;telegram_user_id;broadcast_id;event;value;currency;occurred_at
            {key}-1;{broadcast.UserIds[0]};;{broadcast.Id};deposit;1250.50;EUR;2026-03-01T12:00:00Z
            {key}-2;;{broadcast.TelegramIds[1]};{broadcast.Id};"sign ""up""; or in";;;2026-03-01 14:01:30+02:00
            {key}-2;;{broadcast.TelegramIds[1]};{broadcast.Id};again;;;

            """;

        var first = await ImportAsync(csv);
        var second = await ImportAsync("\uFEFF" + csv.ReplaceLineEndings("\r\n"));

        Assert.Equal(((2, 1), (0, 3)), (first.Counts(), second.Counts()));
        Assert.Equal(
            [new Delta(Conversions.Noon, 1, null, "EUR", 1, 1, 1250.5m), new Delta(Conversions.Noon.AddMinutes(1), 2, null, null, 1, 1, null)],
            await app.DeltasAsync(broadcast));
        var rows = (await app.GetAsync($"v1/admin/conversions?broadcast_id={broadcast.Id}")).GetProperty("items").EnumerateArray();
        Assert.Contains("sign \"up\"; or in", rows.Select(r => r.Text("event")));
    }

    [Fact]
    public async Task ImportConversions_BadLines_AreRejectedWithTheirReasonAndTheOthersRecorded()
    {
        var (_, ids) = await app.AudienceAsync(1);
        var (id, key) = (ids[0], Conversions.Key());
        string[] lines =
        [
            "telegram_user_id,user_id,broadcast_id,event,value,currency,occurred_at,idempotency_key",
            $"{id},,,deposit,1,EUR,,{key}-good",
            $"{id},,,deposit,\"1,250.50\",EUR,,{key}",
            $"{id},,,deposit,1e3,EUR,,{key}",
            $"{id},,,deposit,-1,EUR,,{key}",
            $"{id},,,deposit,1,euro,,{key}",
            $"{id},,,deposit,1,EUR,01/02/2026,{key}",
            $"{id},,,deposit,1,EUR,2999-01-01,{key}",
            $"{id},,,,1,EUR,,",
            $"x,,,deposit,1,EUR,,{key}",
            $",,,deposit,1,EUR,,{key}",
            $"1,,,deposit,1,EUR,,{key}",
            $"{id},,{Guid.Empty},deposit,1,EUR,,{key}",
            $"{id},,,deposit,1,EUR,,{key},more",
            $"{id},,,dep\0sit,1,EUR,,{key}",
            $"{id},,,{new string('e', 70_000)},1,EUR,,{key}",
            $"{id},,,\"deposit,1,EUR,,{key}",
            $"{id},,,deposit,1,EUR,,{key}-last",
        ];

        var result = await ImportAsync(string.Join('\n', lines));

        Assert.Equal((2, 0), result.Counts());
        var rejected = result.GetProperty("rejected").EnumerateArray().ToDictionary(r => r.Number("line"), r => r.Text("reason"));
        Assert.Equal(lines.Length - 3, result.Number("rejected_count"));
        Assert.Equal(Enumerable.Range(3, lines.Length - 3).Select(i => (long)i), rejected.Keys);
        string[] expected =
        [
            "value: \"1,250.50\" is not a number", "value: \"1e3\" is not a number", "value: must be from 0", "currency: must be an ISO 4217", "occurred_at: \"01/02/2026\" is not",
            "occurred_at: is more than 5 minutes", "event: must not be empty; idempotency_key: must not be empty", "telegram_user_id: \"x\" is not a whole number",
            "give either user_id or telegram_user_id", "telegram_user_id: nobody", "broadcast_id: there is no broadcast", "9 cells; the header has 8", "event: must not contain the NUL",
            "longer than 65536 bytes", "a quote that is not closed",
        ];
        Assert.All(expected.Select((reason, i) => (reason, i)), e => Assert.StartsWith(e.reason, rejected[e.i + 3], StringComparison.Ordinal));
    }

    [Fact]
    public async Task ImportConversions_NotUtf8_RejectsThatLineOnly()
    {
        var (_, ids) = await app.AudienceAsync(1);
        var key = Conversions.Key();
        byte[] body = [.. Encoding.UTF8.GetBytes($"telegram_user_id,event,idempotency_key\n{ids[0]},dep"), 0xC3, 0x28, .. Encoding.UTF8.GetBytes($",{key}\n{ids[0]},deposit,{key}\n")];

        var result = await MarketingApp.ReadAsync(await SendAsync(body, "text/csv; charset=utf-8"), HttpStatusCode.OK);

        Assert.Equal((1, 0), result.Counts());
        Assert.Contains("not UTF-8", result.GetProperty("rejected")[0].Text("reason"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("telegram_user_id,event\n1,deposit", "/idempotency_key", "the column idempotency_key is missing")]
    [InlineData("telegram_user_id,idempotency_key\n1,k", "/event", "the column event is missing")]
    [InlineData("event,idempotency_key\ndeposit,k", "/telegram_user_id", "a column telegram_user_id or user_id is missing")]
    [InlineData("telegram_user_id,event,idempotency_key,ocurred_at\n", "", "unknown column \"ocurred_at\" (occurred_at?)")]
    [InlineData("telegram_user_id,event,idempotency_key,EVENT\n", "", "the column event is there 2 times")]
    [InlineData("telegram_user_id,event,,idempotency_key\n", "", "column 3 has no name")]
    [InlineData("", "", "the file is empty")]
    public async Task ImportConversions_WrongHeader_IsRefusedBeforeAnythingIsRecorded(string csv, string pointer, string says) =>
        Assert.Contains(says, (await MarketingApp.ReadAsync(await SendAsync(Encoding.UTF8.GetBytes(csv), "text/csv"), HttpStatusCode.BadRequest)).Error(pointer), StringComparison.Ordinal);

    [Theory]
    [InlineData("application/json")]
    [InlineData(null)]
    public async Task ImportConversions_OtherContentType_Is415(string? type) =>
        await MarketingApp.ReadAsync(await SendAsync("{}"u8.ToArray(), type), HttpStatusCode.UnsupportedMediaType);

    [Fact]
    public async Task ImportConversions_ManyChunks_AddUpAndLeaveAnEntryWithoutPeople()
    {
        const int Lines = 2_500;
        var broadcast = await app.SentBroadcastAsync();
        var key = Conversions.Key();
        var csv = new StringBuilder("telegram_user_id,broadcast_id,event,value,occurred_at,idempotency_key\n");
        for (var i = 0; i < Lines; i++)
            csv.Append(CultureInfo.InvariantCulture, $"{(i % 2 == 0 ? broadcast.TelegramIds[0] : 1)},{broadcast.Id},deposit,1,2026-03-01,{key}-{i}\n");

        var result = await ImportAsync(csv.ToString());

        Assert.Equal(((Lines / 2, 0), Lines / 2, 1_000), (result.Counts(), result.Number("rejected_count"), result.GetProperty("rejected").GetArrayLength()));
        var deltas = await app.DeltasAsync(broadcast);
        Assert.Equal((Lines / 2, 1, Lines / 2), (deltas.Sum(d => d.Conversions), deltas.Sum(d => d.Converters), deltas.Sum(d => d.Value)));
        var entry = (await app.GetAsync("v1/admin/audit?action=conversion.import&limit=1")).GetProperty("items")[0];
        Assert.Equal(Lines / 2, entry.GetProperty("details").Number("recorded"));
        Assert.DoesNotContain($"{broadcast.TelegramIds[0]}", entry.ToString(), StringComparison.Ordinal);
    }

    private async Task<JsonElement> ImportAsync(string csv) =>
        await MarketingApp.ReadAsync(await SendAsync(Encoding.UTF8.GetBytes(csv), "text/csv"), HttpStatusCode.OK);

    private async Task<HttpResponseMessage> SendAsync(byte[] body, string? type)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type);
        return await app.Api.PostAsync("v1/conversions/import", content);
    }
}

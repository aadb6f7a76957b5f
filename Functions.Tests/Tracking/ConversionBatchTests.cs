using System.Net;
using System.Text.Json;
using Marketing.Functions.Tests.Fixtures;

namespace Marketing.Functions.Tests.Tracking;

public sealed class ConversionBatchTests(QuietApp app) : IClassFixture<QuietApp>
{
    private static readonly DateTimeOffset Noon = Conversions.Noon;

    [Fact]
    public async Task RecordConversions_Batch_JudgesEachByItself()
    {
        var broadcast = await app.SentBroadcastAsync();
        var (key, known) = (Conversions.Key(), Conversions.Key());
        var id = broadcast.TelegramIds[0];
        await app.PostAsync("v1/conversions", Conversions.Of(id, known), HttpStatusCode.Created);

        var result = await app.PostAsync("v1/conversions/batch", new
        {
            conversions = new object?[]
            {
                Conversions.Of(id, key, broadcast: broadcast.Id),
                Conversions.Of(id, key, broadcast: broadcast.Id), // the same again
                Conversions.Of(id, known),
                Conversions.Of(1, Conversions.Key()),
                Conversions.Of(id, Conversions.Key(), broadcast: Guid.Empty),
                new { telegram_user_id = id, value = -1, idempotency_key = "" },
                new { telegram_user_id = "x", @event = "deposit", idempotency_key = "x" },
                new { telegram_user_id = id, @event = "deposit", idempotency_key = "x", ocurred_at = Noon },
                null,
                "text",
            },
        });

        Assert.Equal((1, 2), result.Counts());
        var rejected = result.GetProperty("rejected").EnumerateArray().Select(r => (r.Number("index"), Pointers(r))).ToList();
        Assert.Equal(
            [(3, "/telegram_user_id"), (4, "/broadcast_id"), (5, "/event /idempotency_key /value"), (6, "/telegram_user_id"), (7, "/ocurred_at"), (8, ""), (9, "")],
            rejected);
        Assert.Equal((1, 1), Assert.Single((await app.DeltasAsync(broadcast)).Select(d => (d.Conversions, d.Converters))));
    }

    [Fact]
    public async Task RecordConversions_ThousandOfOneBroadcast_AreOneRowOfCountersPerKind()
    {
        var broadcast = await app.SentBroadcastAsync(people: 2);
        await app.ClickAsync(broadcast, Noon, person: 0);
        var key = Conversions.Key();
        var conversions = Enumerable.Range(0, 1000).Select(i => Conversions.Of(
            broadcast.TelegramIds[i % 2], $"{key} {i}", Noon.AddMinutes(i / 500), broadcast.Id, i % 4 == 3 ? null : 0.01m, i % 4 == 2 ? "USD" : "EUR")).ToArray();

        var result = await app.PostAsync("v1/conversions/batch", new { conversions });
        var again = await app.PostAsync("v1/conversions/batch", new { conversions });

        Assert.Equal(((1000, 0), (0, 1000)), (result.Counts(), again.Counts()));
        var button = broadcast.ButtonIds[0];
        // Person 0 has i % 4 of 0 (EUR) and 2 (USD), person 1 of 1 (EUR) and 3 (no value); each 125 a minute.
        var expected = from minute in new[] { 0, 1 }
                       from kind in new[] { (1, button, "EUR", 1.25m), (1, button, "USD", 1.25m), (2, (Guid?)null, "EUR", 1.25m), (2, (Guid?)null, (string?)null, (decimal?)null) }
                       select (Noon.AddMinutes(minute), kind.Item1, kind.Item2, kind.Item3, 125, kind.Item4);
        var deltas = await app.DeltasAsync(broadcast);
        Assert.Equal(expected.ToHashSet(), deltas.Select(d => (d.Minute, d.SegmentId, d.CtaButtonId, d.Currency, d.Conversions, d.Value)).ToHashSet());
        Assert.Equal(8, deltas.Count);
        Assert.Equal(2, deltas.Sum(d => d.Converters));
        Assert.Equal(2, deltas.Where(d => d.Minute == Noon).Sum(d => d.Converters)); // each with their first
    }

    [Theory]
    [InlineData("""{"conversions":[]}""", "/conversions")]
    [InlineData("{}", "/conversions")]
    [InlineData("""{"conversions":null}""", "/conversions")]
    [InlineData("""{"conversions":{}}""", "/conversions")]
    [InlineData("""{"conversion":[]}""", "/conversion")]
    public async Task RecordConversions_NoBatch_SaysSo(string body, string pointer) =>
        Assert.NotEmpty((await app.PostRawAsync("v1/conversions/batch", body, HttpStatusCode.BadRequest)).Error(pointer));

    [Fact]
    public async Task RecordConversions_OverAThousand_AreRefusedWhole()
    {
        var (_, ids) = await app.AudienceAsync(1);
        var key = Conversions.Key();

        var refused = await app.PostAsync(
            "v1/conversions/batch", new { conversions = Enumerable.Range(0, 1001).Select(i => Conversions.Of(ids[0], $"{key} {i}")) }, HttpStatusCode.BadRequest);

        Assert.Contains("1 to 1000", refused.Error("/conversions"), StringComparison.Ordinal);
        await app.PostAsync("v1/conversions", Conversions.Of(ids[0], $"{key} 0"), HttpStatusCode.Created);
    }

    private static string Pointers(JsonElement rejected) =>
        string.Join(' ', rejected.GetProperty("errors").EnumerateObject().Select(e => e.Name).Order(StringComparer.Ordinal));
}

using System.Net;
using System.Net.Http.Json;
using Dapper;
using Marketing.Functions.Tests.Fixtures;

namespace Marketing.Functions.Tests.Tracking;

/// <summary>Whatever happens at once, each key is one conversion, each person one converter, and nobody gets a deadlock (503).</summary>
public sealed class ConversionConcurrencyTests(QuietApp app) : IClassFixture<QuietApp>
{
    [Fact]
    public async Task RecordConversion_SameKeyTwentyTimesAtOnce_IsRecordedOnceAndAnsweredTheSame()
    {
        var broadcast = await app.SentBroadcastAsync();
        await app.ClickAsync(broadcast, Conversions.Noon);
        var body = Conversions.Of(broadcast.TelegramIds[0], Conversions.Key(), Conversions.Noon.AddMinutes(1), value: 5, currency: "EUR");

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            using var response = await app.Api.PostAsJsonAsync("v1/conversions", body);
            return (response.StatusCode, Body: await response.Content.ReadAsStringAsync());
        }));

        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.Created);
        Assert.Equal(19, answers.Count(a => a.StatusCode == HttpStatusCode.OK));
        Assert.Single(answers.Select(a => a.Body).Distinct());
        Assert.Equal((1, 1, 5m), Assert.Single((await app.DeltasAsync(broadcast)).Select(d => (d.Conversions, d.Converters, d.Value))));
    }

    [Fact]
    public async Task RecordConversion_OnePersonTwentyKeysAtOnce_AreTwentyConversionsOfOneConverter()
    {
        var broadcast = await app.SentBroadcastAsync();
        await app.ClickAsync(broadcast, Conversions.Noon);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => app.PostAsync(
            "v1/conversions", Conversions.Of(broadcast.TelegramIds[0], Conversions.Key(), Conversions.Noon.AddMinutes(1)), HttpStatusCode.Created)));

        var deltas = await app.DeltasAsync(broadcast);
        Assert.Equal((20, 1), (deltas.Sum(d => d.Conversions), deltas.Sum(d => d.Converters)));
    }

    [Fact]
    public async Task RecordConversions_SamePeopleAndKeysInOppositeOrders_DoNotWaitForEachOther()
    {
        const int People = 100, Rounds = 8;
        var broadcast = await app.SentBroadcastAsync(People);
        foreach (var person in Enumerable.Range(0, People))
            await app.ClickAsync(broadcast, Conversions.Noon, person: person);

        var recorded = new List<long>();
        foreach (var round in Enumerable.Range(0, Rounds))
        {
            // Half the keys are in all four batches, half are each batch's own; each batch has an order of its own.
            var key = Conversions.Key();
            var results = await Task.WhenAll(Enumerable.Range(0, 4).Select(batch =>
            {
                var conversions = broadcast.TelegramIds.Select((id, i) => Conversions.Of(
                    id, i % 2 == 0 ? $"{key} {i}" : $"{key} {i} {batch}", Conversions.Noon.AddMinutes(round))).ToArray();
                new Random(100 * round + batch).Shuffle(conversions);
                return app.PostAsync("v1/conversions/batch", new { conversions });
            }));
            Assert.All(results, r => Assert.Equal((People, 0), (r.Number("recorded") + r.Number("repeated"), r.GetProperty("rejected").GetArrayLength())));
            recorded.Add(results.Sum(r => r.Number("recorded")));
        }

        Assert.All(recorded, count => Assert.Equal(People / 2 + 4 * People / 2, count));
        var deltas = await app.DeltasAsync(broadcast);
        Assert.Equal((Rounds * recorded[0], People), (deltas.Sum(d => (long)d.Conversions), deltas.Sum(d => d.Converters)));
    }

    [Fact]
    public async Task RecordConversions_PeopleErasedAndPressingMeanwhile_AreCountedAsTheirRowsSay()
    {
        const int People = 30;
        var broadcast = await app.SentBroadcastAsync(People);
        var key = Conversions.Key();
        var links = broadcast.TelegramIds.Select(id => app.TheMessage(id).Buttons.Single(b => b.Url is not null)).ToArray();

        var batches = Enumerable.Range(0, 6).Select(batch => app.PostAsync("v1/conversions/batch", new
        {
            conversions = broadcast.TelegramIds.Select((id, i) => Conversions.Of(id, $"{key} {batch} {i}", broadcast: broadcast.Id)).ToArray(),
        })).ToArray();
        var presses = links.Select(async link => (await app.OpenAsync(link)).Dispose());
        var erasures = broadcast.UserIds.Take(People / 2).Select(async id => await MarketingApp.ReadAsync(
            await app.Api.DeleteAsync($"v1/admin/audience/users/{id}"), HttpStatusCode.NoContent));
        await Task.WhenAll([.. batches, .. presses, .. erasures]);

        await using var db = await app.Database.OpenConnectionAsync();
        var rows = await db.QuerySingleAsync<(long All, long People, long WithKey)>("""
            SELECT count(*), count(DISTINCT user_id), count(*) FILTER (WHERE idempotency_key LIKE @key || '%' AND user_id <> ALL (SELECT id FROM users))
            FROM conversions WHERE broadcast_id = @Id
            """, new { broadcast.Id, key });
        var deltas = await app.DeltasAsync(broadcast);
        Assert.Equal(rows.All, batches.Sum(b => b.Result.Number("recorded")));
        Assert.Equal((rows.All, rows.People), (deltas.Sum(d => (long)d.Conversions), deltas.Sum(d => (long)d.Converters)));
        Assert.Equal(0, rows.WithKey); // no erased person's key came in behind the erasure
    }
}

using System.Net;
using Dapper;
using Marketing.Functions.Tests.Fixtures;

namespace Marketing.Functions.Tests.Analytics;

public sealed class SeriesTests(MarketingApp app) : IClassFixture<MarketingApp>
{
    [Theory]
    [InlineData("2026-10-24T22:00Z", 25)] // clocks go back
    [InlineData("2026-03-28T23:00Z", 23)] // and forth
    [InlineData("2026-06-30T22:00Z", 24)]
    public async Task Series_OfADayInBerlin_HasItsHours(string begin, int hours)
    {
        var (id, from) = await HoursAsync(begin, hours);
        var period = Period(from, from.AddHours(hours));

        var days = await SeriesAsync(id, $"unit=day&time_zone=Europe/Berlin&{period}");
        var perHour = await SeriesAsync(id, $"unit=hour&time_zone=Europe/Berlin&{period}");

        Assert.Equal([(from, hours)], days);
        Assert.Equal(Enumerable.Range(0, hours).Select(i => (from.AddHours(i), 1)), perHour);
    }

    [Theory]
    [InlineData("Asia/Kathmandu", "2026-05-01T00:00Z", 6)] // 5:45 h ahead
    [InlineData("Australia/Lord_Howe", "2026-04-04T12:00Z", 6)] // clocks go back by half an hour at 15:00Z
    [InlineData("Africa/Cairo", "2026-04-23T18:00Z", 6)] // there is no midnight at the beginning of 24 April
    public async Task Series_OddTimeZones_LoseNothingAndHaveEachHourOnce(string zone, string begin, int hours)
    {
        var (id, from) = await HoursAsync(begin, hours);

        foreach (var unit in new[] { "hour", "day" })
        {
            var items = await SeriesAsync(id, $"unit={unit}&time_zone={zone}&{Period(from, from.AddHours(hours))}");

            Assert.Equal(hours, items.Sum(i => i.Clicks));
            Assert.Equal(items.Select(i => i.At).Distinct().Order(), items.Select(i => i.At));
        }
    }

    [Fact]
    public async Task Series_NothingForAWhile_IsFilledWithZeros()
    {
        var (id, from) = await HoursAsync("2026-05-01T10:00Z", 1);

        var items = await SeriesAsync(id, $"unit=minute&{Period(from.AddMinutes(-2), from.AddMinutes(3))}");

        Assert.Equal([0, 0, 1, 0, 0], items.Select(i => i.Clicks));
        Assert.Equal(from.AddMinutes(-2), items[0].At);
    }

    [Fact]
    public async Task Series_NothingSaid_GoesFromTheFirstEventToTheLastInAUnitThatFits()
    {
        var (id, from) = await HoursAsync("2026-05-01T10:00Z", 100); // and the sending, months later

        var series = await app.GetAsync($"v1/admin/broadcasts/{id}/stats/series");

        Assert.Equal(("day", "UTC", from), (series.Text("unit"), series.Text("time_zone"), series.GetProperty("from").GetDateTimeOffset()));
        Assert.Equal(101, series.GetProperty("items").EnumerateArray().Sum(i => i.Number("clicks") + i.Number("sent")));
    }

    [Fact]
    public async Task Series_OfADraft_IsEmpty()
    {
        var (region, _) = await app.AudienceAsync(1);
        var id = await app.BroadcastAsync(new { region });

        Assert.Empty(await SeriesAsync(id, ""));
        Assert.Equal(3, (await SeriesAsync(id, "unit=hour&from=2026-01-01T00:00Z&to=2026-01-01T03:00Z")).Count);
    }

    [Theory]
    [InlineData("unit=minute&from=2026-01-01&to=2026-01-03", "/unit", "unit=hour")]
    [InlineData("unit=minute&from=2025-01-01&to=2026-01-01", "/unit", "unit=day")]
    [InlineData("unit=day&from=2001-01-01&to=2026-01-01", "/unit", "shorter time")]
    [InlineData("unit=hour&from=2026-01-01T00:30Z&to=2026-03-25T08:30Z", "/unit", "2001 points")] // 2,000 hours, the first and last in part
    [InlineData("from=0001-01-01&to=0001-01-02", "/from", "between 1970 and 2199")]
    [InlineData("from=2026-01-01&to=9999-12-31T23:59:59.9999999Z", "/to", "between 1970 and 2199")]
    [InlineData("unit=week", "/unit", "minute, hour, day")]
    [InlineData("time_zone=Berlin", "/time_zone", "IANA")]
    [InlineData("time_zone=../etc/passwd", "/time_zone", "IANA")]
    [InlineData("from=2026-01-02&to=2026-01-01", "/from", "before to")]
    [InlineData("from=yesterday", "/from", "must be a time")]
    public async Task Series_CannotBeGiven_SaysWhatToTake(string query, string pointer, string error)
    {
        var (region, _) = await app.AudienceAsync(1);
        var id = await app.BroadcastAsync(new { region });

        var problem = await app.GetAsync($"v1/admin/broadcasts/{id}/stats/series?{query}", HttpStatusCode.BadRequest);

        Assert.Contains(error, problem.Error(pointer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Series_OfNothing_Is404() => await app.GetAsync($"v1/admin/broadcasts/{Guid.CreateVersion7()}/stats/series", HttpStatusCode.NotFound);

    /// <summary>A broadcast that was sent, and a click at the beginning of each of these hours: nothing else tells the time of a click.</summary>
    private async Task<(string Id, DateTimeOffset From)> HoursAsync(string begin, int hours)
    {
        var (region, _) = await app.AudienceAsync(1);
        var id = await app.BroadcastAsync(new { region });
        await app.SendAsync(id);
        var from = DateTimeOffset.Parse(begin, System.Globalization.CultureInfo.InvariantCulture);
        await using var db = await app.Database.OpenConnectionAsync();
        await db.ExecuteAsync("""
            INSERT INTO counter_deltas (broadcast_id, minute, clicks)
            SELECT @id, @from + make_interval(hours => i), 1 FROM generate_series(0, @hours - 1) AS i
            """, new { id = Guid.Parse(id), from = from.UtcDateTime, hours });
        return (id, from);
    }

    private static string Period(DateTimeOffset from, DateTimeOffset to) => $"from={from.UtcDateTime:yyyy-MM-ddTHH:mm}Z&to={to.UtcDateTime:yyyy-MM-ddTHH:mm}Z";

    private async Task<IReadOnlyList<(DateTimeOffset At, int Clicks)>> SeriesAsync(string id, string query) =>
        [.. (await app.GetAsync($"v1/admin/broadcasts/{id}/stats/series?{query}")).GetProperty("items").EnumerateArray()
            .Select(i => (i.GetProperty("at").GetDateTimeOffset(), (int)i.Number("clicks")))];
}

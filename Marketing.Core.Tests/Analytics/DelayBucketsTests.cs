using Dapper;
using Marketing.Core.Analytics;
using Marketing.Core.Tests.Fixtures;

namespace Marketing.Core.Tests.Analytics;

public sealed class DelayBucketsTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    [Fact]
    public async Task Seconds_OfTheDatabasesBucket_AreAtMostFivePercentOff()
    {
        await using var db = await database.Source.OpenConnectionAsync();
        // From a millisecond to 10 years, each 3 % longer than the one before.
        var found = await db.QueryAsync<(double Seconds, short Bucket)>("""
            SELECT extract(epoch FROM delay)::double precision, delay_bucket('2026-01-01Z', '2026-01-01Z'::timestamptz + delay)
            FROM (SELECT make_interval(secs => 0.001 * power(1.03::double precision, i)) AS delay FROM generate_series(1, 890) AS i) AS delays
            """);

        foreach (var (seconds, bucket) in found)
            Assert.InRange(DelayBuckets.Seconds(bucket), seconds * 0.95 - 0.0005, seconds * 1.05 + 0.0005); // to the millisecond
    }

    [Theory]
    [InlineData("'2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z'")]
    [InlineData("'2026-01-01T00:00:05Z', '2026-01-01T00:00:00Z'")] // clicked before the answer came
    [InlineData("NULL, '2026-01-01T00:00:00Z'")] // or was recorded
    public async Task Bucket_NoTimeInBetween_IsZero(string times)
    {
        await using var db = await database.Source.OpenConnectionAsync();
        var bucket = await db.QuerySingleAsync<short>($"SELECT delay_bucket({times})");

        Assert.Equal((0, 0.0), (bucket, DelayBuckets.Seconds(bucket)));
    }

    [Fact]
    public void Percentiles_HalfInOneBucket_AreOfWhoStandsThere()
    {
        // In pieces and out of order, as the table and what waits to be added to it have them.
        (int, long)[] counts = [(30, 4), (10, 20), (20, 40), (10, 30), (40, 5), (50, 1)];

        Assert.Equal(
            new TimeToClick(DelayBuckets.Seconds(10), DelayBuckets.Seconds(20), DelayBuckets.Seconds(40)), DelayBuckets.Percentiles(counts));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Percentiles_FewPeople_AreAllOfTheOne(long people)
    {
        double? seconds = people == 0 ? null : DelayBuckets.Seconds(7);

        Assert.Equal(new TimeToClick(seconds, seconds, seconds), DelayBuckets.Percentiles([(7, people)]));
    }
}

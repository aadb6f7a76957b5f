namespace Marketing.Core.Analytics;

/// <summary>The other side of the database's delay_bucket(): bucket k ends at 1.1^k milliseconds and begins at 1.1^(k-1).</summary>
public static class DelayBuckets
{
    private const double Growth = 1.1;

    /// <summary>The value in between that is equally far from both ends, as a part of each: 4.8 %. To the millisecond.</summary>
    public static double Seconds(int bucket) => bucket <= 0 ? 0 : Math.Round(2 * Math.Pow(Growth, bucket) / (1 + Growth) / 1000, 3);

    /// <summary>Whom half, 90 % and 99 % of the people are not slower than.</summary>
    /// <param name="counts">People by bucket, in any order; a bucket may come more than once.</param>
    public static TimeToClick Percentiles(IEnumerable<(int Bucket, long People)> counts)
    {
        var sorted = counts.OrderBy(count => count.Bucket).ToList();
        var people = sorted.Sum(count => count.People);
        return people == 0 ? new TimeToClick(null, null, null) : new TimeToClick(Percentile(50), Percentile(90), Percentile(99));

        double Percentile(int percent)
        {
            long upTo = 0;
            return Seconds(sorted.First(count => 100 * (upTo += count.People) >= percent * people).Bucket);
        }
    }
}

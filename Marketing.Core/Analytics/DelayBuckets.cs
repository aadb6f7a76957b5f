namespace Marketing.Core.Analytics;

/// <summary>The other side of the database's delay_bucket(): bucket k ends at 1.1^k milliseconds and begins at 1.1^(k-1).</summary>
public static class DelayBuckets
{
    private const double Growth = 1.1;

    /// <summary>The value in between that is equally far from both ends, as a part of each: 4.8 %. To the millisecond.</summary>
    public static double Seconds(int bucket) => bucket <= 0 ? 0 : Math.Round(2 * Math.Pow(Growth, bucket) / (1 + Growth) / 1000, 3);
}

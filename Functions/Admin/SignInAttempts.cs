using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Marketing.Core;

namespace Marketing.Functions.Admin;

/// <summary>
/// Limits failed sign-ins per address. Each process counts for itself: a token has 256 random bits, so what is kept away is not a
/// lucky guess but the load of a flood, and a count shared by all machines would be a write to the database per wrong token.
/// </summary>
public sealed class SignInAttempts : IDisposable
{
    public const int MostAMinute = 10;

    private readonly PartitionedRateLimiter<IPAddress> failures = PartitionedRateLimiter.Create<IPAddress, IPAddress>(address =>
        RateLimitPartition.GetFixedWindowLimiter(Network(address), _ => new FixedWindowRateLimiterOptions
        {
            PermitLimit = MostAMinute, Window = TimeSpan.FromMinutes(1),
        }));

    /// <summary>Refuses an address with too many failures before its token is looked at, a good one too: it may be a guess.</summary>
    /// <exception cref="TooManyAttemptsException">Says when to try again.</exception>
    public void Check(IPAddress? address)
    {
        using var lease = failures.AttemptAcquire(address ?? IPAddress.None, permitCount: 0);
        if (!lease.IsAcquired)
            throw new TooManyAttemptsException(lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : TimeSpan.FromMinutes(1));
    }

    public void Failed(IPAddress? address) => failures.AttemptAcquire(address ?? IPAddress.None).Dispose();

    public void Dispose() => failures.Dispose();

    // Whoever has an IPv6 address has the 2^64 of its network.
    private static IPAddress Network(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6 || address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }
}

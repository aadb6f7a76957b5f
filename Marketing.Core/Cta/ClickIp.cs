using System.Net;
using System.Net.Sockets;

namespace Marketing.Core.Cta;

/// <summary>What is stored of the address that a link was opened from.</summary>
public enum ClickIp { Keep, Truncate, Drop }

public static class ClickAddress
{
    // A /24 is some 250 households or an office, a /48 one customer of a provider and often a whole site.
    private const int Ipv4Bytes = 24 / 8;
    private const int Ipv6Bytes = 48 / 8;

    /// <summary>The part that the setting allows to be stored; null for none.</summary>
    public static IPAddress? Kept(IPAddress? address, ClickIp setting) => setting switch
    {
        ClickIp.Keep => address,
        ClickIp.Drop => null,
        ClickIp.Truncate => address is null ? null : Truncated(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address),
        _ => throw new ArgumentOutOfRangeException(nameof(setting), setting, "Not a setting."),
    };

    private static IPAddress Truncated(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(address.AddressFamily == AddressFamily.InterNetwork ? Ipv4Bytes : Ipv6Bytes).Clear();
        return new IPAddress(bytes);
    }
}

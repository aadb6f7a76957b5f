using System.Net;
using Marketing.Core.Cta;

namespace Marketing.Core.Tests.Cta;

public sealed class ClickAddressTests
{
    [Theory]
    [InlineData("203.0.113.77", ClickIp.Keep, "203.0.113.77")]
    [InlineData("203.0.113.77", ClickIp.Truncate, "203.0.113.0")]
    [InlineData("::ffff:203.0.113.77", ClickIp.Truncate, "203.0.113.0")]
    [InlineData("2001:db8:1234:5678:9abc:def0:1:2", ClickIp.Truncate, "2001:db8:1234::")]
    [InlineData("203.0.113.77", ClickIp.Drop, null)]
    [InlineData(null, ClickIp.Keep, null)]
    [InlineData(null, ClickIp.Truncate, null)]
    public void Kept_Setting_LeavesWhatItAllows(string? address, ClickIp setting, string? expected) =>
        Assert.Equal(expected, ClickAddress.Kept(address is null ? null : IPAddress.Parse(address), setting)?.ToString());
}

using System.Text;
using Marketing.Core.Cta;

namespace Marketing.Core.Tests.Cta;

public sealed class CallbackDataTests
{
    [Fact]
    public void Read_WhatToStringMade_IsTheSameAndFitsTelegrams64Bytes()
    {
        var data = new CallbackData(Guid.CreateVersion7(), Guid.CreateVersion7());

        Assert.Equal(45, Encoding.UTF8.GetByteCount(data.ToString()));
        Assert.Equal(data, CallbackData.Read(data.ToString()));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("broadcast:button")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAA:AAAAAAAAAAAAAAAAAAAAA!")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAA-AAAAAAAAAAAAAAAAAAAAAA")]
    public void Read_AnythingElse_IsNull(string? text) => Assert.Null(CallbackData.Read(text));
}

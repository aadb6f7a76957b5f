using Marketing.Core.Cta;
using Marketing.Core.Tests.Fixtures;

namespace Marketing.Core.Tests.Cta;

public sealed class LinkTokensTests
{
    private static readonly CtaLink Link = new(Guid.CreateVersion7(), 123_456, Guid.CreateVersion7());

    [Fact]
    public void Read_WhatSignMade_IsTheLinkAgain()
    {
        var token = new LinkTokens(TestOptions.With()).Sign(Link);

        Assert.Equal(64, token.Length);
        Assert.Equal(Link, new LinkTokens(TestOptions.With()).Read(token));
    }

    [Fact]
    public void Read_AnyCharacterChanged_IsRefused()
    {
        var links = new LinkTokens(TestOptions.With());
        var token = links.Sign(Link);

        for (var i = 0; i < token.Length; i++)
            Assert.Null(links.Read(token[..i] + (token[i] == 'x' ? 'y' : 'x') + token[(i + 1)..]));
    }

    [Fact]
    public void Read_AfterTheKeyWasRotated_KnowsLinksOfBothAndSignsWithTheNew()
    {
        static string Key(byte value) => Convert.ToBase64String([.. Enumerable.Repeat(value, 32)]);
        static LinkTokens With(string keys) => new(TestOptions.With(("Marketing:LinkSigningKey", keys)));
        var rotated = With($"{Key(2)}, {Key(1)}");

        Assert.Equal(Link, rotated.Read(With(Key(1)).Sign(Link)));
        Assert.Equal(Link, With(Key(2)).Read(rotated.Sign(Link)));
        Assert.Null(With(Key(1)).Read(rotated.Sign(Link)));
        Assert.Null(rotated.Read(With(Key(3)).Sign(Link)));
    }

    [Fact]
    public void Read_SignedWithAnotherKey_IsRefused()
    {
        var other = new LinkTokens(TestOptions.With(("Marketing:LinkSigningKey", Convert.ToBase64String([.. Enumerable.Repeat((byte)1, 32)]))));

        Assert.Null(new LinkTokens(TestOptions.With()).Read(other.Sign(Link)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("é")]
    [InlineData("????????????????????????????????????????????????????????????????")]
    public void Read_Nonsense_IsRefused(string text) => Assert.Null(new LinkTokens(TestOptions.With()).Read(text));
}

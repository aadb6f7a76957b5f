using Marketing.Core.Cta;
using Marketing.Core.Tests.Fixtures;
using Moq;
using Telegram.Bot;
using Telegram.Bot.Requests.Abstractions;
using Telegram.Bot.Types;

namespace Marketing.Core.Tests.Cta;

public sealed class ConversionLinksTests
{
    [Theory]
    [InlineData("deposit")]
    [InlineData("a")]
    [InlineData("_-Z9")]
    [InlineData("joined_the-club_2026_of_many_wonders_")] // 37
    public async Task Read_WhatMakeMade_IsTheEventAgainInAtMost64Characters(string @event)
    {
        var link = await With().MakeAsync(new ConversionLinkInput(@event), default);

        Assert.Equal($"https://t.me/test_bot?start={link.Payload}", link.Url);
        Assert.Matches("^converted_[A-Za-z0-9_-]{18,54}$", link.Payload);
        Assert.Equal(@event, With().Read(link.Payload));
    }

    [Fact]
    public async Task Read_AnyCharacterChanged_IsNone()
    {
        var payload = (await With().MakeAsync(new ConversionLinkInput("deposit"), default)).Payload;

        for (var i = 0; i < payload.Length; i++)
            Assert.Null(With().Read(payload[..i] + (payload[i] == 'x' ? 'y' : 'x') + payload[(i + 1)..]));
        Assert.Null(With().Read(payload + "x"));
        Assert.Null(With().Read(payload[..^1]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("converted_")]
    [InlineData("converted_0123456789abcdef_")]
    [InlineData("converted_0123456789abcdef_deposit")]
    [InlineData("converted_0123456789abcdéf_deposit")]
    [InlineData("spring_sale-26")]
    public void Read_AnyOtherPayload_IsNone(string payload) => Assert.Null(With().Read(payload));

    [Fact]
    public async Task Read_AfterTheKeyWasRotated_KnowsLinksOfBoth()
    {
        static string Key(byte value) => Convert.ToBase64String([.. Enumerable.Repeat(value, 32)]);
        var old = (await With(Key(1)).MakeAsync(new ConversionLinkInput("deposit"), default)).Payload;

        Assert.Equal("deposit", With($"{Key(2)},{Key(1)}").Read(old));
        Assert.Null(With(Key(2)).Read(old));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("größe")]
    [InlineData("joined_the-club_2026_of_many_wonders_x")] // 38
    public async Task Make_EventThatIsNotForALink_SaysWhatIs(string? @event)
    {
        var e = await Assert.ThrowsAsync<InvalidException>(() => With().MakeAsync(new ConversionLinkInput(@event), default));

        Assert.Contains("1 to 37 characters", e.Errors["/event"][0], StringComparison.Ordinal);
    }

    private static ConversionLinks With(string? keys = null)
    {
        var bot = new Mock<ITelegramBotClient>();
        bot.Setup(b => b.SendRequest(It.IsAny<IRequest<User>>(), It.IsAny<CancellationToken>())).ReturnsAsync(new User { Username = "test_bot" });
        return new ConversionLinks(bot.Object, keys is null ? TestOptions.With() : TestOptions.With(("Marketing:LinkSigningKey", keys)));
    }
}

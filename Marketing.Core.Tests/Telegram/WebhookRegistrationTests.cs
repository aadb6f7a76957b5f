using Marketing.Core.Telegram;
using Marketing.Core.Tests.Fixtures;
using Moq;
using Telegram.Bot;
using Telegram.Bot.Requests.Abstractions;

namespace Marketing.Core.Tests.Telegram;

public sealed class WebhookRegistrationTests
{
    [Theory]
    [InlineData("http://example.com/hook", null)]
    [InlineData("http://example.com/hook", "https://api.telegram.org")]
    [InlineData("http://10.0.0.1/hook", null)]
    public async Task Register_HttpAtTelegramItself_IsRefused(string url, string? server)
    {
        var refused = await Assert.ThrowsAsync<InvalidException>(() => RegisterAsync(url, server));

        Assert.Contains("https", Assert.Single(refused.Errors["/url"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Register_PublicAddressIsHttp_NamesTheSetting()
    {
        var refused = await Assert.ThrowsAsync<InvalidException>(() => RegisterAsync(null, null, "http://example.com"));

        Assert.Contains("Marketing__PublicBaseUrl", Assert.Single(refused.Errors["/url"]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://example.com/hook", null)]
    [InlineData("http://127.0.0.1:7071/hook", null)]
    [InlineData("http://localhost:7071/hook", null)]
    [InlineData("http://example.com/hook", "http://bot-api.example.com:8081")]
    public async Task Register_AddressThatCanWork_IsGivenToTelegram(string url, string? server) =>
        await Assert.ThrowsAsync<AskedTelegram>(() => RegisterAsync(url, server));

    private static Task RegisterAsync(string? url, string? server, string publicBaseUrl = "https://go.example.test")
    {
        var bot = new Mock<ITelegramBotClient>();
        bot.Setup(b => b.SendRequest(It.IsAny<IRequest<bool>>(), It.IsAny<CancellationToken>())).ThrowsAsync(new AskedTelegram());
        var options = TestOptions.With(("Telegram:ApiBaseUrl", server), ("Marketing:PublicBaseUrl", publicBaseUrl));
        return new WebhookRegistration(bot.Object, null!, options).RegisterAsync(new WebhookInput(url, null, null), default);
    }

    private sealed class AskedTelegram : Exception;
}

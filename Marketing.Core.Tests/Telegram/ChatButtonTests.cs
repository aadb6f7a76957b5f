using System.Text;
using Marketing.Core.Cta;
using Marketing.Core.Telegram;
using Marketing.Core.Telegram.Conversations;

namespace Marketing.Core.Tests.Telegram;

public sealed class ChatButtonTests
{
    private static readonly Guid Id = Guid.CreateVersion7();

    [Fact]
    public void ConversationButton_AsTextAndBack_IsTheSameAndNoCallToAction()
    {
        var button = new ConversationButton(Id, 12_345, "custom", "America/New_York:x");

        var data = button.ToString();

        Assert.Equal(button, ConversationButton.Read(data));
        Assert.InRange(Encoding.UTF8.GetByteCount(data), 1, 64);
        Assert.Null(CallbackData.Read(data));
        Assert.Null(BroadcastButton.Read(data));
    }

    [Fact]
    public void ConversationButton_TooLong_IsRefused() =>
        Assert.Throws<InvalidOperationException>(() => new ConversationButton(Id, 1, "use", new string('ä', 20)).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("~c")]
    [InlineData("~c:1:use:")]
    [InlineData("~cAAAAAAAAAAAAAAAAAAAAAA:-1:use:")]
    [InlineData("~cAAAAAAAAAAAAAAAAAAAAAA:99999999999:use:")]
    [InlineData("~cAAAAAAAAAAAAAAAAAAAAAA:1:use")]
    public void ConversationButton_Forged_IsNone(string data) => Assert.Null(ConversationButton.Read(data));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void BroadcastButton_AsTextAndBack_IsTheSameAndNoCallToAction(bool fromList)
    {
        var button = new BroadcastButton(Id, BroadcastButton.Refresh, fromList);

        Assert.Equal(button, BroadcastButton.Read(button.ToString()));
        Assert.InRange(Encoding.UTF8.GetByteCount(button.ToString()), 1, 64);
        Assert.Null(CallbackData.Read(button.ToString()));
        Assert.Null(ConversationButton.Read(button.ToString()));
    }

    [Theory]
    [InlineData("~b")]
    [InlineData("~b:show:")]
    [InlineData("~bAAAAAAAAAAAAAAAAAAAAAA:show")]
    public void BroadcastButton_Forged_IsNone(string data) => Assert.Null(BroadcastButton.Read(data));
}

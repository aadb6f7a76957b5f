using Telegram.Bot.Types;

namespace Marketing.Core.Telegram.Conversations;

/// <summary>What an admin did: pressed a button, wrote something, or sent something else.</summary>
public abstract record ChatInput
{
    private ChatInput() { }

    /// <param name="PressId">Telegram's id of this press, the same when it is delivered twice.</param>
    public sealed record Press(string Action, string Value, string PressId) : ChatInput;

    public sealed record Text(int MessageId, string Value, IReadOnlyList<MessageEntity> Entities) : ChatInput;

    /// <summary>A photo, a sticker, a voice message: nothing that a step takes.</summary>
    public sealed record Other : ChatInput;
}

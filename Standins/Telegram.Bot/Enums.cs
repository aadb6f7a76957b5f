using System.Text.Json.Serialization;
using Telegram.Bot.Serialization;

namespace Telegram.Bot.Types.Enums;

[JsonConverter(typeof(JsonStringEnumConverter<ParseMode>))]
public enum ParseMode { None = 0, Markdown, Html, MarkdownV2 }

[JsonConverter(typeof(EnumConverter<UpdateType>))]
public enum UpdateType
{
    Unknown = 0, Message, InlineQuery, ChosenInlineResult, CallbackQuery, EditedMessage, ChannelPost, EditedChannelPost, ShippingQuery,
    PreCheckoutQuery, Poll, PollAnswer, MyChatMember, ChatMember, ChatJoinRequest, MessageReaction, MessageReactionCount, ChatBoost,
    RemovedChatBoost, BusinessConnection, BusinessMessage, EditedBusinessMessage, DeletedBusinessMessages, PurchasedPaidMedia,
    ManagedBot, GuestMessage, Subscription,
}

[JsonConverter(typeof(EnumConverter<ChatType>))]
public enum ChatType { Private = 1, Group, Channel, Supergroup, Sender }

public enum ChatMemberStatus { Creator = 1, Administrator, Member, Left, Kicked, Restricted }

[JsonConverter(typeof(EnumConverter<MessageEntityType>))]
public enum MessageEntityType
{
    Mention = 1, Hashtag, BotCommand, Url, Email, Bold, Italic, Code, Pre, TextLink, TextMention, PhoneNumber, Cashtag, Underline,
    Strikethrough, Spoiler, CustomEmoji, Blockquote, ExpandableBlockquote, DateTime,
}

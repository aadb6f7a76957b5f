using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization;
using Telegram.Bot.Serialization;
using Telegram.Bot.Types.Enums;
using Telegram.Bot.Types.ReplyMarkups;

namespace Telegram.Bot.Types;

public class Update
{
    [JsonPropertyName("update_id")] public int Id { get; set; }
    public Message? Message { get; set; }
    public Message? EditedMessage { get; set; }
    public CallbackQuery? CallbackQuery { get; set; }
    public ChatMemberUpdated? MyChatMember { get; set; }

    [JsonIgnore]
    public UpdateType Type => this switch
    {
        { Message: not null } => UpdateType.Message,
        { EditedMessage: not null } => UpdateType.EditedMessage,
        { CallbackQuery: not null } => UpdateType.CallbackQuery,
        { MyChatMember: not null } => UpdateType.MyChatMember,
        _ => UpdateType.Unknown,
    };
}

public class Message
{
    [JsonPropertyName("message_id")] public int Id { get; set; }
    public User? From { get; set; }
    public DateTime Date { get; set; }
    public Chat Chat { get; set; } = default!;
    public DateTime? EditDate { get; set; }
    public string? Text { get; set; }
    public MessageEntity[]? Entities { get; set; }
    public long? MigrateToChatId { get; set; }
    public long? MigrateFromChatId { get; set; }
    public InlineKeyboardMarkup? ReplyMarkup { get; set; }
}

public class MessageEntity
{
    public MessageEntityType Type { get; set; }
    public int Offset { get; set; }
    public int Length { get; set; }
    public string? Url { get; set; }
    public string? Language { get; set; }
}

public class CallbackQuery
{
    public string Id { get; set; } = default!;
    public User From { get; set; } = default!;
    public Message? Message { get; set; }
    public string? InlineMessageId { get; set; }
    public string ChatInstance { get; set; } = default!;
    public string? Data { get; set; }
}

public class User
{
    public long Id { get; set; }
    public bool IsBot { get; set; }
    public string FirstName { get; set; } = default!;
    public string? LastName { get; set; }
    public string? Username { get; set; }
    public string? LanguageCode { get; set; }
}

public class Chat
{
    public long Id { get; set; }
    public ChatType Type { get; set; }
    public string? Title { get; set; }
    public string? Username { get; set; }
    public string? FirstName { get; set; }
    public string? LastName { get; set; }
}

public class ChatMemberUpdated
{
    public Chat Chat { get; set; } = default!;
    public User From { get; set; } = default!;
    public DateTime Date { get; set; }
    public ChatMember OldChatMember { get; set; } = default!;
    public ChatMember NewChatMember { get; set; } = default!;
}

// An unknown status is an error, as in the package.
[JsonPolymorphic(TypeDiscriminatorPropertyName = "status")]
[JsonDerivedType(typeof(ChatMemberOwner), "creator")]
[JsonDerivedType(typeof(ChatMemberAdministrator), "administrator")]
[JsonDerivedType(typeof(ChatMemberMember), "member")]
[JsonDerivedType(typeof(ChatMemberLeft), "left")]
[JsonDerivedType(typeof(ChatMemberBanned), "kicked")]
[JsonDerivedType(typeof(ChatMemberRestricted), "restricted")]
public abstract class ChatMember(ChatMemberStatus status)
{
    [JsonIgnore] public ChatMemberStatus Status { get; } = status;
    public User User { get; set; } = default!;

    [JsonIgnore]
    public bool IsInChat => this is ChatMemberRestricted restricted ? restricted.IsMember
        : Status is not (ChatMemberStatus.Left or ChatMemberStatus.Kicked);
}

public class ChatMemberOwner() : ChatMember(ChatMemberStatus.Creator);
public class ChatMemberAdministrator() : ChatMember(ChatMemberStatus.Administrator);
public class ChatMemberMember() : ChatMember(ChatMemberStatus.Member);
public class ChatMemberLeft() : ChatMember(ChatMemberStatus.Left);
public class ChatMemberBanned() : ChatMember(ChatMemberStatus.Kicked);
public class ChatMemberRestricted() : ChatMember(ChatMemberStatus.Restricted)
{
    public bool IsMember { get; set; }
}

public class WebhookInfo
{
    public string Url { get; set; } = default!;
    public int PendingUpdateCount { get; set; }
    public DateTime? LastErrorDate { get; set; }
    public string? LastErrorMessage { get; set; }
    public int? MaxConnections { get; set; }
    public UpdateType[]? AllowedUpdates { get; set; }
}

[JsonConverter(typeof(ChatIdConverter))]
public class ChatId
{
    public ChatId(long identifier) => Identifier = identifier;

    public ChatId(string username)
    {
        if (username.Length > 1 && username[0] == '@')
            Username = username;
        else if (long.TryParse(username, NumberStyles.Integer, CultureInfo.InvariantCulture, out var identifier))
            Identifier = identifier;
        else
            throw new ArgumentException("Username value should be Identifier or Username that starts with @", nameof(username));
    }

    public long? Identifier { get; }
    public string? Username { get; }
    public override string ToString() => (Username ?? Identifier?.ToString(CultureInfo.InvariantCulture))!;

    public static implicit operator ChatId(long identifier) => new(identifier);
    public static implicit operator ChatId(string username) => new(username);
    [return: NotNullIfNotNull(nameof(chat))]
    public static implicit operator ChatId?(Chat? chat) => chat is null ? null : new(chat.Id);
}

public class LinkPreviewOptions
{
    public bool IsDisabled { get; set; }
    public string? Url { get; set; }
}

public class BotCommand
{
    public string Command { get; set; } = default!;
    public string Description { get; set; } = default!;
}

[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(BotCommandScopeDefault), "default")]
[JsonDerivedType(typeof(BotCommandScopeAllPrivateChats), "all_private_chats")]
[JsonDerivedType(typeof(BotCommandScopeChat), "chat")]
public abstract class BotCommandScope;

public class BotCommandScopeDefault : BotCommandScope;
public class BotCommandScopeAllPrivateChats : BotCommandScope;
public class BotCommandScopeChat : BotCommandScope
{
    public ChatId ChatId { get; set; } = default!;
}

// Parameter types that nothing here fills in: declared so that calls bind to the same overloads as with the package.
public abstract class ReplyParameters;
public abstract class SuggestedPostParameters;
public abstract class InputRichMessage;
public abstract class InputFileStream;

using System.Collections.Concurrent;

namespace Marketing.Local.Telegram;

/// <summary>What a chat answers to a bot.</summary>
public enum ChatStatus { Normal, Blocked, Deactivated, NotFound, Migrated }

internal sealed record ChatCard(
    ChatStatus Status, long? MigratedTo = null, string? FirstName = null, string? Username = null, string? LanguageCode = null,
    bool Admin = false)
{
    public string NameOf(long chatId) => FirstName ?? (chatId > 0 ? $"User {chatId}" : $"Group {chatId}");
}

/// <summary>The chats that are not ordinary. A positive id that is not in it is a person who exists and has not blocked the bot.</summary>
internal sealed class ChatBook
{
    private static readonly ChatCard Ordinary = new(ChatStatus.Normal);
    private static readonly ChatCard Unknown = new(ChatStatus.NotFound);
    private readonly ConcurrentDictionary<long, ChatCard> cards = [];
    private long lastNewId = 900_000_000;

    /// <summary>People marked as administrators: they come first in lists, and nothing else.</summary>
    public IReadOnlyList<long> Admins { get; private set; } = [];

    public ChatCard this[long chatId] => cards.GetValueOrDefault(chatId) ?? (chatId > 0 ? Ordinary : Unknown);

    public void Set(long chatId, ChatStatus status, long? migratedTo = null)
    {
        cards[chatId] = this[chatId] with { Status = status, MigratedTo = migratedTo };
        if (migratedTo is { } target && this[target].Status == ChatStatus.NotFound)
            Set(target, ChatStatus.Normal);
    }

    /// <summary>The id of somebody who has never been heard of.</summary>
    public long NewId()
    {
        long id;
        do
            id = Interlocked.Increment(ref lastNewId);
        while (cards.ContainsKey(id));
        return id;
    }

    public void Introduce(long chatId, string? firstName, string? username, string? languageCode, bool? admin = null)
    {
        if (firstName is null && username is null && languageCode is null && admin is null)
            return;
        var card = this[chatId];
        cards[chatId] = card with
        {
            FirstName = firstName ?? card.FirstName,
            Username = username ?? card.Username,
            LanguageCode = languageCode ?? card.LanguageCode,
            Admin = admin ?? card.Admin,
        };
        if (admin is { } isAdmin && isAdmin != card.Admin)
            Admins = isAdmin ? [.. Admins, chatId] : [.. Admins.Where(id => id != chatId)];
    }

    /// <exception cref="BotApiException">400, 403: nothing can be sent there.</exception>
    public void Admit(long chatId)
    {
        var card = this[chatId];
        if (card.Status == ChatStatus.Normal)
            return;
        throw card.Status switch
        {
            ChatStatus.Blocked => BotApiException.Forbidden("bot was blocked by the user"),
            ChatStatus.Deactivated => BotApiException.Forbidden("user is deactivated"),
            ChatStatus.Migrated when card.MigratedTo is { } to => BotApiException.Migrated(to),
            _ => BotApiException.BadRequest("chat not found"),
        };
    }
}

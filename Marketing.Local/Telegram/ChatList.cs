using System.Collections.Concurrent;
using System.Globalization;

namespace Marketing.Local.Telegram;

/// <param name="Unread">Messages after the last one that was read, up to 100.</param>
internal sealed record ChatEntry(
    long ChatId, string Name, string? Username, string? LanguageCode, ChatStatus State, bool Admin, int Unread, LastLine? Last);

/// <summary>The latest message as a list shows it: one line, without its styles.</summary>
internal sealed record LastLine(int MessageId, string Text, bool Photo, bool FromPerson, uint Date);

/// <summary>
/// The chats as a person sees them: admins first, then by their latest message. Read from the message log backwards, so that it
/// costs a message nothing; a page of a hundred thousand chats takes some milliseconds.
/// </summary>
internal sealed class ChatList(SimulatorState state)
{
    private const int MostUnread = 100;
    private const int LineLength = 120;

    // Only chats that were opened are in it.
    private readonly ConcurrentDictionary<long, int> readUntil = [];

    public (int Total, IReadOnlyList<ChatEntry> Chats) Read(string? search, int offset, int limit)
    {
        var log = state.Log;
        var admins = state.Chats.Admins;
        var chats = admins.Concat(log.ChatsNewestFirst().Where(id => !admins.Contains(id)));
        if (string.IsNullOrWhiteSpace(search))
            return (log.Chats + admins.Count(id => log.Last(id) is null), [.. chats.Skip(offset).Take(limit).Select(Entry)]);

        var found = chats.Where(id => Matches(id, search.Trim())).ToList();
        // Whoever has a positive id exists; their chat can be opened before its first message.
        if (long.TryParse(search, NumberStyles.None, CultureInfo.InvariantCulture, out var person) && person > 0 && !found.Contains(person))
            found.Add(person);
        return (found.Count, [.. found.Skip(offset).Take(limit).Select(Entry)]);
    }

    public ChatEntry Entry(long chatId)
    {
        var card = state.Chats[chatId];
        return new(chatId, card.NameOf(chatId), card.Username, card.LanguageCode, card.Status, card.Admin,
            state.Log.CountAfter(chatId, readUntil.GetValueOrDefault(chatId), MostUnread), Line(chatId));
    }

    public void MarkRead(long chatId, int messageId)
    {
        readUntil[chatId] = Math.Max(messageId, readUntil.GetValueOrDefault(chatId));
        state.Changes.Add(chatId);
    }

    private bool Matches(long chatId, string search)
    {
        var card = state.Chats[chatId];
        return card.NameOf(chatId).Contains(search, StringComparison.OrdinalIgnoreCase)
            || card.Username?.Contains(search.TrimStart('@'), StringComparison.OrdinalIgnoreCase) == true
            || chatId.ToString(CultureInfo.InvariantCulture).Contains(search, StringComparison.Ordinal);
    }

    private LastLine? Line(long chatId)
    {
        if (state.Log.ReadBack(chatId, before: int.MaxValue, from: 0, limit: 1) is not [var message])
            return null;
        string text;
        lock (message)
            text = message.Formatted().Text;
        return new(message.Id, text[..Math.Min(text.Length, LineLength)].ReplaceLineEndings(" "), message.Photo is not null,
            message.FromPerson, message.Date);
    }
}

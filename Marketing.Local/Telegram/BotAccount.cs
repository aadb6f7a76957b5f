using System.Collections.Concurrent;
using System.Globalization;

namespace Marketing.Local.Telegram;

/// <summary>A bot, made when its token is first used.</summary>
internal sealed class BotAccount(long id, WebhookQueue webhook)
{
    public long Id { get; } = id;
    public string Name { get; } = $"Bot {id}";
    public string Username { get; } = $"simulated_{id}_bot";
    public WebhookQueue Webhook { get; } = webhook;

    /// <summary>The lists of setMyCommands as JSON, by type of scope, chat, user and language with slashes between.</summary>
    public ConcurrentDictionary<string, string> Commands { get; } = [];

    /// <summary>The list that a person sees: core.telegram.org/bots/api#determining-list-of-commands.</summary>
    public string? CommandsFor(long chatId, string? language)
    {
        foreach (var scope in (string[])[$"chat/{chatId}", "all_private_chats/", "default/"])
        {
            foreach (var key in (string[])[$"{scope}//{language}", $"{scope}//"])
            {
                if (Commands.GetValueOrDefault(key) is { } commands)
                    return commands;
            }
        }

        return null;
    }
}

internal sealed class BotAccounts(TelegramSimulatorOptions options, WebhookSender sender) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, BotAccount> bots = [];

    /// <exception cref="BotApiException">404 for what is no token, 401 for an unknown one.</exception>
    public BotAccount Authorize(ReadOnlySpan<char> token)
    {
        if (bots.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(token, out var known))
            return known;
        var colon = token.IndexOf(':');
        if (colon < 1 || colon == token.Length - 1
            || !long.TryParse(token[..colon], NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            throw new BotApiException(404, "Not Found");
        var text = token.ToString();
        if (options.Tokens is { } accepted && !accepted.Contains(text))
            throw new BotApiException(401, "Unauthorized");
        return bots.GetOrAdd(text, _ => new BotAccount(id, new WebhookQueue(options, sender)));
    }

    /// <summary>The bot with this id; without an id the one that has a webhook, else any.</summary>
    public BotAccount? Find(long? id) => id is null
        ? bots.Values.FirstOrDefault(b => b.Webhook.Target is not null) ?? bots.Values.FirstOrDefault()
        : bots.Values.FirstOrDefault(b => b.Id == id);

    public async ValueTask DisposeAsync()
    {
        foreach (var bot in bots.Values)
            await bot.Webhook.DisposeAsync();
    }
}

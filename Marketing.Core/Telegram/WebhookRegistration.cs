using Telegram.Bot;
using Telegram.Bot.Exceptions;
using Telegram.Bot.Types.Enums;

namespace Marketing.Core.Telegram;

/// <param name="Url">Marketing__PublicBaseUrl with <see cref="WebhookRegistration.Path"/> when null.</param>
/// <param name="MaxConnections">Updates that Telegram posts at once; <see cref="WebhookRegistration.DefaultConnections"/> when null.</param>
/// <param name="DropPendingUpdates">Forget what waits at Telegram.</param>
public sealed record WebhookInput(string? Url, int? MaxConnections, bool? DropPendingUpdates);

/// <summary>A webhook as Telegram sees it.</summary>
/// <param name="Url">Empty when there is none.</param>
/// <param name="IsOurs">It is the one at Marketing__PublicBaseUrl.</param>
/// <param name="LastErrorAt">When the last post of an update failed; null for never since the registration.</param>
public sealed record WebhookState(
    string Url, bool IsOurs, int PendingUpdateCount, DateTimeOffset? LastErrorAt, string? LastErrorMessage, int? MaxConnections,
    IReadOnlyList<string> AllowedUpdates);

/// <summary>Tells Telegram where to post updates, and asks it how that goes.</summary>
public sealed class WebhookRegistration(ITelegramBotClient bot, BotMenus menus, MarketingOptions options)
{
    public const string Path = "/api/telegram/webhook";
    public const int DefaultConnections = 40;

    private string OwnUrl => options.PublicBaseUrl.ToString().TrimEnd('/') + Path;

    /// <exception cref="InvalidException">The url or max_connections cannot work.</exception>
    /// <exception cref="UnprocessableException">Telegram refused it.</exception>
    public async Task<WebhookState> RegisterAsync(WebhookInput input, CancellationToken ct)
    {
        var problems = new Problems();
        var url = input.Url ?? OwnUrl;
        if (Refusal(url) is { } refusal)
            problems.Add("/url", input.Url is null ? $"Marketing__PublicBaseUrl gives {url}, which {refusal}" : refusal);
        if (input.MaxConnections is < 1 or > 100)
            problems.Add("/max_connections", "must be from 1 to 100");
        problems.ThrowIfAny();
        return await AskAsync(async () =>
        {
            await bot.SetWebhook(
                url, maxConnections: input.MaxConnections ?? DefaultConnections, allowedUpdates: UsedUpdates.All,
                dropPendingUpdates: input.DropPendingUpdates ?? false, secretToken: options.TelegramWebhookSecret, cancellationToken: ct);
            await menus.PublishAsync(ct);
            return await StateAsync(ct);
        });
    }

    /// <exception cref="UnprocessableException">Telegram refused to tell.</exception>
    public Task<WebhookState> GetAsync(CancellationToken ct) => AskAsync(() => StateAsync(ct));

    private async Task<WebhookState> StateAsync(CancellationToken ct)
    {
        var info = await bot.GetWebhookInfo(ct);
        return new WebhookState(
            info.Url, info.Url == OwnUrl, info.PendingUpdateCount,
            info.LastErrorDate is { } at ? new DateTimeOffset(at, TimeSpan.Zero) : null, info.LastErrorMessage, info.MaxConnections,
            [.. (info.AllowedUpdates ?? []).Select(Name)]);
    }

    private static string Name(UpdateType kind) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString());

    // A Bot API server of one's own takes http (core.telegram.org/bots/api#using-a-local-bot-api-server), and so may a host that only
    // this machine reaches.
    private string? Refusal(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            return "is not an http or https address";
        return address.Scheme == "https" || address.IsLoopback || !IsTelegramItself
            ? null : "must be https: Telegram posts updates to no other";
    }

    private bool IsTelegramItself =>
        options.TelegramApiBaseUrl is not { } server || new Uri(server).Host.Equals("api.telegram.org", StringComparison.OrdinalIgnoreCase);

    private static async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (ApiRequestException e) when (e.ErrorCode is 401 or 404)
        {
            throw new UnprocessableException($"Telegram does not know the bot of Telegram__BotToken: {e.Message}");
        }
        catch (ApiRequestException e)
        {
            throw new UnprocessableException($"Telegram refused: {e.Message}");
        }
        catch (RequestException e)
        {
            throw new UnprocessableException($"Telegram gave no answer: {e.Message}");
        }
    }
}

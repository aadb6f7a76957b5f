using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Telegram.Bot;
using Telegram.Bot.Exceptions;

namespace Marketing.Core.Cta;

public sealed record ConversionLinkInput(string? Event);

/// <param name="Payload">What the bot gets with /start.</param>
public sealed record ConversionLink(string Event, string Payload, string Url);

/// <summary>
/// Deep links that say what happened: <c>converted_</c>, an HMAC-SHA256 of the event cut to 12 bytes in base64url, <c>_</c> and the
/// event. At most the 64 characters that Telegram allows; with another event, or made up, it is a payload like any other.
/// </summary>
public sealed class ConversionLinks(ITelegramBotClient bot, MarketingOptions options)
{
    private const string Prefix = "converted_";
    private const int MacBytes = 12;
    private const int MacAt = 10; // behind the prefix
    private const int EventAt = MacAt + 16 + 1;
    private const int MaxEvent = 64 - EventAt;

    // Keys of their own, so that no redirect token is ever the signature of an event.
    private readonly byte[][] keys = [.. options.LinkSigningKeys.Select(key => HMACSHA256.HashData(key, "conversion links"u8))];

    /// <exception cref="InvalidException">The event cannot be in a link.</exception>
    /// <exception cref="UnprocessableException">Telegram did not tell the bot's name.</exception>
    public async Task<ConversionLink> MakeAsync(ConversionLinkInput input, CancellationToken ct)
    {
        if (input.Event is not { Length: >= 1 and <= MaxEvent } @event || !@event.All(IsAllowed))
            throw new InvalidException("/event", $"must be 1 to {MaxEvent} characters of A-Z, a-z, 0-9, _ and -, the only ones that Telegram takes in a link");
        var payload = $"{Prefix}{Mac(keys[0], @event)}_{@event}";
        return new ConversionLink(@event, payload, $"https://t.me/{await BotNameAsync(ct)}?start={payload}");
    }

    /// <summary>The event; null when the payload is none of these, or was changed.</summary>
    public string? Read(string payload)
    {
        if (payload.Length <= EventAt || !payload.StartsWith(Prefix, StringComparison.Ordinal) || payload[EventAt - 1] != '_')
            return null;
        var @event = payload[EventAt..];
        var given = Encoding.UTF8.GetBytes(payload[MacAt..(EventAt - 1)]);
        return @event.Length <= MaxEvent && @event.All(IsAllowed)
            && keys.Any(key => CryptographicOperations.FixedTimeEquals(given, Encoding.ASCII.GetBytes(Mac(key, @event)))) ? @event : null;
    }

    private static string Mac(byte[] key, string @event) =>
        Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(@event)).AsSpan(0, MacBytes));

    // core.telegram.org/bots/features#deep-linking
    private static bool IsAllowed(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-';

    private async Task<string> BotNameAsync(CancellationToken ct)
    {
        try
        {
            return (await bot.GetMe(ct)).Username!;
        }
        catch (RequestException e)
        {
            throw new UnprocessableException($"Telegram did not tell the bot's name: {e.Message}");
        }
    }
}

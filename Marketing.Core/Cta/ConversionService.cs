using Marketing.Core.Broadcasts;

namespace Marketing.Core.Cta;

public sealed class ConversionService(ConversionRepository conversions, BroadcastRepository broadcasts, TimeProvider clock)
{
    /// <summary>A click earlier than this before the conversion did not cause it.</summary>
    public static readonly TimeSpan AttributionWindow = TimeSpan.FromDays(7);

    private const int MaxEvent = 100;
    private const int MaxKey = 200;

    // What numeric(18, 4) holds.
    private const decimal MaxValue = 99_999_999_999_999m;

    public async Task<(Conversion Row, bool IsNew)> RecordAsync(ConversionInput input, CancellationToken ct)
    {
        var problems = new Problems();
        problems.Text("/event", input.Event, MaxEvent);
        problems.Text("/idempotency_key", input.IdempotencyKey, MaxKey);
        if ((input.UserId is null) == (input.TelegramUserId is null))
            problems.Add("", "give either user_id or telegram_user_id");
        if (input.Value is < 0 or > MaxValue)
            problems.Add("/value", $"must be from 0 to {MaxValue}");
        if (input.Currency is { } currency && !(currency.Length == 3 && currency.All(char.IsAsciiLetterUpper)))
            problems.Add("/currency", "must be an ISO 4217 code such as EUR");
        if (input.BroadcastId is { } broadcastId && await broadcasts.GetAsync(broadcastId, ct) is null)
            problems.Add("/broadcast_id", $"there is no broadcast {broadcastId}");
        problems.ThrowIfAny();

        var userId = await conversions.FindUserAsync(input.UserId, input.TelegramUserId, ct)
            ?? throw new InvalidException(input.UserId is null ? "/telegram_user_id" : "/user_id", "nobody in the audience has this id");
        var now = clock.GetUtcNow();
        var conversion = new Conversion(
            Guid.CreateVersion7(now), userId, input.BroadcastId, input.Event!, input.Value, input.Currency, input.IdempotencyKey!, now);
        return await conversions.InsertAsync(conversion, now - AttributionWindow, ct);
    }
}

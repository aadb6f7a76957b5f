using Marketing.Core.Data;

namespace Marketing.Core.Cta;

/// <summary>What a conversion must be like, whichever way it comes in.</summary>
internal static class ConversionRules
{
    private const int MaxEvent = 100;
    private const int MaxKey = 200;

    // What numeric(18, 4) holds.
    private const decimal MaxValue = 99_999_999_999_999m;

    // Another machine's clock may be ahead of ours.
    private static readonly TimeSpan Ahead = TimeSpan.FromMinutes(5);

    /// <returns>JSON pointers into it and what is wrong there; null when nothing is.</returns>
    public static IReadOnlyDictionary<string, string[]>? Faults(ConversionInput input, DateTimeOffset now)
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
        if (input.OccurredAt > now + Ahead)
            problems.Add("/occurred_at", $"is more than {Ahead.TotalMinutes} minutes in the future");
        else if (input.OccurredAt is { } time && !UtcTime.IsPlausible(time))
            problems.Add("/occurred_at", "is before 1970");
        return problems.All;
    }

    /// <summary>What the database knows to be wrong; null when nothing is.</summary>
    public static IReadOnlyDictionary<string, string[]>? Faults(ConversionInput input, ConversionOutcome outcome)
    {
        var problems = new Problems();
        if (!outcome.HasPerson)
            problems.Add(input.UserId is null ? "/telegram_user_id" : "/user_id", "nobody in the audience has this id");
        if (!outcome.HasBroadcast)
            problems.Add("/broadcast_id", $"there is no broadcast {input.BroadcastId} that was sent to anybody");
        return problems.All;
    }
}

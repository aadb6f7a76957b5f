using Marketing.Core.Cta;
using Marketing.Core.Templates;

namespace Marketing.Core.Telegram;

/// <param name="Label">Null when this person never got such a button; so is the rest.</param>
internal sealed record TakenPress(bool IsFirst, bool IsOpen, string? Label, string? Url, string? Answer, string? Action)
    : TakenUpdate(IsFirst, IsOpen)
{
    public bool IsUnsubscribe => Action == PressRepository.Unsubscribe;
}

/// <summary>Presses on a message's buttons.</summary>
public sealed class PressRepository(UpdateRepository updates, MarketingTelemetry telemetry, TimeProvider clock)
{
    internal static readonly string Unsubscribe = System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(nameof(CtaAction.Unsubscribe));

    private const string Asked = """
        SELECT 1 AS place, broadcast_id, seq, @buttonId::uuid AS cta_button_id, @id::uuid AS id, @now::timestamptz AS at,
            NULL::text AS user_agent, NULL::inet AS ip_address
        FROM deliveries WHERE broadcast_id = @broadcastId AND user_id = (SELECT id FROM users WHERE telegram_user_id = @telegramUserId)
        """;

    // One statement takes the update, counts the press and moves last_seen_at; with nothing to reply it is the update's only one.
    // The person is locked before last_seen_at is moved (the count of one that is there for that only): a row that this statement
    // has changed cannot be locked by it any more, and the click would find nobody.
    private static readonly string PressSql = $"""
        WITH {ClickRepository.Target(Asked)},
        {UpdateRepository.Taking("NOT EXISTS (SELECT FROM target WHERE url IS NOT NULL OR answer IS NOT NULL OR action = @unsubscribe)")},
        {ClickRepository.Click("EXISTS (SELECT FROM taken WHERE is_first) AND action <> @unsubscribe")},
        {PeopleRepository.Seen("EXISTS (SELECT FROM taken, target) AND (SELECT count(*) FROM person) >= 0")}
        SELECT is_first, is_open, label, url, answer, action FROM taken LEFT JOIN target ON true
        """;

    /// <summary>Takes the update and records the press; null when the update is not this worker's.</summary>
    internal async Task<TakenPress?> TakeAsync(int updateId, CallbackData data, long telegramUserId, CancellationToken ct)
    {
        var press = await updates.TakeAsync<TakenPress>(PressSql, updateId, new
        {
            data.BroadcastId, data.ButtonId, telegramUserId, unsubscribe = Unsubscribe, id = Guid.CreateVersion7(clock.GetUtcNow()),
        }, ct);
        if (press is { IsFirst: true, Label: not null, IsUnsubscribe: false })
            telemetry.Clicked("callback");
        return press;
    }
}

using System.Text;
using Marketing.Core.Analytics;
using Marketing.Core.Broadcasts;
using Telegram.Bot.Types.ReplyMarkups;

namespace Marketing.Core.Telegram;

/// <summary>What a broadcast's card shows.</summary>
public sealed record CardFacts(
    Guid Id, string Title, BroadcastStatus Status, DateTimeOffset? ScheduledAt, DateTimeOffset? SentAt, string? FailureReason, BroadcastStats? Stats)
{
    public static CardFacts Of(Broadcast b) => new(b.Id, b.Title, b.Status, b.ScheduledAt, b.SentAt, b.FailureReason, b.Stats);
}

/// <summary>One broadcast in the chat: its progress while it goes on, its report when it has ended, and what can be done about it.</summary>
public static class BroadcastCard
{
    private const int BarLength = 12;

    /// <param name="asOf">When it is a snapshot; null while it is kept up to date.</param>
    public static string Html(CardFacts broadcast, TimeZoneInfo zone, DateTimeOffset? asOf)
    {
        var text = new StringBuilder($"<b>{Words.Html(Words.Cut(broadcast.Title, 200))}</b>\n{Headline(broadcast, zone)}");
        if (broadcast.Stats is { } stats)
        {
            if (IsOn(broadcast.Status))
                text.Append($"\n{Bar(stats)}");
            text.Append($"\nSent {Words.Number(stats.Sent)} of {Words.Number(stats.TotalRecipients)}");
            if (Pace(stats) is { } pace)
                text.Append($"\n{pace}");
            if (Losses(stats) is { } losses)
                text.Append($"\n{losses}");
            if (!IsOn(broadcast.Status))
                text.Append(Results(stats));
        }

        if (asOf is { } at)
            text.Append($"\n\n<i>As of {Words.TimeToTheSecond(at, zone)}</i>");
        return text.ToString();
    }

    /// <summary>The buttons that its status allows.</summary>
    public static InlineKeyboardMarkup Buttons(CardFacts broadcast, bool fromList)
    {
        InlineKeyboardButton Button(string label, string action) =>
            InlineKeyboardButton.WithCallbackData(label, new BroadcastButton(broadcast.Id, action, fromList).ToString());

        List<InlineKeyboardButton> row = broadcast.Status switch
        {
            BroadcastStatus.Sending => [Button("Pause", BroadcastButton.Pause), Button("Cancel", BroadcastButton.Cancel)],
            BroadcastStatus.Paused => [Button("Resume", BroadcastButton.Resume), Button("Cancel", BroadcastButton.Cancel)],
            BroadcastStatus.Scheduled => [Button("Cancel", BroadcastButton.Cancel)],
            _ => [],
        };
        if (fromList || !IsOn(broadcast.Status))
            row.Add(Button("Refresh", BroadcastButton.Refresh));
        return new InlineKeyboardMarkup(fromList ? [row, [Button("‹ Back", BroadcastButton.List)]] : [row]);
    }

    public static string Name(BroadcastStatus status) => status switch
    {
        BroadcastStatus.Sending => "sending",
        BroadcastStatus.Paused => "paused",
        BroadcastStatus.Scheduled => "scheduled",
        BroadcastStatus.Sent => "sent",
        BroadcastStatus.Failed => "failed",
        BroadcastStatus.Cancelled => "cancelled",
        _ => "draft",
    };

    private static bool IsOn(BroadcastStatus status) => status is BroadcastStatus.Scheduled or BroadcastStatus.Sending or BroadcastStatus.Paused;

    private static string Headline(CardFacts broadcast, TimeZoneInfo zone) => broadcast switch
    {
        { Status: BroadcastStatus.Scheduled, ScheduledAt: { } at } => $"🕓 Scheduled for {Words.Time(at, zone)}",
        { Status: BroadcastStatus.Sending, Stats: null } => "📤 Sending: getting ready",
        { Status: BroadcastStatus.Sending } => "📤 Sending",
        { Status: BroadcastStatus.Paused } => "⏸ Paused",
        { Status: BroadcastStatus.Sent, SentAt: { } at } => $"✅ Sent, finished {Words.Time(at, zone)}",
        { Status: BroadcastStatus.Failed, FailureReason: { } reason } => $"❌ Failed: {Words.Html(Words.Cut(reason, 300))}",
        { Status: BroadcastStatus.Failed } => "❌ Failed",
        { Status: BroadcastStatus.Cancelled } => "⏹ Cancelled",
        _ => "Draft",
    };

    private static string Bar(BroadcastStats stats)
    {
        var done = stats.TotalRecipients - stats.Pending;
        var share = stats.TotalRecipients == 0 ? 0 : (double)done / stats.TotalRecipients;
        // Full only when it is done.
        var full = (int)(share * BarLength);
        return $"{new string('▓', full)}{new string('░', BarLength - full)} {Words.Plain((long)(share * 100))}%";
    }

    private static string? Pace(BroadcastStats stats) => stats switch
    {
        { Rate: { } rate and > 0, SecondsLeft: { } left } => $"{Words.Rate(rate)} messages/s, about {Words.Duration(TimeSpan.FromSeconds(left))} left",
        { Rate: not null } => "Nothing sent for 10 s",
        _ => null,
    };

    private static string? Losses(BroadcastStats stats)
    {
        var parts = new[] { ("Failed", stats.Failed), ("blocked", stats.Blocked), ("skipped", stats.Skipped), ("uncertain", stats.Uncertain) }
            .Where(p => p.Item2 > 0).Select(p => $"{p.Item1} {Words.Number(p.Item2)}").ToList();
        return parts.Count == 0 ? null : char.ToUpperInvariant(parts[0][0]) + string.Join(" · ", parts)[1..];
    }

    private static string Results(BroadcastStats stats)
    {
        var text = new StringBuilder($"\n\nClicks {Words.Number(stats.Clicks)} by {Words.Users(stats.UniqueClickers)}, CTR {Words.Percent(stats.Ctr)}");
        text.Append($"\nConversions {Words.Number(stats.Conversions)}, {Words.Percent(stats.ConversionRate)} of clicks");
        foreach (var button in stats.Buttons)
            text.Append($"\n• {Words.Html(Words.Cut(button.Label, 40))}: {Words.Number(button.Clicks)}");
        return text.ToString();
    }
}

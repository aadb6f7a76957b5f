using Marketing.Core.Access;
using Marketing.Core.Analytics;

namespace Marketing.Core.Telegram;

/// <summary>What the bot says to admins outside of a conversation, as HTML.</summary>
internal static class ChatTexts
{
    public const string AdminHelp = """
        <b>What you can do here</b>
        /broadcast – make a broadcast, and send it now or later
        /broadcasts – the last ten, with numbers and controls
        /stats – the last 30 days in numbers
        /cancel – drop the broadcast that you are making
        /link CODE – link this chat to another token
        /start and /stop – get broadcasts yourself, or no more
        """;

    public const string Cancelled = "Cancelled. Nothing was sent.";
    public const string NothingToCancel = "There is nothing to cancel. To stop a broadcast that is being sent, use /broadcasts.";
    public const string NoConversation = "I am not waiting for anything. Send /broadcast to make a broadcast; /help lists what else there is.";
    public const string LinkUsage =
        "Send the code along with it: <code>/link CODE</code>. You get a code from <code>POST /api/v1/admin/me/telegram-link</code>.";

    public const string WrongCode =
        "This code is wrong, was used, or is older than ten minutes. Get a new one from <code>POST /api/v1/admin/me/telegram-link</code>.";

    public static string Linked(TelegramAdmin admin)
    {
        var hello = $"This chat now acts as <b>{Words.Html(admin.Name)}</b>, with the role {admin.Role.ToString().ToLowerInvariant()}.";
        return Permissions.Allows(admin.Role, Permission.Send)
            ? $"{hello} /help lists what you can do." : $"{hello} Sending broadcasts takes the role sender; ask an owner for it.";
    }

    public static string Totals(AnalyticsOverview overview)
    {
        var stats = overview.Totals;
        return $"""
            <b>The last 30 days</b>
            Broadcasts {Words.Number(overview.BroadcastCount)}
            Sent {Words.Number(stats.Sent)} of {Words.Number(stats.TotalRecipients)}
            Failed {Words.Number(stats.Failed)} · blocked {Words.Number(stats.Blocked)} · skipped {Words.Number(stats.Skipped)} · uncertain {Words.Number(stats.Uncertain)}
            Clicks {Words.Number(stats.Clicks)} by {Words.Users(stats.UniqueClickers)}, CTR {Words.Percent(stats.Ctr)}
            Conversions {Words.Number(stats.Conversions)}, {Words.Percent(stats.ConversionRate)} of clicks
            """;
    }
}

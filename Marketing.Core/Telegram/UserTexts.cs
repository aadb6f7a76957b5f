namespace Marketing.Core.Telegram;

/// <summary>What the bot says to people by itself; plain text.</summary>
internal static class UserTexts
{
    public static string Welcome(string firstName, bool hasConverted) =>
        $"{(hasConverted ? $"Thank you, {firstName}!" : $"Hi {firstName}!")} You are on the list, and our news will come to you here. Send /stop whenever you have had enough.";

    public const string Stopped = "Done: no more messages from us. Changed your mind? Press Undo, or send /start any time.";
    public const string Undo = "Undo";
    public const string Back = "Good to have you back! Our news will come to you again. Send /stop whenever you have had enough.";

    public const string AskToStop = "Stop all messages?";
    public const string YesStop = "Yes, stop";
    public const string Keep = "Keep";
    public const string Kept = "Fine, nothing changes.";

    public const string Help = """
        This bot sends you our news and offers. It does not read what you write, except for:

        /start - get our messages
        /stop - no more messages
        /help - this text
        """;

    public const string StartHint = "Get our messages";
    public const string StopHint = "No more messages";
    public const string HelpHint = "What this bot does";
}

namespace Marketing.Local.Demo;

/// <summary>A template as POST /api/v1/admin/templates takes it.</summary>
internal sealed record DemoTemplate(string Name, string Category, string Content, IReadOnlyList<object> CtaButtons);

internal static class DemoTemplates
{
    /// <summary>The first is the one that the demo's finished broadcast was made of.</summary>
    public static readonly IReadOnlyList<DemoTemplate> All =
    [
        new("Autumn trading cup", "events", """
            <b>Hi {{ first_name ?? "trader" }}!</b>

            The autumn trading cup starts on Monday. {{ if user_tier == "free" }}Join with any trade.{{ else }}As a {{ user_tier }} member you are already in.{{ end }}
            """,
            [Link("See the prizes", "https://example.com/cup"), Answer("Count me in", "You are in. Good luck!")]),
        new("Live session on Thursday", "events", """
            <b>Live on Thursday, 18:00 UTC</b>

            Our analysts read the week's charts with you, {{ first_name ?? "trader" }}.
            <blockquote>Bring a question: the best one gets a month of premium.</blockquote>
            """,
            [Answer("Remind me", "We remind you an hour before."), Link("What it is about", "https://example.com/live")]),
        new("Premium for half", "offers", """
            <b>Half price until Sunday</b>

            {{ first_name ?? "Hello" }}, premium costs <s>20</s> <b>10</b> a month if you start this week. Your code: <tg-spoiler>AUTUMN50</tg-spoiler>
            """,
            [Link("Get premium", "https://example.com/premium"), Answer("Not for me", "Noted. Thank you!")]),
        new("We miss you", "offers", """
            Hi {{ first_name ?? "there" }}, it has been a while.

            <i>The first three trades of this month are free of fees.</i>
            """,
            [Link("Trade now", "https://example.com/trade")]),
    ];

    private static object Link(string label, string url) => new { label, action = "open", url };

    private static object Answer(string label, string answer) => new { label, action = "callback", answer };
}

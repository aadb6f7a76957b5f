namespace Marketing.Local;

/// <summary>What a person needs to go on.</summary>
internal static class Banner
{
    public static void Print(Uri host, string ownerToken, Uri? simulator, bool hasDemo)
    {
        var address = $"http://localhost:{host.Port}";
        Console.WriteLine($"""

            Marketing is running. Ctrl-C stops it; the data stays.

              Dashboard     {address}/api/dashboard#token={Uri.EscapeDataString(ownerToken)}   (signs you in)
              API           {address}/api/v1/admin
              Owner token   {ownerToken}
            """);
        if (simulator is not null)
            Console.WriteLine($"""
                  Telegram      http://localhost:{simulator.Port}   (simulated; open it in a browser)
                """);
        if (hasDemo)
            Console.WriteLine($$$"""

                Send a broadcast from the chat: open the simulated Telegram, choose Admin and write /broadcast. Then choose
                User, read what came, and press its buttons; Refresh in the admin's report shows the clicks.

                Or by hand, to the demo's premium users:

                  A='Authorization: Bearer {{{ownerToken}}}' U={{{address}}}/api/v1/admin
                  T=$(curl -s $U/templates -H "$A" -d '{"name":"Hello '$(date +%s)'","content":"Hi <b>{{ first_name }}</b>!","cta_buttons":[{"label":"Read more","action":"open","url":"https://example.com"}]}' | cut -d'"' -f4)
                  B=$(curl -s $U/broadcasts -H "$A" -d '{"title":"Hello","template_id":"'$T'","cohort_query":{"user_tier":"premium"}}' | cut -d'"' -f4)
                  curl -s -X POST $U/broadcasts/$B/send -H "$A"; sleep 3; curl -s $U/broadcasts/$B/stats -H "$A"

                """);
    }
}

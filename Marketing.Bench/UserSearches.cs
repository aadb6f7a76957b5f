using System.Diagnostics;
using Marketing.Core.Audience;
using Npgsql;

namespace Marketing.Bench;

/// <summary>Typical searches of the list of people, among those that are there.</summary>
internal static class UserSearches
{
    private const string Nobody = "nobody";

    // The one with the highest number of those who are looked for. A smaller audience lacks some of them.
    private const int LastSought = 4_321;

    private static readonly (string What, UserFilter Filter)[] Searches =
    [
        ("a full name", new("person17 fam", null, null, null, null)),
        ("a last name", new("family1234", null, null, null, null)),
        ("a username", new($"@person_{LastSought}", null, null, null, null)),
        ("a Telegram id's first digits", new($"{AudienceFile.TelegramId(LastSought)}"[..6], null, null, null, null)),
        ("a beginning that all have", new("p", null, null, null, null)),
        (Nobody, new("nobody at all", null, null, null, UserState.Reachable)),
    ];

    public static async Task RunAsync(NpgsqlDataSource source, int people, int rounds, Report report, CancellationToken ct)
    {
        report.Title("audience", $"searches among {people:N0} people, a page of 50, {rounds} rounds each");
        var users = new UserRepository(source, TimeProvider.System);
        foreach (var (what, filter) in Searches)
        {
            var milliseconds = new List<double>();
            for (var round = 0; round <= rounds; round++)
            {
                var watch = Stopwatch.StartNew();
                var found = await users.SearchAsync(filter, null, 50, ct);
                if (round > 0)
                    milliseconds.Add(watch.Elapsed.TotalMilliseconds);
                if (found.Count > 0 ? what == Nobody : what != Nobody && people > LastSought)
                    throw new InvalidOperationException($"the search for {what} found {found.Count} of {people} people");
            }

            // A scan of a million rows takes several times as long.
            report.AtMost($"search for {what}", new("ms", milliseconds), 50);
        }
    }
}

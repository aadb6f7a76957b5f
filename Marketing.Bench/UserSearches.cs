using System.Diagnostics;
using Marketing.Core.Audience;
using Npgsql;

namespace Marketing.Bench;

/// <summary>Typical searches of the list of people, among those that are there.</summary>
internal static class UserSearches
{
    private static readonly (string What, UserFilter Filter)[] Searches =
    [
        ("a full name", new("person17 fam", null, null, null, null)),
        ("a last name", new("family1234", null, null, null, null)),
        ("a username", new("@person_4321", null, null, null, null)),
        ("a Telegram id's first digits", new("123456", null, null, null, null)),
        ("a beginning that all have", new("p", null, null, null, null)),
        ("nobody", new("nobody at all", null, null, null, UserState.Reachable)),
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
                await users.SearchAsync(filter, null, 50, ct);
                if (round > 0)
                    milliseconds.Add(watch.Elapsed.TotalMilliseconds);
            }
            // A scan of a million rows takes several times as long.
            report.AtMost($"search for {what}", new("ms", milliseconds), 50);
        }
    }
}

using System.Globalization;
using System.Text.Json;
using Dapper;
using Marketing.Core.Tests.Fixtures;

namespace Marketing.Core.Tests.Cohorts;

public sealed class CohortFuzzTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>, IAsyncLifetime
{
    // The seed is fixed so that a failure can be seen again.
    private const int Seed = 20260520;

    private static readonly string[] Hostile =
    [
        "'", "''", "\"", "\\", "\\'", "$1", "$$", "@cohort_0", "@c0", ":c0", "--", "/*", "*/", ";", "::int", "{=cohort_0}", "?x?", "%", "_",
        "'; DROP TABLE users; --", "' OR 1=1 --", "\u0000", "\u202e", "é", "😀", "\ud83d", "\n", "\t", "NULL", "null", "true", "{}", "[]",
        "$.*", "a.b", "a/b~c", "1e400", "NaN", "infinity", "2026-02-30", "0000-00-00", "9999-12-31T23:59:59.9999999-14:59", "",
        new('x', 300),
    ];

    private static readonly string[] Fields =
        ["user_tier", "region", "language", "created_at", "last_trade_at", "last_seen_at", "clicked", "received", "converted", "no_trades_7d"];

    private static readonly string[] Operators = ["in", "ne", "gt", "gte", "lt", "lte", "within", "older_than", "exists"];

    private readonly CohortPeople people = new(database.Source);

    public Task InitializeAsync() => people.ClearAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Query_HostileStringsAndKeys_RunsOrIsRefusedAndLeavesTheUsersAlone()
    {
        var random = new Random(Seed);
        await people.AddAsync("ann", region: "'; DROP TABLE users; --", attributes: """{"'":"\\","$1":1,"a.b":"@cohort_0"}""");
        foreach (var (i, value) in Hostile.Where(text => !text.Contains('\0') && text != "\ud83d").Index())
            await people.AddAsync($"p{i}", attributes: JsonSerializer.Serialize(new Dictionary<string, string> { ["k"] = value }));
        var before = await people.CountUsersAsync();
        var ran = 0;

        for (var i = 0; i < 1_500; i++)
        {
            // Written by hand below: a serialiser would repair the lone surrogates that are to be tried.
            var query = Query(random, depth: 0);
            try
            {
                await people.WhoAsync(query);
                ran++;
            }
            catch (InvalidException refusal)
            {
                Assert.All(refusal.Errors.Keys, pointer => Assert.StartsWith("/cohort_query", pointer, StringComparison.Ordinal));
            }
        }

        Assert.InRange(ran, 200, 1_500);
        Assert.Equal(before, await people.CountUsersAsync());
        Assert.Equal(["ann"], await people.WhoAsync("""{"region":"'; DROP TABLE users; --"}"""));
        Assert.Equal(["ann"], await people.WhoAsync("""{"attributes.'":"\\","attributes.$1":1,"attributes.a.b":"@cohort_0"}"""));
    }

    [Fact]
    public async Task AttributeTime_AnyStringInARow_NeverFailsAndReadsEveryRealDay()
    {
        // Days 00 to 32 of months 00 to 13 in leap and common years, and times and offsets at and beyond their bounds.
        await using var db = await database.Source.OpenConnectionAsync();
        await db.ExecuteAsync("""
            INSERT INTO users (id, telegram_user_id, chat_id, attributes)
            SELECT gen_random_uuid(), row_number() OVER (), 1, jsonb_build_object('t', v) FROM (
                SELECT concat(y, '-', lpad(m::text, 2, '0'), '-', lpad(d::text, 2, '0')) AS v
                FROM unnest(ARRAY['0000', '1000', '1900', '1904', '2000', '2023', '2024', '2100', '9999', '20240']) y,
                    generate_series(0, 13) m, generate_series(0, 32) d
                UNION ALL
                SELECT concat('2024-02-29', t, z) FROM
                    unnest(ARRAY['T00:00', 'T23:59:59', 'T24:00:00', 'T23:60:00', 'T23:59:60', ' 12:00:00.123456789', 'T12', 'T12:00:00.']) t,
                    unnest(ARRAY['', 'Z', '+00', '+0200', '-14:59', '+15:00', '+99:99', 'z', ' Z', 'CET']) z) rows
            """);
        var real = Enumerable.Range(0, 100_000).Count(day => IsSampled(new DateOnly(1900, 1, 1).AddDays(day)))
            + 365 + 365; // 1000 and 9999 lie outside that span

        // 3 times of day are right, each with 5 right offsets.
        Assert.Equal(real + 15, await people.CountAsync("""{"attributes.t":{"lt":"9999-12-31T23:59:59Z"}}"""));
        Assert.Equal(real + 15, await people.CountAsync("""{"attributes.t":{"gte":"1000-01-01"}}"""));

        static bool IsSampled(DateOnly day) => day.Year is 1900 or 1904 or 2000 or 2023 or 2024 or 2100;
    }

    private static string Query(Random random, int depth) =>
        "{" + string.Join(",", Enumerable.Range(0, random.Next(1, 3)).Select(_ => Member(random, depth))) + "}";

    // Half of the conditions may be right: attributes and text with any string in them.
    private static string Member(Random random, int depth) => random.Next(depth < 3 ? 11 : 7) switch
    {
        0 when random.Next(4) == 0 => $"{Quote(Pick(random, Hostile))}:{Value(random)}",
        <= 3 => $"{Quote("attributes." + (random.Next(2) == 0 ? "k" : Pick(random, Hostile)))}:{Equality(random)}",
        4 => $"{Quote(Pick(random, ["region", "user_tier", "language"]))}:{Quote(Pick(random, Hostile))}",
        5 => $"\"attributes.k\":{{{Quote(Pick(random, ["gt", "gte", "lt", "lte"]))}:{(random.Next(2) == 0 ? "1.5" : "\"2026-05-01\"")}}}",
        6 => $"{Quote(Pick(random, Fields))}:{{{Quote(random.Next(9) == 0 ? Pick(random, Hostile) : Pick(random, Operators))}:{Value(random)}}}",
        7 => $"\"not\":{Query(random, depth + 1)}",
        8 => $"\"sample\":{{\"percent\":{Percent(random)},{Quote(random.Next(9) == 0 ? Pick(random, Hostile) : "seed")}:{Value(random)}}}",
        _ => $"{Pick(random, ["\"any\"", "\"all\""])}:[{Query(random, depth + 1)},{Query(random, depth + 1)}]",
    };

    private static string Percent(Random random) =>
        random.Next(3) == 0 ? Value(random) : Pick(random, ["10", "0.001", "100", "99.999999999999999999", "1e-28", "1e400"]);

    private static string Equality(Random random) => random.Next(3) switch
    {
        0 => Value(random),
        1 => $"{{\"ne\":{Value(random)}}}",
        _ => $"{{\"in\":[{Value(random)},{Value(random)}]}}",
    };

    private static string Value(Random random) => random.Next(12) switch
    {
        0 => "null",
        1 => random.Next(-100, 100).ToString(CultureInfo.InvariantCulture),
        2 => Pick(random, ["1e400", "-0", "1.5e-30", "79228162514264337593543950335", "12345678901234567890123456789012345"]),
        3 => Pick(random, ["true", "false"]),
        4 => $"\"{Guid.CreateVersion7()}\"",
        5 => Quote(Pick(random, ["7d", "12h", "3650d", "99999w"])),
        6 => Quote(Pick(random, ["2026-05-01", "0001-01-01", "9999-12-31T23:59:59.9999999Z", "2026-05-01T00:00:00+14:00"])),
        _ => Quote(Pick(random, Hostile)),
    };

    private static string Quote(string text) =>
        "\"" + string.Concat(text.Select(c => $"\\u{(int)c:x4}")) + "\"";

    private static string Pick(Random random, string[] from) => from[random.Next(from.Length)];
}

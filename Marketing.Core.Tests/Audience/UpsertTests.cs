using System.Text;
using Marketing.Core.Audience;
using Marketing.Core.Tests.Fixtures;

namespace Marketing.Core.Tests.Audience;

public sealed class UpsertTests(DatabaseFixture database) : AudienceTests(database)
{
    [Fact]
    public async Task Import_KnownPerson_ReplacesWhatIsGivenAndKeepsTheRest()
    {
        await CsvAsync("telegram_user_id,chat_id,first_name,region,last_trade_at,created_at,plan,seats\n1,99,Ada,EU,2026-01-01,2025-01-01,gold,5\n");
        var before = await UserAsync(1);
        Clock.Advance(TimeSpan.FromDays(1));
        var result = await CsvAsync("telegram_user_id,chat_id,first_name,region,last_trade_at,created_at,plan,city\n1,,Grace,,,,silver,Oslo\n");

        Assert.Equal((0, 1), (result.Inserted, result.Updated));
        var user = await UserAsync(1);
        Assert.Equal((before.Id, 99, "Grace", "EU"), (user.Id, user.ChatId, user.FirstName, user.Region));
        Assert.Equal((before.LastTradeAt, before.CreatedAt, Now.AddDays(1)), (user.LastTradeAt, user.CreatedAt, user.UpdatedAt));
        Assert.Equal("""{"city": "Oslo", "plan": "silver", "seats": 5}""", user.Attributes.GetRawText());
    }

    [Fact]
    public async Task Import_ChatIdAndCreatedAtGivenForSome_ReplacesTheirsOnly()
    {
        await CsvAsync("telegram_user_id,chat_id,created_at\n1,91,2025-01-01\n2,92,2025-01-02\n");
        await CsvAsync("telegram_user_id,chat_id,created_at\n1,1,2024-05-05\n2,,\n");

        var (one, two) = (await UserAsync(1), await UserAsync(2));
        Assert.Equal((1, 2024), (one.ChatId, one.CreatedAt.Year));
        Assert.Equal((92, 2025), (two.ChatId, two.CreatedAt.Year));
    }

    [Fact]
    public async Task Import_NothingGiven_CountsAsUpdated()
    {
        await CsvAsync("telegram_user_id\n1\n");
        Assert.Equal((1, 1), await CountsAsync("telegram_user_id\n1\n2\n"));
    }

    [Fact]
    public async Task Import_SamePersonTwice_LastLineWinsAndCountsOnce()
    {
        await CsvAsync("telegram_user_id\n2\n");
        var result = await CsvAsync("telegram_user_id,first_name,region\n1,First,EU\n2,Old,\n1,Last,\n2,New,\n1,Bad,x,\n");

        Assert.Equal((1, 1, 2, 1), (result.Inserted, result.Updated, result.Duplicates, result.RejectedTotal));
        var user = await UserAsync(1);
        Assert.Equal(("Last", null), (user.FirstName, user.Region));
        Assert.Equal("New", (await UserAsync(2)).FirstName);
    }

    [Fact]
    public async Task Import_OptedOutOrSuppressed_StaysSo()
    {
        await CsvAsync("telegram_user_id\n1\n2\n");
        await ExecuteAsync("UPDATE users SET opted_out_at = '2026-01-01Z' WHERE telegram_user_id = 1");
        await ExecuteAsync("UPDATE users SET suppressed_at = '2026-01-01Z', suppression_reason = 'blocked' WHERE telegram_user_id = 2");
        await CsvAsync("telegram_user_id,first_name\n1,Ada\n2,Bob\n");

        Assert.Equal(("Ada", new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)), ((await UserAsync(1)).FirstName, (await UserAsync(1)).OptedOutAt));
        Assert.Equal(("Bob", "blocked"), ((await UserAsync(2)).FirstName, (await UserAsync(2)).SuppressionReason));
    }

    [Fact]
    public async Task Import_FileSaysThePersonOptedOut_LeavesThePersonOut()
    {
        var result = await CsvAsync("telegram_user_id,opted_out_at\n1,\n2,2026-01-01\n");

        Assert.Equal(
            [(3, "opted_out_at: \"2026-01-01\" says not to write to this person, which an import cannot record; left out")],
            Rejected(result));
        Assert.Equal([1], await StoredAsync());
    }

    [Fact]
    public async Task Import_ManyBadLines_ListsAThousandAndCountsAll()
    {
        var result = await CsvAsync("telegram_user_id\n" + string.Concat(Enumerable.Repeat("x\n", 2_500)) + "7\n");

        Assert.Equal((1, 2_500, 1_000), (result.Inserted, result.RejectedTotal, result.Rejected.Count));
    }

    [Fact]
    public async Task Import_BodyBreaksOff_StoresNothing()
    {
        var head = string.Concat(Enumerable.Range(1, 50_000).Select(i => $"{i},n\n"));
        var body = new BrokenStream(Encoding.UTF8.GetBytes("telegram_user_id,first_name\n" + head));

        await Assert.ThrowsAsync<IOException>(() => Importer.ImportAsync(body, ImportFormat.Csv, dryRun: false, CancellationToken.None));
        Assert.Empty(await StoredAsync());
        Assert.Equal((1, 0), await CountsAsync("telegram_user_id\n1\n"));
    }

    [Fact]
    public async Task Import_TwoAtOnceInOppositeOrder_BothSucceed()
    {
        var people = Enumerable.Range(1, 20_000).Select(i => $"{i},n\n").ToList();
        var up = "telegram_user_id,first_name\n" + string.Concat(people);
        people.Reverse();
        var down = "telegram_user_id,first_name\n" + string.Concat(people);

        for (var round = 0; round < 3; round++)
        {
            var results = await Task.WhenAll(Task.Run(() => CsvAsync(up)), Task.Run(() => CsvAsync(down)));
            Assert.Equal(round == 0 ? 20_000 : 0, results.Sum(r => r.Inserted));
            Assert.Equal(40_000, results.Sum(r => r.Inserted + r.Updated));
        }
    }

    [Fact]
    public async Task Import_HundredThousandLines_KeepsMemoryFlat()
    {
        const int people = 100_000;
        await using var body = new GeneratedStream(people);
        var result = await Importer.ImportAsync(body, ImportFormat.Csv, dryRun: false, CancellationToken.None);

        Assert.Equal(people, result.Inserted);
        // 30 MB of file; what stays alive is the buffers, well under 4 MB.
        Assert.InRange(body.MostAlive - body.AliveAtStart, 0, 8_000_000);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)] // and a worker whose clock is ahead has erased somebody since
    public async Task Import_SomebodyErasedWhileTheFileIsRead_StoresNothing(bool wasErasedBefore)
    {
        await CsvAsync("telegram_user_id\n1\n");
        var users = new UserRepository(Database.Source, Clock);
        var personal = new PersonalData(Database.Source, users, Erased, Clock);
        if (wasErasedBefore)
        {
            await personal.EraseAsync(new UserKey(null, 1), CancellationToken.None);
            await ExecuteAsync("""
                INSERT INTO users (id, telegram_user_id, chat_id) VALUES (gen_random_uuid(), 1, 1); -- came back by /start
                INSERT INTO erased_people SELECT decode(repeat('00', 16), 'hex'), max(erased_at) + interval '1 hour' FROM erased_people
                """);
            Clock.Advance(TimeSpan.FromSeconds(1));
        }

        await using var body = new InterruptedStream("""{"telegram_user_id":1}""", () => personal.EraseAsync(new UserKey(null, 1), CancellationToken.None));

        await Assert.ThrowsAsync<ConflictException>(
            () => Importer.ImportAsync(body, ImportFormat.Ndjson, dryRun: false, CancellationToken.None));

        Assert.Empty(await users.SearchAsync(new UserFilter(null, null, null, null, null), null, 10, CancellationToken.None));
    }

    [Fact]
    public async Task FindByTelegramId_Unknown_IsNull() =>
        Assert.Null(await People.FindByTelegramIdAsync(404, CancellationToken.None));

    private async Task<(long Inserted, long Updated)> CountsAsync(string csv)
    {
        var result = await CsvAsync(csv);
        return (result.Inserted, result.Updated);
    }
}

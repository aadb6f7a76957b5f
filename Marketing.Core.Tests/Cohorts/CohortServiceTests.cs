using System.Text.Json;
using Marketing.Core.Cohorts;
using Marketing.Core.Tests.Fixtures;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace Marketing.Core.Tests.Cohorts;

public sealed class CohortServiceTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>, IAsyncLifetime
{
    private readonly CohortPeople people = new(database.Source);
    private readonly FakeTimeProvider clock = new(CohortPeople.Now);

    public Task InitializeAsync() => people.ClearAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task PreviewAsync_MorePeopleThanTheSample_CountsAllAndShowsTen()
    {
        for (var i = 0; i < 12; i++)
            await people.AddAsync($"p{i}", tier: "premium", region: "EU");

        var preview = await Service().PreviewAsync(JsonElement.Parse("""{"region":"EU"}"""), CancellationToken.None);

        Assert.Equal(12, preview.Count);
        Assert.Equal(10, preview.Sample.Count);
        Assert.All(preview.Sample, member => Assert.Equal(("premium", "EU"), (member.UserTier, member.Region)));
        Assert.All(preview.Sample, member => Assert.NotEqual(0, member.TelegramUserId));
    }

    [Fact]
    public async Task PreviewAsync_NobodyInTheCohort_IsZeroAndAnEmptyList()
    {
        var preview = await Service().PreviewAsync(JsonElement.Parse("{}"), CancellationToken.None);

        Assert.Equal(0, preview.Count);
        Assert.Empty(preview.Sample);
    }

    [Fact]
    public async Task CountAsync_ClockMoves_CountsBackFromTheNewTime()
    {
        await people.AddAsync("trader", tradedAgo: TimeSpan.FromDays(6));
        var query = JsonElement.Parse("""{"no_trades_7d":true}""");
        Assert.Equal(0, await Service().CountAsync(query, CancellationToken.None));

        clock.Advance(TimeSpan.FromDays(2));

        Assert.Equal(1, await Service().CountAsync(query, CancellationToken.None));
    }

    [Fact]
    public async Task CountAsync_WrongQuery_PointsBelowCohortQuery()
    {
        var refusal = await Assert.ThrowsAsync<InvalidException>(
            () => Service().CountAsync(JsonElement.Parse("""{"any":[{},{"user_teir":"x"}]}"""), CancellationToken.None));

        Assert.Equal("/cohort_query/any/1/user_teir: unknown field; did you mean user_tier?", refusal.Message);
    }

    [Fact]
    public async Task ParseAsync_BroadcastsThatDoNotExist_AreAllPointedAt()
    {
        await people.AddAsync("ann");
        var (known, unknown) = (await people.BroadcastAsync(("ann", 2)), Guid.CreateVersion7());
        var query = JsonSerializer.SerializeToElement(new
        {
            received = new { @in = new[] { known, unknown } }, not = new { clicked = unknown }, converted = known,
        });

        var refusal = await Assert.ThrowsAsync<InvalidException>(() => Service().ParseAsync(query, CancellationToken.None));

        Assert.Equal(["/cohort_query/not/clicked", "/cohort_query/received/in/1"], refusal.Errors.Keys.Order());
    }

    [Fact]
    public async Task PreviewAsync_DatabaseGone_Throws()
    {
        await using var nowhere = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Username=x;Timeout=1");
        var service = new CohortService(new CohortRepository(nowhere), new SavedCohortRepository(nowhere), clock);

        await Assert.ThrowsAnyAsync<NpgsqlException>(() => service.PreviewAsync(JsonElement.Parse("{}"), CancellationToken.None));
    }

    private CohortService Service() => new(new CohortRepository(database.Source), new SavedCohortRepository(database.Source), clock);
}

using Marketing.Local.Postgres;
using Xunit.Abstractions;

namespace Marketing.Functions.Tests.Chaos;

/// <summary>The world around a host fails; the host lives and finishes without help.</summary>
[Collection("Chaos with living hosts")]
public sealed class StormTests(ITestOutputHelper output)
{
    [Fact]
    public async Task PostgresAway_ForTwentySecondsWithinABroadcast_EverybodyIsAccountedFor()
    {
        const int Recipients = 1_000;
        var folder = Path.Combine(Path.GetTempPath(), $"marketing-tests-{Path.GetRandomFileName()}");
        var postgres = await PostgresServer.StartAsync(folder, durable: true, CancellationToken.None);
        try
        {
            await using var world = await World.StartAsync(sendRate: 100, connectionString: await postgres.CreateDatabaseAsync("marketing", CancellationToken.None));
            var host = await world.StartHostAsync(); // it migrates
            await world.AddAudienceAsync(Recipients);
            var id = await World.SendAsync(host);
            await world.MessagesAsync(300);

            await postgres.DisposeAsync(); // pg_ctl stop -m fast
            await Task.Delay(TimeSpan.FromSeconds(2));
            var written = world.Telegram.MessageCount;
            await Task.Delay(TimeSpan.FromSeconds(18));
            Assert.Equal(written, world.Telegram.MessageCount); // nothing is sent that cannot be recorded
            postgres = await PostgresServer.StartAsync(folder, durable: true, CancellationToken.None, postgres.Port);
            world.Database.Clear(); // the test's own broken connections; the host's are its affair

            await world.EndAsync(id);
            output.WriteLine($"{await Account.CheckAsync(world, host, id, Recipients, "Postgres was away for 20 s")}");
        }
        finally
        {
            await postgres.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task TelegramFails_By5xxResetsAndHanging_EverybodyIsAccountedFor()
    {
        const int Recipients = 1_000;
        // A hanging request holds up its batch for the 30 s of the request timeout, so there are few of them and many batches.
        await using var world = await World.StartAsync(sendRate: 400, weather: new()
        {
            Fault5xxPercent = 5, FaultResetPercent = 5, FaultHangPercent = 0.4, Seed = 2,
        }, settings: [("Marketing__BatchSize", "25"), ("Marketing__MaxInFlight", "200")]);
        await world.AddAudienceAsync(Recipients);
        var host = await world.StartHostAsync();

        var id = await World.SendAsync(host);
        await world.EndAsync(id);

        var account = await Account.CheckAsync(world, host, id, Recipients, "Telegram failed 10.4 % of the requests");
        output.WriteLine($"{account}");
        Assert.Equal(Recipients, account.Sent + account.Failed + account.Uncertain);
        Assert.InRange(account.Uncertain, 1, 200);
        Assert.InRange(account.Arrived, 1, account.Uncertain - 1); // half of them, by the simulator's settings
    }
}

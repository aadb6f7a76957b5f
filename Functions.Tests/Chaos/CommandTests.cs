using Marketing.Bench.Chaos;

namespace Marketing.Functions.Tests.Chaos;

public sealed class CommandTests
{
    private static readonly Dictionary<string, string> NoSettings = [];

    [Theory]
    [InlineData("marketing: usage: run --data DIR [--port N] [--fresh] | func --data DIR [--port N] [--fresh] | host [--port N] | simulator [--port N]", "fly")]
    [InlineData("marketing: usage: run --data DIR [--port N] [--fresh]", "run")]
    [InlineData("marketing: --port 70000: unknown, or its value is missing or bad; usage: [--port N]", "simulator", "--port", "70000")]
    [InlineData("marketing: ConnectionStrings__Marketing is missing; expected a Postgres connection string", "host")]
    public async Task Command_Wrong_SaysSoInOneLine(string line, params string[] arguments)
    {
        await using var process = LocalProcess.Launch(arguments[0], arguments, NoSettings);

        Assert.Equal(1, await process.ExitCodeAsync());
        Assert.Equal(line, process.Output);
    }

    [Fact]
    public async Task Simulator_Terminated_StopsInOrder()
    {
        await using var process = LocalProcess.Launch("simulator", ["simulator", "--port", "0"], NoSettings);
        var address = await process.ReadyAsync();

        Assert.Contains("\"refused\":0", await process.Http.GetStringAsync(new Uri(address, "sim/messages/count")), StringComparison.Ordinal);
        Assert.Equal(0, await process.TerminateAsync());
        Assert.EndsWith("Stopped.", process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Host_TerminatedMidSend_FinishesWhatIsInFlight()
    {
        await using var world = await World.StartAsync(sendRate: 100);
        await world.AddAudienceAsync(1_000);
        var host = await world.StartHostAsync();
        await World.SendAsync(host);
        await world.MessagesAsync(200);

        Assert.Equal(0, await host.TerminateAsync());
        Assert.Equal([$"Function host ready at {host.Http.BaseAddress!.GetLeftPart(UriPartial.Authority)}/", "Stopped."], host.Output.Split('\n'));
        Assert.Equal(world.Telegram.MessageCount, await world.ScalarAsync<int>("SELECT count(*) FROM deliveries WHERE state = 2"));
        Assert.Equal(0, await world.ScalarAsync<int>("SELECT count(*) FROM deliveries WHERE state NOT IN (0, 2)"));
    }
}

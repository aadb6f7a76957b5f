using Marketing.Bench.Chaos;
using Xunit.Abstractions;

namespace Marketing.Functions.Tests.Chaos;

/// <summary>What ./dev chaos does, for a minute.</summary>
public sealed class SoakTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Chaos_ForAMinute_EveryPromiseIsKept()
    {
        using var page = new StringWriter();
        var exitCode = await ChaosCommand.RunAsync(new ChaosArguments(Minutes: 1, KillTests.Seed, Json: null), page, CancellationToken.None);
        output.WriteLine(page.ToString());

        Assert.True(exitCode == 0, page.ToString());
    }
}

using Marketing.Bench.Processes;
using Npgsql;

namespace Marketing.Bench;

/// <summary>
/// The rate of two hosts on one database, one broadcast started in each, by the simulator's log. The simulator refuses what is
/// over the lane's rate, with one second's messages of tolerance, as Telegram does.
/// </summary>
internal static class RateBench
{
    private const int Hosts = 2;

    // Left out of the window: the first second is a part of one, and in the next ones the hosts compile.
    private const int Lead = 2;

    public static async Task RunAsync(BenchPostgres postgres, BenchArguments arguments, Report report, CancellationToken ct)
    {
        await MeasureAsync(postgres, rate: 200, seconds: arguments.Quick ? 3 : 30, least: 0.99, report, ct);
        if (!arguments.Quick)
            await MeasureAsync(postgres, rate: 30, seconds: 60, least: 0.983, report, ct);
    }

    private static async Task MeasureAsync(
        BenchPostgres postgres, int rate, int seconds, double least, Report report, CancellationToken ct)
    {
        report.Title("rate", $"{Hosts} hosts, one lane of {rate}/s, {seconds} s, {rate}/s enforced by the simulator");
        var connectionString = await postgres.CreateDatabaseAsync($"rate{rate}", ct);
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var simulator = await ChildProcess.StartAsync(Child.Simulator, new("start"), ct);
        using var log = new SimulatorLog(simulator.Address);
        await log.SetAsync(new { rate_limit = rate }, ct);
        var settings = MarketingApi.Settings(connectionString, simulator.Address, rate, null);
        await using var one = await ChildProcess.StartAsync(Child.Sender, new("start", settings, RunTimers: true), ct);
        await using var two = await ChildProcess.StartAsync(Child.Sender, new("start", settings, RunTimers: true), ct);

        // Enough for the window, and for 5 s more in case that the start is slow.
        var each = rate * (seconds + Lead + 5) / Hosts;
        var broadcasts = new List<Guid>();
        var apis = new[] { new MarketingApi(one, source), new MarketingApi(two, source) };
        for (var n = 0; n < Hosts; n++)
        {
            var audience = await Audience.CreateAsync(source, $"part {n}", 1_000_000_001 + n * each, each, ct);
            broadcasts.Add(await apis[n].DraftAsync(audience.Region, ct));
        }

        for (var n = 0; n < Hosts; n++)
            await apis[n].SendAsync(broadcasts[n], ct);
        while ((await log.TallyAsync(ct)).Total == 0)
            await Task.Delay(100, ct);
        await Task.Delay(TimeSpan.FromSeconds(Lead + seconds + 1), ct);
        var perSecond = (await log.PerSecondAsync(ct)).Skip(Lead).Take(seconds).ToList();
        Array.ForEach(apis, api => api.Dispose());

        report.Note($"each second {string.Join(' ', perSecond)} messages");
        var sent = new Figure("messages/s", perSecond.Average(), rate);
        report.AtLeast($"sent of {rate}/s", sent, least);
        // Three messages may cross each edge of the window.
        report.AtMost($"sent of {rate}/s, over it", sent, 1 + 6.0 / (rate * seconds));
        report.AtMost($"answers 429 at {rate}/s", new("answers", (await log.TallyAsync(ct)).Refused), 0);
    }
}

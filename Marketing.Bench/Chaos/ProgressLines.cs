using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Marketing.Bench.Chaos;

/// <summary>Says now and then how it goes.</summary>
internal sealed class ProgressLines(ChaosWorld world, Disasters disasters, TextWriter output, Stopwatch watch)
{
    public async Task RunAsync(TimeSpan period, CancellationToken ct)
    {
        using var timer = new PeriodicTimer(period);
        try
        {
            while (await timer.WaitForNextTickAsync(ct))
                await output.WriteLineAsync(await LineAsync());
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The run is over.
        }
    }

    private async Task<string> LineAsync()
    {
        var open = await OpenAsync();
        return string.Create(CultureInfo.InvariantCulture,
            $"{watch.Elapsed.TotalSeconds,6:0} s  {open,-26} {world.Telegram.MessageCount,7:N0} messages  {world.Log.Clicks.Values.Sum(p => p.Answered),6:N0} presses  {world.Hosts.Count(h => h.IsUp)} hosts  {disasters.Last}");
    }

    private async Task<string> OpenAsync()
    {
        try
        {
            return await world.ScalarAsync<string>(
                "SELECT count(*) FILTER (WHERE status IN (1, 4, 5)) || ' of ' || count(*) || ' broadcasts open' FROM broadcasts");
        }
        catch (NpgsqlException)
        {
            return "Postgres is away"; // as it is meant to be now and then
        }
    }
}

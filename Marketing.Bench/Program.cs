using System.Runtime.InteropServices;
using Marketing.Bench;
using Marketing.Bench.Chaos;
using Marketing.Bench.Processes;
using Marketing.Core;
using Npgsql;

var name = args is [ChaosArguments.Command, ..] ? ChaosArguments.Command : "bench";
using var stop = new CancellationTokenSource();
// A terminal's Ctrl-C reaches the children as well. This process ends them, in order: Postgres last. Should it be killed itself,
// they end with their standard input.
void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}

using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
try
{
    if (args is [Child.Command, PlainTelegramLoop.Role, var job])
    {
        await PlainTelegramLoop.RunAsync(PeerJob.Read(job));
        return 0;
    }

    if (args is [Child.Command, var role])
    {
        await Child.RunAsync(role);
        return 0;
    }

    if (args is [ChaosArguments.Command, .. var rest])
        return await ChaosCommand.RunAsync(ChaosArguments.Parse(rest), Console.Out, stop.Token);

    if (args is [ResultChart.Command, .. var files])
    {
        await ResultChart.DrawAsync(files, stop.Token);
        return 0;
    }

    var arguments = BenchArguments.Parse(args);
    var report = new Report(Console.Out);
    await using var postgres = await BenchPostgres.StartAsync(stop.Token);
    try
    {
        foreach (var bench in arguments.Benches)
        {
            if (bench.HasOneRound && arguments.Rounds is not null)
                report.Note($"{bench.Name} has one round, whatever --rounds says");
            await bench.RunAsync(postgres, arguments, report, stop.Token);
        }
    }
    finally
    {
        // What was measured before something failed or was stopped took long enough to keep it.
        report.Summary();
        // Of nothing, what an earlier run wrote is better.
        if (arguments.Json is { } file && report.Results.Count > 0)
            await BenchResult.WriteAsync(file, report.Results);
    }

    return arguments.Check && report.Missed > 0 ? 3 : 0;
}
catch (Exception) when (stop.IsCancellationRequested)
{
    // Whatever it was: the terminal's Ctrl-C reached the hosts and children too, and those who asked them met their end.
    Console.WriteLine("Stopped.");
    return 130;
}
catch (Exception e) when (e is SettingException or ArgumentException or InvalidOperationException or IOException or HttpRequestException or NpgsqlException)
{
    // What a person can mend is one line; anything else is a defect and keeps its stack.
    Console.Error.WriteLine($"{name}: {e.Message}");
    return 1;
}

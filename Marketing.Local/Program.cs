using Marketing.Core;
using Marketing.Local;
using Npgsql;

using var stop = new StopSignal();
try
{
    await Commands.RunAsync(args, stop.Token);
    return 0;
}
catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
{
    // Told to stop while it was still starting.
    Console.WriteLine("Stopped.");
    return 0;
}
catch (Exception e) when (e is SettingException or ArgumentException or InvalidOperationException or IOException or TimeoutException or NpgsqlException)
{
    // What a person can mend is one line; anything else is a defect and keeps its stack.
    Console.Error.WriteLine($"marketing: {e.Message}");
    return 1;
}
